"""The workbook being written: its styles, its drop-down lists and the settings every sheet shares."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from portal.domain.canonical import UNFIT
from portal.spreadsheets.choices import Choices, vocabulary
from portal.spreadsheets.layout import LISTS_SHEET, METADATA_SHEET, column_letters
from portal.spreadsheets.words import Words

#: A workbook made for nobody says no time, so that the same questionnaire gives the same bytes.
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
INK, TEAL, SAND, LINE = "#1d2b2a", "#0b5c5a", "#f6f1e7", "#b9c4c1"
#: Excel takes no longer ones.
LONGEST_TITLE, LONGEST_MESSAGE, LONGEST_NAME = 32, 255, 31
#: Nor these in the name of a sheet.
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
#: Points of a line, and of the tallest row there can be.
LINE_HEIGHT, TALLEST = 13.5, 400
#: An underscore that a reader would take for the start of an escaped character.
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
#: People may do on a protected sheet what harms nothing.
ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}
_LOCKED = {"font_size": 10, "text_wrap": True, "valign": "top", "font_color": INK, "border": 1, "border_color": LINE}
_INPUT = {**_LOCKED, "locked": False, "bg_color": "#ffffff", "border_color": TEAL}
STYLES: dict[str, dict[str, Any]] = {
    "text": {**_LOCKED, "bg_color": "#fbfaf6"},
    "id": {**_LOCKED, "bg_color": "#fbfaf6", "font_color": "#4f5d5b", "font_size": 8},
    "closed": {**_LOCKED, "bg_color": "#e9ebe8"},
    "head": {**_LOCKED, "bold": True, "font_color": "#ffffff", "bg_color": TEAL},
    "section": {"bold": True, "font_size": 13, "font_color": TEAL, "bg_color": SAND, "valign": "vcenter"},
    "title": {"bold": True, "font_size": 18, "font_color": TEAL, "text_wrap": True, "valign": "top"},
    "subtitle": {"bold": True, "font_size": 13, "font_color": TEAL, "text_wrap": True},
    "plain": {"text_wrap": True, "valign": "top", "font_color": INK},
    "link": {**_LOCKED, "bg_color": "#fbfaf6", "font_color": TEAL, "underline": 1},
    # Text stays text: what one types into such a cell is never taken for a formula, a number or a day.
    "input": {**_INPUT, "num_format": "@"},
    "number": {**_INPUT, "num_format": "General"},
    "day": {**_INPUT, "num_format": "yyyy-mm-dd"},
    "key": {"font_color": "#ffffff", "font_size": 8},
}


def height(*cells: tuple[str, int]) -> float:
    """Points a row needs to show these texts in columns so many characters wide.

    Estimated, because not every program fits rows when it opens a file; generous, since letters differ in width.
    """
    lines = max(sum(1 + len(line) * 10 // (width * 11) for line in text.split("\n")) for text, width in cells)
    return min(LINE_HEIGHT * lines + 4, TALLEST)


def written_text(text: str) -> str:
    """The text as the writing library must be given it, so that a reader gets exactly this text back.

    The library takes text between <r> and </r> for markup of its own, and escapes only every other one of several
    `_xHHHH_` in a row. Such text is handed over as markup, written here, with underscores it does not recognise.
    """
    text = UNFIT.sub("\ufffd", text)
    if not (text.startswith("<r>") or LOOKS_ESCAPED.search(text)):
        return text
    content = escape(LOOKS_ESCAPED.sub("_x005F_", text)).replace("_", "&#95;")
    return f'<r><t xml:space="preserve">{content}</t></r>'


class Book:
    """Writes into memory. `close` returns the bytes; equal calls in equal order give equal bytes."""

    def __init__(self, words: Words, *, title: str, at: datetime | None = None) -> None:
        self.words = words
        #: The fixed words of its drop-downs.
        self.vocabulary = vocabulary(words)
        self._bytes = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._bytes,
            {
                "in_memory": True,
                # User text is never taken for anything but text.
                "strings_to_numbers": False,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "nan_inf_to_errors": False,
            },
        )
        created = (at or NO_TIME).astimezone(UTC).replace(tzinfo=None)
        self._book.set_properties({"title": title, "created": created, "author": ""})
        self._styles = {name: self._book.add_format(style) for name, style in STYLES.items()}
        self._lists: dict[Choices, str] = {}

    def style(self, name: str) -> Format:
        return self._styles[name]

    def add_sheet(self, name: str) -> Worksheet:
        """A visible sheet: protected but for its inputs, without a password, ready for landscape paper."""
        sheet = self._book.add_worksheet(NOT_IN_NAMES.sub(" ", name)[:LONGEST_NAME])
        if self.words.is_right_to_left:
            sheet.right_to_left()
        sheet.hide_gridlines(2)
        sheet.protect("", ALLOWED)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&8&A&R&8&P / &N")
        return sheet

    def write(self, sheet: Worksheet, row: int, column: int, text: str, style: str) -> None:
        """Write text as text, whatever it looks like; no text leaves a cell that is really empty."""
        if text:
            sheet.write_string(row, column, written_text(text), self.style(style))
        else:
            sheet.write_blank(row, column, None, self.style(style))

    def write_across(self, sheet: Worksheet, row: int, columns: tuple[int, int], text: str, style: str) -> None:
        """Write text over several columns joined into one."""
        sheet.merge_range(row, columns[0], row, columns[1], "", self.style(style))
        self.write(sheet, row, columns[0], text, style)

    def write_keys(self, sheet: Worksheet, keys: Sequence[str]) -> None:
        """The first row, hidden: from it the portal knows sheet and columns even after somebody moved them."""
        for column, key in enumerate(keys):
            self.write(sheet, 0, column, key, "key")
        sheet.set_row(0, None, None, {"hidden": True})

    def offer(self, sheet: Worksheet, cells: tuple[int, int, int, int], choices: Choices) -> None:
        """Give these cells (first row, first column, last row, last column) a drop-down."""
        _ = self.words
        sheet.data_validation(
            *cells,
            {
                "validate": "list",
                "source": self._source(choices),
                "error_title": _("Choose from the list")[:LONGEST_TITLE],
                "error_message": _("Pick one of the entries of the list, or leave the cell empty.")[:LONGEST_MESSAGE],
            },
        )

    def limit(
        self, sheet: Worksheet, cells: tuple[int, int, int, int], kind: str, low: float | None, high: float | None
    ) -> None:
        """Take only numbers of this kind (integer, decimal) between the limits."""
        _ = self.words
        least, most = (-1e15 if low is None else low), (1e15 if high is None else high)
        told = (
            _("Enter a number from %(low)s to %(high)s.", low=low, high=high)
            if low is not None and high is not None
            else _("Enter a number in digits, such as 40.")
        )
        sheet.data_validation(
            *cells,
            {
                "validate": kind,
                "criteria": "between",
                "minimum": least,
                "maximum": most,
                "error_title": _("Not a number that fits")[:LONGEST_TITLE],
                "error_message": told[:LONGEST_MESSAGE],
            },
        )

    def close(self, metadata: Sequence[str], signature: str) -> bytes:
        """Add the two hidden sheets and return the file."""
        lists = self._book.add_worksheet(LISTS_SHEET)
        for column, choices in enumerate(self._lists):
            for row, (_key, label) in enumerate(choices):
                lists.write_string(row, column, written_text(label))
        lists.hide()
        hidden = self._book.add_worksheet(METADATA_SHEET)
        for row, chunk in enumerate(metadata):
            hidden.write_string(row, 0, chunk)
        hidden.write_string(0, 1, signature)
        hidden.hide()
        self._book.close()
        return self._bytes.getvalue()

    def _source(self, choices: Choices) -> str:
        """Lists stand on a sheet of their own: written into the cell's rule they would end at 255 characters."""
        if choices not in self._lists:
            letters = column_letters(len(self._lists) + 1)
            self._lists[choices] = f"='{LISTS_SHEET}'!${letters}$1:${letters}${len(choices)}"
        return self._lists[choices]
