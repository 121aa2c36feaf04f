"""Take in an uploaded workbook: its cells, read in a child process that can be killed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHILD = Path(__file__).parent / "unpacker.py"
#: The child may use two seconds of processor time; on a busy machine that may take longer on the clock.
PATIENCE = 10
#: Largest file taken. A workbook of 300 full answers has less than one megabyte.
LARGEST_FILE = 8 * 1024 * 1024
#: How an old .xls begins, and a workbook locked with a password.
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
REFUSED_ENDINGS = (".xlsm", ".xls", ".xlsb", ".xltx", ".xltm", ".xlam", ".ods", ".csv")


class RefusedWorkbook(Exception):
    """The file is not taken. `place`: the part, sheet or sheet and row at fault, where there is one.

    `code`: type, old_format, empty, too_big, not_a_workbook, damaged, encrypted, macros, external, declarations,
    too_complex; of a readable file: foreign, altered, other_questionnaire, other_version, other_company,
    other_assessment, layout.
    """

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(f"{code}: {place}" if place else code)
        self.code = code
        self.place = place


@dataclass(frozen=True, slots=True)
class Cell:
    """`kind`: s text, n number, d day as YYYY-MM-DD, b truth value, f formula (never its result), e error value."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Sheet:
    """Row number -> column number -> cell, counted from 1 as people see them; without empty cells."""

    name: str
    rows: Mapping[int, Mapping[int, Cell]]

    def text(self, row: int, column: int) -> str:
        cell = self.rows.get(row, {}).get(column)
        return cell.value if cell is not None and cell.kind == "s" else ""


def take_in(path: Path, name: str) -> tuple[Sheet, ...]:
    """Return the sheets of an uploaded file. Raises RefusedWorkbook. Formulas are seen, never worked out."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(OLD_OFFICE):
        raise RefusedWorkbook("old_format")
    if not name.lower().endswith(".xlsx"):
        raise RefusedWorkbook("old_format" if name.lower().endswith(REFUSED_ENDINGS) else "type")
    if not size:
        raise RefusedWorkbook("empty")
    if size > LARGEST_FILE:
        raise RefusedWorkbook("too_big")
    answer = _ask_child(path)
    if answer.get("refused") == "too_complex" and not answer["place"]:
        # It ran out of time or memory before it could say where.
        answer["place"] = name
    return sheets_in(answer)


def sheets_in(answer: Mapping[str, Any]) -> tuple[Sheet, ...]:
    """Return the sheets of what the child said. Raises RefusedWorkbook."""
    if "refused" in answer:
        raise RefusedWorkbook(answer["refused"], answer["place"])
    return tuple(Sheet(sheet["name"], _rows(sheet["rows"])) for sheet in answer["sheets"])


def _rows(listed: list[Any]) -> dict[int, dict[int, Cell]]:
    rows: dict[int, dict[int, Cell]] = {}
    for number, cells in listed:
        rows.setdefault(number, {}).update({column: Cell(kind, value) for column, kind, value in cells})
    return rows


def _ask_child(path: Path) -> dict[str, Any]:
    """A child that dies or hangs was given too much."""
    command = [sys.executable, "-I", str(CHILD), str(path)]
    settings = {"OPENPYXL_LXML": "False"}
    try:
        child = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False, env=settings)  # noqa: S603
        answer: dict[str, Any] = json.loads(child.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"refused": "too_complex", "place": ""}
    return answer
