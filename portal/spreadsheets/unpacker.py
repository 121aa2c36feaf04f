"""Runs alone in a child process: take the cells out of one workbook of unknown intent and print them as JSON."""

from __future__ import annotations

import json
import math
import re
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import DATA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse

#: Limits of one workbook: memory in bytes, processor seconds.
MEMORY, SECONDS = 256 * 1024 * 1024, 2
#: Parts, bytes when inflated in all, and how much larger than packed (small files may always unpack to FLOOR).
PARTS, INFLATED, RATIO, FLOOR = 300, 24 * 1024 * 1024, 100, 2 * 1024 * 1024
#: Elements in one part that holds cells or texts, in any other part, and how deep they may nest.
ELEMENTS, OTHER_ELEMENTS, DEPTH = 200_000, 30_000, 40
#: Sheets, cells with something in them, and characters in all of them together.
SHEETS, CELLS, CHARACTERS = 100, 60_000, 8_000_000
#: One character more than a spreadsheet program keeps in a cell: enough to say that a text is too long.
LONGEST = 32_768
#: Beyond this two programs may read the same digits as different numbers.
LARGEST = 2**53 - 1
ACTIVE = ("vbaproject", "activex", "embeddings/", "externallinks/", "ctrlprops/", "macrosheets/", "customui")
MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
TEXT_IN_STRING = ("t", "r")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

Rows = list[list[Any]]


class Refuse(Exception):
    """`code` says why, `place` in which part or sheet."""

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.place = place


def check_archive(archive: zipfile.ZipFile, packed: int) -> None:
    """Refuse what a workbook of answers has no need of, before anything is made of its parts."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    for name in names:
        if any(part in name.lower() for part in ACTIVE):
            raise Refuse("macros", name)
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Refuse("not_a_workbook")
    if len(entries) > PARTS or len(set(names)) < len(names):
        raise Refuse("too_complex", names[-1])
    allowed = min(INFLATED, max(packed * RATIO, FLOOR))
    for entry in entries:
        allowed -= check_part(archive, entry, allowed)
    if MAIN.encode() not in archive.read("[Content_Types].xml"):
        raise Refuse("macros", "[Content_Types].xml")


def check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int) -> int:
    """Count while inflating, since the sizes a zip claims for itself may lie; return the bytes it really has."""
    name = entry.filename
    if entry.flag_bits & 1:
        raise Refuse("encrypted", name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refuse("damaged", name)
    scan = Scan(name) if name.endswith((".xml", ".rels", ".vml")) else None
    size = 0
    try:
        with archive.open(entry) as part:
            while chunk := part.read(65536):
                size += len(chunk)
                if size > allowed:
                    raise Refuse("too_complex", name)
                if scan:
                    scan.feed(chunk)
        if scan:
            scan.feed(b"", last=True)
    except (Refuse, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - packing, markup and encoding each fail in ways of their own
        raise Refuse("damaged", name) from None
    return size


class Scan:
    """Reads the XML of one part and keeps nothing: declarations, depth and number of elements, links to elsewhere."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.depth = self.elements = 0
        large = name.startswith("xl/worksheets/") or name == "xl/sharedStrings.xml"
        self.most = ELEMENTS if large else OTHER_ELEMENTS
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self.declaration
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        self.parser.Parse(chunk, last)

    def declaration(self, *_about: Any) -> None:
        raise Refuse("declarations", self.name)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEPTH or self.elements > self.most:
            raise Refuse("too_complex", self.name)
        if attributes.get("TargetMode") == "External" and not attributes.get("Type", "").endswith("/hyperlink"):
            raise Refuse("external", self.name)

    def end(self, _name: str) -> None:
        self.depth -= 1


class Reader(ExcelReader):
    """Reads only what cells need: no properties, themes, charts, comments or names."""

    def read_strings(self) -> None:
        """Leave `_xHHHH_` as it is: the library's short cut loses text that looks like it."""
        if "xl/sharedStrings.xml" in self.valid_files:
            with self.archive.open("xl/sharedStrings.xml") as source:
                self.shared_strings = list(shared_texts(source))

    def sheets(self) -> Iterator[tuple[str, str]]:
        """Title and part of each sheet, in order."""
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        for sheet, relation in self.parser.find_sheets():
            if relation.target in self.valid_files:
                yield sheet.name, relation.target


def shared_texts(source: Any) -> Iterator[str]:
    for _, node in iterparse(source):
        if node.tag == f"{SHEET}si":
            yield text_of(node)
            node.clear()


def text_of(node: Any) -> str:
    """The text of a string and its runs, without phonetic hints."""
    texts = []
    for child in node:
        if child.tag == f"{SHEET}t":
            texts.append(child.text or "")
        elif child.tag == f"{SHEET}r":
            texts += [run.text or "" for run in child if run.tag == f"{SHEET}t"]
    return "".join(texts)


class Cells(WorkSheetParser):
    """The rows of a sheet, and nothing of what follows them."""

    def rows(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()
            elif element.tag == DATA_TAG:
                return

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Text between `<is>` is read as shared text is."""
        cell: dict[str, Any] = super().parse_cell(element)
        inline = element.find(f"{SHEET}is")
        if inline is not None and cell["data_type"] != "f":
            cell.update(value=text_of(inline), data_type="s")
        return cell


class Unpacked:
    """Gathers the cells of all sheets, within the limits."""

    def __init__(self) -> None:
        self.cells = self.characters = 0
        self.sheets: list[dict[str, Any]] = []

    def add(self, name: str, cells: Cells) -> None:
        if len(self.sheets) >= SHEETS:
            raise Refuse("too_complex", name[:60])
        rows: Rows = []
        self.sheets.append({"name": name[:60], "rows": rows})
        for number, row in cells.rows():
            kept = [found for cell in row if (found := self.cell(name, cell))]
            if kept:
                rows.append([number, kept])

    def cell(self, sheet: str, cell: dict[str, Any]) -> list[Any] | None:
        """Column, kind and content: s text, n number, d day, b truth value, f formula, e error value."""
        value, kind = cell["value"], cell["data_type"]
        if kind in ("f", "e"):
            found: list[Any] = [cell["column"], kind, "" if kind == "f" else str(value)[:20]]
        elif value is None or value == "":
            return None
        else:
            found = [cell["column"], *plain(value)]
        self.cells += 1
        self.characters += len(found[2]) if isinstance(found[2], str) else 0
        if self.cells > CELLS or self.characters > CHARACTERS:
            raise Refuse("too_complex", f"{sheet[:60]}, {cell['row']}")
        return found


def plain(value: Any) -> tuple[str, Any]:
    match value:
        case bool():
            return "b", value
        case int() | float():
            return ("n", value) if math.isfinite(value) and abs(value) <= LARGEST else ("e", "#NUM!")
        case datetime():
            midnight = not (value.hour or value.minute or value.second or value.microsecond)
            return ("d", value.date().isoformat()) if midnight else ("s", value.isoformat())
        case date():
            return "d", value.isoformat()
        case _:
            text = ESCAPED.sub(lambda code: chr(int(code[1], 16)), str(value)[: 7 * LONGEST])
            return "s", text[:LONGEST]


def unpack(path: Path) -> dict[str, Any]:
    """Return the sheets with their cells. Raises Refuse."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive, path.stat().st_size)
    except (zipfile.BadZipFile, UnicodeError, ValueError, OSError, NotImplementedError):
        raise Refuse("not_a_workbook") from None
    unpacked, place = Unpacked(), "xl/workbook.xml"
    cells = None
    try:
        with path.open("rb") as file:
            reader = Reader(file, read_only=True, keep_links=False)
            for name, part in reader.sheets():
                place, cells = name[:60], None
                with reader.archive.open(part) as source:
                    wb = reader.wb
                    cells = Cells(
                        source, reader.shared_strings, False, wb.epoch, wb._date_formats, wb._timedelta_formats
                    )
                    unpacked.add(name, cells)
    except Refuse:
        raise
    except MemoryError:
        raise Refuse("too_complex", place) from None
    except Exception:  # noqa: BLE001 - whatever a damaged part provokes, the parent gets one line
        row = f", {cells.row_counter}" if cells is not None and cells.row_counter else ""
        raise Refuse("damaged", f"{place}{row}") from None
    return {"sheets": unpacked.sheets}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    warnings.simplefilter("ignore")
    try:
        answer = unpack(Path(sys.argv[1]))
    except Refuse as refusal:
        answer = {"refused": refusal.code, "place": refusal.place}
    except (MemoryError, RecursionError):
        answer = {"refused": "too_complex", "place": ""}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
