"""A sheet for each table, with a line for each row a company fills in."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet

from portal.domain.answers import MOST_ROWS
from portal.domain.questionnaire import Column, Question, Questionnaire
from portal.spreadsheets.book import Book, height
from portal.spreadsheets.choices import Choices, column_choices
from portal.spreadsheets.layout import SPARE_LINES, TABLE, TABLE_LINES, table_columns

#: Rows above the lines to fill in: keys (hidden), question, column heads.
ABOVE = 3
WIDTHS = {"text": 34, "country": 24, "choice": 28, "question": 34}


def write_table(book: Book, questionnaire: Questionnaire, question: Question, rows: list[dict[str, Any]]) -> None:
    columns = table_columns(question)
    sheet = book.add_sheet(question.id)
    book.write_keys(sheet, (f"{TABLE}{question.id}", *(column.id for column in columns)))
    book.write(sheet, 1, 0, question.id, "id")
    book.write_across(sheet, 1, (1, max(len(columns), 2)), question.ask, "subtitle")
    sheet.set_row(1, 40)
    sheet.set_row(2, max((height((_head(book, column), 28)) for column in columns), default=20))
    sheet.set_column(0, 0, 14)
    book.write(sheet, 2, 0, book.words("Line"), "head")
    count = min(max(TABLE_LINES, len(rows) + SPARE_LINES), MOST_ROWS)
    widths = []
    for place, column in enumerate(columns, start=1):
        choices = column_choices(column, questionnaire, book.words.locale)
        widths.append(WIDTHS.get(column.kind, 20 if not choices else 34))
        sheet.set_column(place, place, widths[-1])
        book.write(sheet, 2, place, _head(book, column), "head")
        _limit(book, sheet, place, count, column, choices)
        for line in range(count):
            value = rows[line].get(column.id, "") if line < len(rows) else ""
            _write_cell(book, sheet, ABOVE + line, place, column, choices, value)
    for line in range(count):
        sheet.write_number(ABOVE + line, 0, line + 1, book.style("id"))
        if line < len(rows):
            texts = [_shown(column, rows[line].get(column.id, "")) for column in columns]
            sheet.set_row(ABOVE + line, height(*zip(texts, widths, strict=True)))
    sheet.freeze_panes(ABOVE, 1)
    sheet.repeat_rows(1, 2)


def _shown(column: Column, value: Any) -> str:
    return next((option.label for option in column.options if option.id == value), str(value))


def _head(book: Book, column: Column) -> str:
    _ = book.words
    label = column.label if column.required else f"{column.label} {_('(optional)')}"
    return f"{label}\n{column.hint}" if column.hint else label


def _limit(book: Book, sheet: Worksheet, place: int, count: int, column: Column, choices: Choices) -> None:
    cells = (ABOVE, place, ABOVE + count - 1, place)
    if choices:
        book.offer(sheet, cells, choices)
    elif column.kind in ("integer", "number"):
        book.limit(sheet, cells, "integer" if column.kind == "integer" else "decimal", column.minimum, column.maximum)


def _write_cell(
    book: Book, sheet: Worksheet, row: int, place: int, column: Column, choices: Choices, value: Any
) -> None:
    if choices:
        key = str(value)
        book.write(sheet, row, place, dict(choices).get(key, key), "input")
    elif column.kind in ("integer", "number"):
        if value in ("", None):
            sheet.write_blank(row, place, None, book.style("number"))
        else:
            sheet.write_number(row, place, value, book.style("number"))
    else:
        book.write(sheet, row, place, str(value), "input")
