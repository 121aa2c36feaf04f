"""The words of crosswalks: names of frameworks, notes, and answers as one reads them in a cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.answers import Answer
from portal.domain.crosswalk import Crosswalk
from portal.domain.questionnaire import Column, Question, QuestionType
from portal.web.countries import country_name

NAMES: Mapping[str, object] = {
    "ungprf": _l("UN Guiding Principles Reporting Framework"),
    "chrb": _l("Corporate Human Rights Benchmark, 2021"),
    "iris": _l("IRIS standard of ethical recruitment"),
    "esrs": _l("European sustainability reporting standards S1 and S2"),
    "gri": _l("GRI standards"),
    "uk-msa": _l("United Kingdom: modern slavery statement, section 54"),
    "au-msa": _l("Australia: modern slavery statement, section 16"),
    "csddd": _l("EU directive on due diligence"),
    "sdg": _l("Sustainable Development Goals, targets"),
}
#: Short enough for the name of a sheet; the same in every language.
SHEETS: Mapping[str, str] = {
    "ungprf": "UNGP Reporting Framework",
    "chrb": "CHRB 2021",
    "iris": "IRIS",
    "esrs": "ESRS S1 S2",
    "gri": "GRI",
    "uk-msa": "UK MSA s54",
    "au-msa": "Australia MSA",
    "csddd": "CSDDD",
    "sdg": "SDG targets",
}
INCIDENTS: Mapping[str, object] = {
    "checked_not_found": _l("We looked properly in the last 12 months and did not find it"),
    "not_checked": _l("Not that we know, but we have not looked properly"),
    "found_remedied": _l("We found it; the people have full remedy and the cause is gone"),
    "found_remediating": _l("We found it; remedy is under way on a dated plan"),
    "found_open": _l("We found it, or know of it; no remedy yet"),
    "dont_know": _l("Don’t know or prefer not to say"),
}


def draft_note() -> str:
    return _(
        "A draft to confirm. It shows which answers of a self-assessment speak to which code, so that nobody begins "
        "with an empty page. It does not say that the framework is complied with, and nobody has checked the answers."
    )


def notes_of(crosswalk: Crosswalk) -> list[str]:
    """What a reader must know about this framework here."""
    notes = []
    if crosswalk.is_whole:
        notes.append(
            _(
                "Our questions cite this law as a whole only. The topics it names are not matched one by one: that "
                "would be a guess."
            )
        )
    if not crosswalk.spoken_to:
        notes.append(_("No question of this questionnaire that was asked of you cites it."))
    if any(not line.reference.verified for line in crosswalk.lines):
        notes.append(_("Codes marked “not checked” have not been compared with the source yet. Check them before use."))
    return notes


def answer_words(question: Question, answer: Answer | None) -> str:
    if answer is None or (answer.value is None and not answer.dont_know and answer.not_applicable is None):
        return _("Not answered")
    if answer.dont_know:
        return _("We don’t know")
    if answer.not_applicable is not None:
        return _("This does not apply to us: %(reason)s", reason=answer.not_applicable)
    match question.type:
        case QuestionType.MATURITY:
            return _("Level %(level)s: %(words)s", level=answer.value, words=question.levels[answer.value])
        case QuestionType.INCIDENT:
            words = str(INCIDENTS[answer.value])
            return f"{words} ({answer.plan_end.isoformat()})" if answer.plan_end else words
        case QuestionType.MULTI:
            return "; ".join(option.label for option in question.options if option.id in answer.value)
        case QuestionType.TABLE:
            return "\n".join(_row(question, row) for row in answer.value)
        case _:
            chosen = question.option(str(answer.value))
            return chosen.label if chosen else f"{answer.value} {question.unit}".strip()


def _row(question: Question, row: Mapping[str, Any]) -> str:
    cells = ((column, row.get(column.id, "")) for column in question.columns)
    return "; ".join(f"{column.label}: {_cell(column, value)}" for column, value in cells if value not in ("", None))


def _cell(column: Column, value: Any) -> str:
    if column.kind == "country":
        return country_name(str(value))
    return next((option.label for option in column.options if option.id == value), str(value))
