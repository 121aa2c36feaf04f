"""The sheets of somebody's form as lines: headings understood in all their spellings, texts in one language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from portal.catalogue.yaml_nodes import UNFIT
from portal.spreadsheets.intake import Cell, Sheet
from portal.xlsform.remarks import Remark

#: Other spellings of a heading: those of older forms, and those that pyxform takes.
ALIASES = {
    "list name": "list_name", "caption": "label", "relevance": "relevant", "command": "type", "tag": "name",
    "value": "name", "calculate": "calculation", "jr:constraintmsg": "constraint_message",
    "constraining_message": "constraint_message", "constraint message": "constraint_message",
    "requiredmsg": "required_message", "jr:requiredmsg": "required_message", "readonly": "read_only",
    "set_form_title": "form_title", "title": "form_title", "set_form_id": "form_id", "form title": "form_title",
    "form id": "form_id", "default language": "default_language", "jr:count": "repeat_count",
    "guidance": "guidance_hint", "guidance hint": "guidance_hint", "choice filter": "choice_filter",
    "repeat count": "repeat_count",
}  # fmt: skip
OUTER = ("bind", "control", "media", "instance", "body")
IN_LANGUAGES = ("label", "hint", "guidance_hint", "constraint_message", "required_message", "image", "audio", "video")
MOST_ROWS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: what is in it, in which language, and how its heading is written."""

    place: int
    key: str
    language: str
    written: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row with something in it."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def get(self, key: str) -> str:
        return self.cells.get(key, "")

    def own(self, key: str) -> str:
        """A column that only our own forms have."""
        return self.cells.get(f"portal_{key}", "")

    def says_yes(self, key: str) -> bool:
        return self.get(key).lower() in ("yes", "true", "true()", "1")

    def says_no(self, key: str) -> bool:
        return self.get(key).lower() in ("no", "false", "false()", "0")


@dataclass(slots=True)
class Table:
    """The lines of a sheet, its columns, and what was noticed on the way."""

    name: str
    lines: list[Line] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def read_table(sheet: Sheet, wanted: str, language: str = "") -> Table:
    """Return the lines under the first row that has the column `wanted`, or else under the first row."""
    table = Table(sheet.name)
    numbers = sorted(sheet.rows)
    candidates = {number: _headings(sheet.rows[number]) for number in numbers[:20]}
    first = next((n for n, found in candidates.items() if any(item.key == wanted for item in found)), None)
    if first is None:
        table.headings = candidates.get(numbers[0], []) if numbers else []
        return table
    table.headings = _without_repeats(candidates[first], first, table)
    order = _order(table.headings, language)
    for number in numbers:
        if number > first and (cells := _cells(sheet.rows[number], number, table, order)):
            table.lines.append(Line(sheet.name, number, cells))
    return table


def has_column(table: Table, key: str) -> bool:
    return any(heading.key == key for heading in table.headings)


def _headings(row: Mapping[int, Cell]) -> list[Heading]:
    return [heading for place in sorted(row) if (heading := _heading(place, _text(row[place]))).key]


def _heading(place: int, written: str) -> Heading:
    parts = [" ".join(part.split()) for part in re.split(r"::" if "::" in written else r"(?<!jr):", written)]
    if len(parts) > 1 and parts[0].lower() in OUTER:
        parts = parts[1:]
    key = parts[0].lower()
    key = ALIASES.get(key, ALIASES.get(key.replace("_", " "), key))
    return Heading(place, key, ":".join(parts[1:]), " ".join(written.split())[:80])


def _without_repeats(headings: Sequence[Heading], row: int, table: Table) -> list[Heading]:
    kept: dict[tuple[str, str], Heading] = {}
    for heading in headings:
        if kept.setdefault((heading.key, heading.language), heading) is not heading:
            table.remarks.append(
                Remark(table.name, row, heading.written, "this column is there twice; the first counts")
            )
    return list(kept.values())


def _order(headings: Sequence[Heading], language: str) -> list[Heading]:
    """The columns with those of the language wanted first; then the one without a language, English, the others."""

    def rank(heading: Heading) -> tuple[int, int]:
        own = heading.language.lower()
        if own and own == language.lower():
            return 0, heading.place
        return (1 if not own else 2 if "english" in own or own == "en" else 3), heading.place

    return sorted(headings, key=rank)


def _cells(row: Mapping[int, Cell], number: int, table: Table, order: Sequence[Heading]) -> dict[str, str]:
    found: dict[str, str] = {}
    for heading in order:
        cell = row.get(heading.place)
        if cell is None or (heading.key in found and heading.key in IN_LANGUAGES):
            continue
        text = _clean(_text(cell))
        if cell.kind == "f":
            table.remarks.append(Remark(table.name, number, heading.written, "a formula is not worked out; left out"))
        elif cell.kind == "e":
            table.remarks.append(Remark(table.name, number, heading.written, f"an error ({text}) is no text; left out"))
        elif text:
            found[heading.key] = text
            if UNFIT.search(_text(cell).replace("\r", "")):
                remark = "characters that no text may hold were taken out"
                table.remarks.append(Remark(table.name, number, heading.written, remark))
    return found


def _text(cell: Cell) -> str:
    match cell.value:
        case bool():
            return "TRUE" if cell.value else "FALSE"
        case float() if cell.value.is_integer():
            return str(int(cell.value))
    return str(cell.value)


def _clean(text: str) -> str:
    return normalize("NFC", UNFIT.sub("", text.replace("\r\n", "\n"))).strip()


def other_languages(table: Table, language: str) -> Iterator[Remark]:
    """A remark for each column of texts whose language was not taken."""
    for key in IN_LANGUAGES:
        columns = [heading for heading in _order(table.headings, language) if heading.key == key]
        for heading in columns[1:]:
            message = "texts in another language are not carried; translations have files of their own"
            yield Remark(table.name, 0, heading.written, message)


def rows_shown(numbers: Sequence[int]) -> str:
    listed = ", ".join(map(str, numbers[:MOST_ROWS_SHOWN]))
    more = len(numbers) - MOST_ROWS_SHOWN
    word = "row" if len(numbers) == 1 else "rows"
    return f"{word} {listed}" + (f" and {more} more" if more > 0 else "")
