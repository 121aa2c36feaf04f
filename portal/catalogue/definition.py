"""A version as JSON for others, from which they can compute the same score."""

from __future__ import annotations

from typing import Any

from portal.catalogue.digests import meaning
from portal.domain.questionnaire import Catalogue, Profile, Question, Questionnaire, QuestionType, Section

#: The six answers of every incident question: level, red-flag state, and what it needs before it counts as such.
INCIDENT_OPTIONS = (
    {"id": "checked_not_found", "level": 4, "state": None, "needs": "evidence",
     "without": {"level": 1, "state": "unknown"}},
    {"id": "not_checked", "level": 1, "state": "unknown", "needs": None, "without": None},
    {"id": "found_remedied", "level": 4, "state": None, "needs": "evidence",
     "without": {"level": 2, "state": "remediating"}},
    {"id": "found_remediating", "level": 2, "state": "remediating", "needs": "evidence_and_plan_end",
     "without": {"level": 0, "state": "open"}},
    {"id": "found_open", "level": 0, "state": "open", "needs": None, "without": None},
    {"id": "dont_know", "level": 0, "state": "unknown", "needs": None, "without": None},
)  # fmt: skip


def definition(version: Questionnaire | Profile, catalogue: Catalogue) -> dict[str, Any]:
    """Return the whole version as JSON values: format "questionnaire/1" or "profile/1"."""
    if isinstance(version, Profile):
        return _profile(version)
    expressions = catalogue.profiles[version.profile].rules
    return {
        "format": "questionnaire/1",
        "reference": version.reference,
        "id": version.id,
        "title": version.title,
        "short_title": version.short_title or version.title,
        "version": version.version,
        "digest": version.digest,
        "status": "published" if version.reference in catalogue.published else "draft",
        "kind": version.kind,
        "purpose": version.purpose,
        "who": version.who,
        "profile": version.profile,
        "applies": version.applies,
        "weakest_stage_cap": version.weakest_stage_cap,
        "sections": [_section(section, expressions) for section in version.sections],
    }


def _section(section: Section, expressions: Any) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "weight": section.weight,
        "slug": section.slug,
        "basis": list(section.basis),
        "questions": [_question(question) | _expression(question, expressions) for question in section.questions],
    }


def _expression(question: Question, expressions: Any) -> dict[str, str]:
    return {"expression": expressions[question.applies]}


def _question(question: Question) -> dict[str, Any]:
    plain = {
        "id": question.id,
        "type": question.type.value,
        "ask": question.ask,
        "why": question.why,
        "weight": question.weight,
        "flag": question.flag.value if question.flag else None,
        "stage": question.stage.value,
        "applies": question.applies,
        "evidence": question.evidence,
        "evidence_exempt": question.evidence_exempt,
        "references": list(question.references),
        "remedial": question.remedial,
        "same_as": list(question.same_as),
    }
    match question.type:
        case QuestionType.MATURITY:
            levels = [{"level": level, "text": text} for level, text in enumerate(question.levels)]
            return plain | {"levels": levels}
        case QuestionType.INCIDENT:
            options = [dict(option) for option in INCIDENT_OPTIONS]
            return plain | {"short": question.short, "counts_as": question.counts_as, "options": options}
        case QuestionType.YESNO | QuestionType.CHOICE:
            return plain | {"options": _options(question)}
        case QuestionType.MULTI:
            return plain | {"options": _options(question), "rule": meaning(question.rule)}
        case QuestionType.NUMBER:
            limits = {"unit": question.unit, "minimum": question.minimum, "maximum": question.maximum}
            return plain | limits | {"options": _options(question), "rule": meaning(question.rule)}
        case QuestionType.TABLE:
            return plain | {"columns": meaning(question.columns), "rule": _table_rule(question)}


def _options(question: Question) -> list[dict[str, Any]]:
    return [meaning(option) for option in question.options]


def _table_rule(question: Question) -> list[dict[str, Any]]:
    """Every condition in full: a reader of the JSON need not know our defaults."""
    return [
        {
            "level": step.level,
            "rows": [
                {
                    "complete": row.complete,
                    "where": meaning(row.where),
                    "filled": list(row.filled),
                    "at_least": row.at_least,
                    "at_most": row.at_most,
                    "each": list(row.each),
                    "covers": meaning(row.covers),
                }
                for row in getattr(step, "conditions", ())
            ],
        }
        for step in question.rule
    ]


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        "format": "profile/1",
        "reference": profile.reference,
        "title": profile.title,
        "version": profile.version,
        "digest": profile.digest,
        "groups": [{"id": key, "title": title} for key, title in profile.groups.items()],
        "fields": [meaning(item) for item in profile.fields],
        "rules": [
            {"name": name, "label": profile.rule_labels[name], "expression": expression}
            for name, expression in profile.rules.items()
        ],
        "questionnaires": [
            meaning(item) | {"expression": item.expression or profile.rules[item.rule]} for item in profile.applicable
        ],
    }
