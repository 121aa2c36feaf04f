"""Our ids as names that every XLSForm tool takes, and what an expression may call by them.

ODK allows hyphens in names, but Kobo, OData and statistics packages turn them into something else. An underscore is
safe everywhere; the id itself stands beside it in the column `portal_id`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from portal.domain.expressions import parse, references
from portal.domain.questionnaire import Column, Profile, ProfileField


class Kind(Enum):
    """What stands behind a name, as far as its translation differs."""

    TEXT = "text"
    NUMBER = "number"
    SEVERAL = "several"
    ACTIVITIES = "activities"
    ROWS = "rows"
    COLUMN = "column"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Written:
    """How a name of ours is written in an XLSForm expression."""

    text: str
    kind: Kind


Names = Mapping[str, Written]
NUMBERS = ("integer", "number", "calculate")


def name_of(identifier: str) -> str:
    return identifier.replace("-", "_")


def beside(identifier: str, what: str) -> str:
    """The name of something that stands beside a question; two underscores, so that it cannot be one of its columns."""
    return f"{name_of(identifier)}__{what}"


def variable(identifier: str) -> str:
    return f"${{{name_of(identifier)}}}"


def looked_at(expressions: Iterable[str], profile: Profile) -> list[ProfileField]:
    """The fields that the expressions look at, in the order of the profile."""
    seen = set().union(*(references(parse(text)) for text in expressions))
    return [field for field in profile.fields if any(_about(name, field.id) for name in seen)]


def _about(name: str, field_id: str) -> bool:
    return name == field_id or name.startswith(f"{field_id}-")


def filled(table: str, columns: Sequence[Column], *, inside: bool) -> str:
    """Whether a row has anything in it; `inside` the row itself, else as a predicate on the rows."""
    given = [f"{table}-{column.id}" for column in columns if column.kind != "calculate"]
    return " or ".join(f"{variable(name)} != ''" if inside else f"./{name_of(name)} != ''" for name in given)


def names_of_row(table: str, columns: Sequence[Column]) -> dict[str, Written]:
    """The columns of a table as seen from within the same row."""
    return {
        f"{table}-{column.id}": Written(
            variable(f"{table}-{column.id}"), Kind.NUMBER if column.kind in NUMBERS else Kind.TEXT
        )
        for column in columns
    }


def names_of_profile(profile: Profile) -> dict[str, Written]:
    """Every name that a rule of the profile may use."""
    found: dict[str, Written] = {}
    for field in profile.fields:
        found |= _names_of_field(field)
    return found


def _names_of_field(field: ProfileField) -> dict[str, Written]:
    own = variable(field.id)
    match field.kind:
        case "integers":
            parts = {f"{field.id}-{part}": variable(f"{field.id}-{part}") for part in field.parts}
            blank = " and ".join(f"{text} = ''" for text in parts.values())
            added = " + ".join(f"coalesce({text}, 0)" for text in parts.values())
            total = Written(f"if({blank}, '', {added})", Kind.NUMBER)
            return {field.id: total} | {name: Written(text, Kind.NUMBER) for name, text in parts.items()}
        case "period" | "signoff":
            return {f"{field.id}-{part}": Written(variable(f"{field.id}-{part}"), Kind.TEXT) for part in field.parts}
        case "table" if field.rows:
            columns = {f"{field.id}-{column.id}": Written("", Kind.UNKNOWN) for column in field.columns}
            return {field.id: Written("", Kind.UNKNOWN)} | columns
        case "table":
            rows = Written(f"{own}[{filled(field.id, field.columns, inside=False)}]", Kind.ROWS)
            cells = [f"{field.id}-{column.id}" for column in field.columns]
            return {field.id: rows} | {name: Written(f"{variable(name)}[. != '']", Kind.COLUMN) for name in cells}
    kinds = {"multi": Kind.SEVERAL, "countries": Kind.SEVERAL, "isic": Kind.ACTIVITIES, "integer": Kind.NUMBER}
    return {field.id: Written(own, kinds.get(field.kind, Kind.TEXT))}
