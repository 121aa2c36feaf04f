"""Plain tables as files for spreadsheet programs: a workbook of sheets, or one sheet as CSV. Text stays text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter

from portal.domain.canonical import UNFIT
from portal.domain.disclosure.export import inert
from portal.spreadsheets.book import LONGEST_NAME, NOT_IN_NAMES, written_text

#: A cell of Excel holds no more.
LONGEST_CELL = 32_767
_TEXT = {"font_size": 10, "text_wrap": True, "valign": "top"}


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: a title and notes above, then a row of headings and the rows."""

    name: str
    title: str
    notes: tuple[str, ...]
    #: Heading and width in characters of each column.
    columns: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[str]]


def tables_xlsx(title: str, tables: Iterable[Table], *, at: datetime, right_to_left: bool = False) -> bytes:
    """Return a workbook with a sheet for each table. Whatever a text looks like, it is written as text."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made,
        {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"title": _fit(title), "created": at.astimezone(UTC).replace(tzinfo=None), "author": ""})
    styles = {
        "title": book.add_format({"bold": True, "font_size": 14, "valign": "top"}),
        "note": book.add_format({"font_size": 10, "text_wrap": False, "italic": True}),
        "head": book.add_format({**_TEXT, "bold": True, "bottom": 1}),
        "text": book.add_format(_TEXT),
    }
    for table in tables:
        sheet = book.add_worksheet(_sheet_name(table.name))
        if right_to_left:
            sheet.right_to_left()
        lines = [(table.title, "title"), *((note, "note") for note in table.notes), ("", "note")]
        for row, (text, style) in enumerate(lines):
            sheet.write_string(row, 0, _fit(text), styles[style])
        for column, (heading, width) in enumerate(table.columns):
            sheet.set_column(column, column, width)
            sheet.write_string(len(lines), column, _fit(heading), styles["head"])
        for row, cells in enumerate(table.rows, len(lines) + 1):
            for column, text in enumerate(cells):
                sheet.write_string(row, column, _fit(text), styles["text"])
        sheet.freeze_panes(len(lines) + 1, 0)
    book.close()
    return made.getvalue()


def table_csv(table: Table) -> bytes:
    """Return the rows alone as CSV in UTF-8, with a mark by which Excel knows it, and lines as RFC 4180 has them."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(heading for heading, _width in table.columns)
    writer.writerows([inert(UNFIT.sub("\ufffd", cell)) for cell in row] for row in table.rows)
    return made.getvalue().encode("utf-8-sig")


def _fit(text: str) -> str:
    """Cut before it is written: the writing library would leave a longer text out, and say nothing."""
    return written_text(text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…")


def _sheet_name(name: str) -> str:
    return NOT_IN_NAMES.sub(" ", name)[:LONGEST_NAME]
