"""Which columns the sheets of our workbooks have, and the rows that go into them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from portal.domain.questionnaire import Option

LANGUAGE = "English (en)"
#: Keys of our rows for texts in a language, and the column each stands in.
TEXTS = {
    "label": f"label::{LANGUAGE}",
    "hint": f"hint::{LANGUAGE}",
    "guidance": f"guidance_hint::{LANGUAGE}",
    "message": f"constraint_message::{LANGUAGE}",
}
#: Columns that XLSForm does not know; their names begin with `portal_`, so that no tool gives them a meaning.
OWN_SURVEY = (
    "id", "role", "type", "weight", "flag", "stage", "applies", "required", "rule", "evidence_exempt", "references",
    "same_as", "remedial", "short", "slug", "expression", "more",
)  # fmt: skip
OWN_CHOICES = ("level", "exclusive", "hint", "role")
OWN_SETTINGS = (
    "id", "slug", "kind", "short_title", "purpose", "who", "applies", "weakest_stage_cap", "profile", "digest", "more",
)  # fmt: skip
PREFIX = "portal_"
SURVEY = (
    "type", "name", TEXTS["label"], TEXTS["hint"], TEXTS["guidance"], "required", "relevant", "constraint",
    TEXTS["message"], "calculation", "appearance", *(PREFIX + name for name in OWN_SURVEY),
)  # fmt: skip
CHOICES = ("list_name", "name", TEXTS["label"], *(PREFIX + name for name in OWN_CHOICES))
SETTINGS = ("form_title", "form_id", "version", "default_language", *(PREFIX + name for name in OWN_SETTINGS))

#: What stands before texts that need an introduction on a phone, and is taken off again when a form comes back.
EVIDENCE = "What would show it: "
UNIT = "Answer in: "
#: Roles of rows that only help to answer a question, and of choices that are no options of it.
PROFILE, COMMENT, INSTEAD, COUNTS_AS, OTHERWISE = "profile", "comment", "instead", "counts_as", "otherwise"
DONT_KNOW, NOT_APPLICABLE = "dont_know", "not_applicable"

#: How `${` is written where no tool shall look for a name of the form, and read back.
REFERENCE, INERT = "${", "$ {"

Row = dict[str, str]


@dataclass(slots=True)
class Form:
    """The rows of a form as it grows."""

    survey: list[Row] = field(default_factory=list)
    choices: list[Row] = field(default_factory=list)
    lists: set[str] = field(default_factory=set)

    def add(self, kind: str, name: str = "", **cells: str) -> None:
        """Add a row; texts by their short names, columns of our own without prefix but with an underscore."""
        row = {"type": kind, "name": name}
        for key, text in cells.items():
            column = TEXTS.get(key) or (PREFIX + key[1:] if key.startswith("_") else key)
            if text:
                row[column] = text
        self.survey.append(row)

    def add_list(self, name: str, choices: Iterable[Row]) -> str:
        """Add a list of choices once; return its name."""
        if name not in self.lists:
            self.lists.add(name)
            self.choices += [{"list_name": name, **choice} for choice in choices]
        return name


def inert(expression: str) -> str:
    """The expression in our ids, which are no names of the form."""
    return expression.replace(REFERENCE, INERT)


def choice(name: str, label: str, **own: str) -> Row:
    return {"name": name, TEXTS["label"]: label} | {PREFIX + key: text for key, text in own.items() if text}


def options(found: Sequence[Option]) -> list[Row]:
    return [
        choice(
            option.id,
            f"{option.label}\n{option.hint}" if option.hint else option.label,
            level="" if option.level is None else str(option.level),
            exclusive="yes" if option.exclusive else "",
            hint=option.hint,
        )
        for option in found
    ]


def limits(minimum: int | float | None, maximum: int | float | None) -> dict[str, str]:
    """The constraint of a number, and what is said to whoever breaks it."""
    if minimum is not None and maximum is not None:
        return {"constraint": f". >= {minimum} and . <= {maximum}", "message": f"From {minimum} to {maximum}."}
    if minimum is not None:
        return {"constraint": f". >= {minimum}", "message": f"At least {minimum}."}
    if maximum is not None:
        return {"constraint": f". <= {maximum}", "message": f"At most {maximum}."}
    return {}


def alone(excluding: Sequence[str]) -> dict[str, str]:
    """The constraint that these choices stand for themselves."""
    if not excluding:
        return {}
    any_of = " or ".join(f"selected(., '{name}')" for name in excluding)
    some = f"({any_of})" if len(excluding) > 1 else any_of
    message = "One of your choices says that no other fits. Choose it alone, or leave it out."
    return {"constraint": f"not({some} and count-selected(.) > 1)", "message": message}
