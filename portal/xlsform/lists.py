"""The lists of choices of somebody's form as options with ids of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.catalogue.reader import WORD
from portal.xlsform.layout import OTHERWISE
from portal.xlsform.notation import Undecided, Value
from portal.xlsform.remarks import Remark
from portal.xlsform.sheets import Line, Table

LEVEL = Undecided("decide: the level from 0 to 4 that this answer is worth")
WORDS = Undecided("decide: the words of this option; the form has none")
LONGEST_ID = 60

Lists = Mapping[str, Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Options:
    """Options as in our files, and the id that each name of the form became."""

    written: list[Value]
    ids: Mapping[str, str]


def word(text: str, instead: str) -> str:
    """`text` as an id: a word in lower case."""
    found = re.sub(r"[^a-z0-9]+", "_", text.lower())[:LONGEST_ID].strip("_")
    return instead if not found else found if found[0].isalpha() else f"o{found}"


def unique(wanted: str, taken: Sequence[str]) -> str:
    """`wanted`, or with the first number that makes it different from those taken."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}_{number}"
    return found


def read_lists(table: Table | None, remarks: list[Remark]) -> dict[str, list[Line]]:
    """Return list name -> its choices."""
    found: dict[str, list[Line]] = {}
    for line in table.lines if table else ():
        name, list_name = line.get("name"), line.get("list_name")
        if list_name and name:
            found.setdefault(list_name, []).append(line)
        else:
            missing = "name" if list_name else "list_name"
            remarks.append(Remark(line.sheet, line.number, missing, f"the choice has no {missing}; left out"))
    return found


def choices(lines: Sequence[Line]) -> list[Line]:
    """The lines that are options, without what our own forms offer instead of an answer."""
    return [line for line in lines if line.own("role") != OTHERWISE]


def options(lines: Sequence[Line], remarks: list[Remark], *, levels: bool = False) -> Options:
    written: list[Value] = []
    ids: dict[str, str] = {}
    taken: list[str] = []
    for line in choices(lines):
        name = line.get("name")
        own = unique(name if WORD.fullmatch(name) else word(name, "option"), taken)
        if own != name:
            remarks.append(Remark(line.sheet, line.number, "name", f"{name[:60]!r} becomes {own!r}"))
        taken.append(own)
        ids.setdefault(name, own)
        written.append(_option(line, own, levels))
    return Options(written, ids)


def _option(line: Line, own: str, levels: bool) -> Value:
    hint, label = line.own("hint"), line.get("label")
    option: dict[str, Value] = {"id": own, "label": (label.removesuffix(f"\n{hint}") if hint else label) or WORDS}
    if levels:
        option["level"] = line.own("level") or LEVEL
    if hint:
        option["hint"] = hint
    if line.own("exclusive"):
        option["exclusive"] = line.own("exclusive")
    return option
