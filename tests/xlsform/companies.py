"""Made-up companies: a profile as the portal keeps it, and as somebody would fill it in on a phone."""

from __future__ import annotations

from random import Random
from typing import Any

from portal.domain import isic
from portal.domain.questionnaire import Column, Option, Profile, ProfileField
from portal.xlsform.names import name_of

NUMBERS = (0, 0, 1, 2, 19, 20, 25, 49, 50, 249, 250, 1000)
COUNTRIES = ("TH", "MM", "VN", "BD")
ANSWERED = (0.3, 0.8, 1.0)


def random_profile(random: Random, profile: Profile) -> dict[str, Any]:
    likely = random.choice(ANSWERED)
    return {field.id: random_value(random, field) for field in profile.fields if random.random() < likely}


def random_value(random: Random, field: ProfileField) -> Any:
    match field.kind:
        case "integer":
            return random.choice(NUMBERS)
        case "choice" | "yesno":
            return one(random, field.options)
        case "multi":
            return [option.id for option in field.options if random.random() < random.choice((0.05, 0.4))]
        case "country":
            return random.choice(COUNTRIES)
        case "countries":
            return random.sample(COUNTRIES, random.randint(0, 3))
        case "isic":
            codes = random.sample([*isic.SECTIONS, *isic.DIVISIONS], random.randint(1, 4))
            return codes[0] if len(codes) == 1 else [random.choice((code, with_letter(code))) for code in codes]
        case "integers":
            parts = [part for part in field.parts if random.random() < 0.8] or list(field.parts)[:1]
            return {part: random.choice(NUMBERS) for part in parts}
        case "table" if not field.rows:
            return [random_row(random, field.columns) for _ in range(random.randint(0, 4))]
    return {"period": {"start": "2026-01-01", "end": "2026-12-31"}, "table": [], "signoff": {}}.get(field.kind, "Words")


def random_row(random: Random, columns: tuple[Column, ...]) -> dict[str, Any]:
    """Some rows are full, some half empty, some blank."""
    likely = random.choice((0, 0.5, 0.9, 1))
    found: dict[str, Any] = {}
    for column in columns:
        if column.kind != "calculate" and random.random() < likely:
            found[column.id] = random_cell(random, column)
        elif column.kind != "calculate" and random.random() < 0.3:
            found[column.id] = ""
    return found


def random_cell(random: Random, column: Column) -> Any:
    match column.kind:
        case "choice":
            return one(random, column.options)
        case "country":
            return random.choice(COUNTRIES)
        case "integer" | "number":
            return random.choice(NUMBERS)
    return "Words"


def one(random: Random, options: tuple[Option, ...]) -> str:
    return random.choice([option.id for option in options])


def with_letter(code: str) -> str:
    return f"{isic.DIVISIONS[code]}{code}" if code in isic.DIVISIONS else code


Answers = tuple[dict[str, str], dict[str, list[dict[str, str]]]]


def on_a_phone(values: dict[str, Any], profile: Profile, names: set[str]) -> Answers:
    """The same answers by the names of a form, as far as the form asks for them."""
    answers: dict[str, str] = {}
    tables: dict[str, list[dict[str, str]]] = {}
    for field_id, value in values.items():
        field, name = profile.by_id[field_id], name_of(field_id)
        if field.kind == "table" and name in names:
            tables[name] = [{f"{name}_{column}": str(cell) for column, cell in row.items()} for row in value]
        elif isinstance(value, dict):
            answers |= {f"{name}_{part}": str(content) for part, content in value.items()}
        elif field.kind == "isic":
            codes = [value] if isinstance(value, str) else value
            answers[name] = " ".join(with_letter(code) for code in codes)
        else:
            answers[name] = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return {name: value for name, value in answers.items() if name in names}, tables
