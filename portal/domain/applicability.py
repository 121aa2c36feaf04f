"""From the profile of a company to the rules that hold for it, and so to its questions and questionnaires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from portal.domain import isic
from portal.domain.expressions import parse, references, rule
from portal.domain.functions import total, truth
from portal.domain.questionnaire import Profile, ProfileField, Questionnaire
from portal.domain.tables import calculated, filled_rows

ALWAYS = "always"


def rule_values(profile: Profile, values: Mapping[str, Any], *, names: Iterable[str] | None = None) -> dict[str, bool]:
    """Return the rules of the profile version (or those named) with whether they hold.

    `values` are the company's answers to the profile. The rule "always" holds even where no file spells it out.
    """
    asked = profile.rules if names is None else {name: profile.rules[name] for name in names if name != ALWAYS}
    seen = _looked_at(tuple(asked.values()))
    known = expression_values(profile, {name: value for name, value in values.items() if name in seen})
    return {ALWAYS: True} | {name: truth(rule(text)(known, None)) for name, text in asked.items()}


@lru_cache(maxsize=64)
def _looked_at(rules: tuple[str, ...]) -> frozenset[str]:
    """The fields that rules look at: `${PRO-12-channel}` may be a part of PRO-12, or a field of its own."""
    names = set().union(*(references(parse(text)) for text in rules))
    return frozenset("-".join(name.split("-")[:count]) for name in names for count in range(1, name.count("-") + 2))


def applicable_questions(questionnaire: Questionnaire, rules: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(question.id for question in questionnaire.questions if rules[question.applies])


def applicable_questionnaires(
    questionnaires: Iterable[Questionnaire], rules: Mapping[str, bool]
) -> tuple[Questionnaire, ...]:
    return tuple(questionnaire for questionnaire in questionnaires if rules[questionnaire.applies])


def expression_values(profile: Profile, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profile as rules see it.

    A field of several numbers is their sum and, as `${FIELD-part}`, each of them; a table is its filled rows and, as
    `${TABLE-column}`, each column; an activity is the list of its section letters and divisions.
    """
    known: dict[str, Any] = {}
    for field_id, value in values.items():
        field = profile.by_id.get(field_id)
        if field is not None:
            known.update(_seen(field, value))
    return known


def _seen(field: ProfileField, value: Any) -> Mapping[str, Any]:
    match field.kind:
        case "isic":
            written = [value] if isinstance(value, str) else value
            return {field.id: list(dict.fromkeys(code for item in written for code in isic.codes(item)))}
        case "table":
            rows = calculated(filled_rows(value), field.columns, table=field.id)
            columns = {f"{field.id}-{column.id}": [row.get(column.id, "") for row in rows] for column in field.columns}
            return {field.id: rows} | columns
        case "integers" if isinstance(value, dict):
            return {field.id: total(list(value.values()))} | _parts(field, value)
        case _ if isinstance(value, dict):
            return _parts(field, value)
        case _:
            return {field.id: value}


def _parts(field: ProfileField, value: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{field.id}-{part}": content for part, content in value.items()}


def screening_fields(profile: Profile, questionnaire: Questionnaire) -> tuple[ProfileField, ...]:
    """The profile fields asked at the start of this questionnaire: which of its questions apply depends on them."""
    return tuple(field for field in profile.fields if field.asked_in == questionnaire.id)


def open_screening(
    profile: Profile, questionnaire: Questionnaire, values: Mapping[str, Any]
) -> tuple[ProfileField, ...]:
    """Those that must be answered and are not: questions would be left out unasked."""
    asked = screening_fields(profile, questionnaire)
    return tuple(field for field in asked if field.required and field.id not in values)


def asked_elsewhere(profile: Profile, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of fields that the profile's own page does not show."""
    return {field.id: values[field.id] for field in profile.fields if field.asked_in and field.id in values}
