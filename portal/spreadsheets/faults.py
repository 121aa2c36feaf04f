"""What can be wrong in a workbook's cells, and where; the words for it belong to the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.domain.canonical import UNFIT

#: Characters of a wrong value that a message repeats.
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` is a key of the page's messages; `details` fill them.

    Codes: formula, error_value, unknown_id, no_id, twice, not_a_choice, not_a_number, out_of_range, not_whole,
    not_a_day, not_a_country, no_such_question, reason_missing, reason_alone, two_answers, exclusive, too_long,
    characters, too_many_rows, lines_missing, column_missing, plan_late.
    """

    code: str
    sheet: str
    row: int
    #: Letters of the column; empty where the whole row is meant.
    column: str = ""
    question: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class CellFault(Exception):
    """One cell cannot be taken."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def quoted(value: Any) -> str:
    """A wrong value as it may stand in a message: printable, on one line, and short."""
    text = " ".join(UNFIT.sub("\ufffd", str(value)).split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
