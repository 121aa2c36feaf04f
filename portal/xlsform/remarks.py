"""What an import has to say about a form, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that did not come over as it was, or that an author must decide. Row 0 is the whole sheet."""

    sheet: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"{self.sheet} row {self.row}" if self.row else self.sheet
        return f"{place}, {self.column}: {self.message}" if self.column else f"{place}: {self.message}"


class RefusedForm(ValueError):
    """Not a form that can be imported. Says where, and why."""

    def __init__(self, message: str, sheet: str = "", row: int = 0, column: str = "") -> None:
        self.remark = Remark(sheet or "file", row, column, message)
        super().__init__(str(self.remark))
