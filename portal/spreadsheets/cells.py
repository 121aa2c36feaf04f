"""From one cell to what it says: every kind of cell a person may fill in, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from portal.domain.answers import LONGEST_TEXT
from portal.domain.canonical import UNFIT
from portal.spreadsheets.choices import Choices, chosen
from portal.spreadsheets.faults import CellFault, quoted
from portal.spreadsheets.intake import Cell

DAY_FIRST = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4})")
#: So many of the allowed choices are named in a message.
NAMED = 8


def text_in(cell: Cell | None) -> str:
    """Text as it stands; a number or day is text as it is shown. Raises CellFault."""
    if cell is None:
        return ""
    refuse_unreadable(cell)
    text = _written(cell.value).replace("\r\n", "\n")
    if len(text) > LONGEST_TEXT:
        raise CellFault("too_long", most=LONGEST_TEXT, now=len(text))
    if UNFIT.search(text):
        raise CellFault("characters")
    return text


def choice_in(cell: Cell | None, choices: Choices) -> str | None:
    """The key chosen, None for an empty cell. Raises CellFault."""
    if cell is None or _is_blank(cell):
        return None
    refuse_unreadable(cell)
    if (key := chosen(choices, _written(cell.value))) is None:
        raise CellFault("not_a_choice", value=quoted(cell.value), allowed=_named(label for _, label in choices))
    return key


def number_in(cell: Cell | None) -> int | float | None:
    """A number, also one typed as text in any decimal digits. Raises CellFault."""
    if cell is None or _is_blank(cell):
        return None
    refuse_unreadable(cell)
    if cell.kind == "n":
        return int(cell.value) if isinstance(cell.value, float) and cell.value.is_integer() else cell.value
    text = str(cell.value) if cell.kind == "s" else ""
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text).replace("\u066b", ".")
    plain = re.sub(r"[\s_]", "", plain)
    if re.fullmatch(r"-?\d{1,15}", plain):
        return int(plain)
    if re.fullmatch(r"-?\d{1,15}[.,]\d{1,6}", plain):
        return number_in(Cell("n", float(plain.replace(",", "."))))
    raise CellFault("not_a_number", value=quoted(cell.value))


def day_in(cell: Cell | None) -> date | None:
    """A day: as the program stores it, or typed as YYYY-MM-DD or day month year. Raises CellFault."""
    if cell is None or _is_blank(cell):
        return None
    refuse_unreadable(cell)
    text = str(cell.value).strip() if cell.kind in "ds" else ""
    try:
        if found := DAY_FIRST.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text)
    except ValueError:
        raise CellFault("not_a_day", value=quoted(cell.value)) from None


def refuse_unreadable(cell: Cell) -> None:
    """A formula is never worked out, and what some program once worked out for it is not taken either."""
    if cell.kind == "f":
        raise CellFault("formula")
    if cell.kind == "e":
        raise CellFault("error_value", value=quoted(cell.value))


def _is_blank(cell: Cell) -> bool:
    return cell.kind == "s" and not cell.value.strip()


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _named(labels: Iterable[str]) -> str:
    listed = list(labels)
    return " · ".join(listed[:NAMED]) + (" …" if len(listed) > NAMED else "")
