"""The company at a glance: the few facts of the profile, and the risks it named, that a reader needs first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.domain.bundle import Bundle
from portal.domain.questionnaire import Profile, Question, Questionnaire, QuestionType
from portal.domain.severity import most_severe_first, rated_risk, urgent_links
from portal.reports import text
from portal.reports.parts import Glance, Risk

#: Ids of the profile fields a report shows; a profile without one of them simply shows less.
OWN_WORKERS, AGENCY_WORKERS, MIGRANTS, CORRIDORS, SECTORS = "PRO-07", "PRO-08", "PRO-11", "PRO-12", "PRO-06"
VESSELS, FLAGS, LARGEST_TONNAGE = "PRO-30", "PRO-31", "PRO-33"
MOST_CORRIDORS = 6
MOST_RISKS = 3
RATINGS = {"scale", "scope", "irremediability", "likelihood"}


def glance(bundle: Bundle, profile: Profile) -> Glance:
    return Glance(
        own=_whole(bundle.profile.get(OWN_WORKERS)),
        agency=_whole(bundle.profile.get(AGENCY_WORKERS)),
        migrants=_whole(bundle.profile.get(MIGRANTS)),
        corridors=_corridors(bundle.profile.get(CORRIDORS)),
        sectors=_codes(bundle.profile.get(SECTORS)),
        shared_with=tuple(text.line(name) for name in bundle.shared_with),
        joins_aggregates=bundle.joins_aggregates,
        vessels=_whole(bundle.profile.get(VESSELS)),
        flags=_codes(bundle.profile.get(FLAGS)),
        largest_tonnage=_whole(bundle.profile.get(LARGEST_TONNAGE)),
    )


def text_field(bundle: Bundle, field: str) -> str:
    value = bundle.profile.get(field)
    return value if isinstance(value, str) else ""


def worst_risks(bundle: Bundle, questionnaire: Questionnaire) -> tuple[Risk, ...]:
    """Return the gravest risks the company rated, gravest first."""
    rows = [row for _, row in _risk_rows(bundle, questionnaire)]
    return tuple(
        Risk(
            what=text.line(str(row.get("risk", ""))),
            who=text.line(str(row.get("who", ""))),
            severity=risk.severity,
            likelihood=risk.likelihood,
            classification=risk.risk_class.value,
        )
        for row in most_severe_first(rows)
        if (risk := rated_risk(row)) is not None
    )[:MOST_RISKS]


def urgent_questions(bundle: Bundle, questionnaire: Questionnaire) -> set[str]:
    """Return the questions the company linked to an urgent risk; those come sooner in the list of actions."""
    found: set[str] = set()
    for question, row in _risk_rows(bundle, questionnaire):
        found |= urgent_links([row], [column.id for column in question.columns if column.kind == "question"])
    return found


def _risk_rows(bundle: Bundle, questionnaire: Questionnaire) -> Iterator[tuple[Question, Mapping[str, Any]]]:
    for question in questionnaire.questions:
        columns = {column.id for column in question.columns}
        answer = bundle.answers.get(question.id)
        if question.type is QuestionType.TABLE and columns >= RATINGS and answer and isinstance(answer.value, list):
            yield from ((question, row) for row in answer.value)


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None


def _codes(value: Any) -> tuple[str, ...]:
    codes = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(text.line(str(code)) for code in codes)


def _corridors(value: Any) -> tuple[tuple[str, str], ...]:
    rows = value if isinstance(value, list) else []
    pairs = ((str(row.get("origin", "")), str(row.get("destination", ""))) for row in rows)
    return tuple(dict.fromkeys(pair for pair in pairs if all(pair)))[:MOST_CORRIDORS]
