"""The rows of a table question, read from its sheet."""

from __future__ import annotations

from typing import Any

from portal.domain.answers import MOST_ROWS
from portal.domain.prefill import without_bare
from portal.domain.questionnaire import Column, Question, Questionnaire
from portal.spreadsheets.cells import choice_in, number_in, text_in
from portal.spreadsheets.choices import Choices, chosen, column_choices, country_code
from portal.spreadsheets.faults import CellFault, Fault, quoted
from portal.spreadsheets.intake import Cell, Sheet
from portal.spreadsheets.layout import KEY_ROW, column_letters, table_columns
from portal.spreadsheets.table_sheet import ABOVE
from portal.spreadsheets.words import words_in


def read_table(
    question: Question, questionnaire: Questionnaire, sheet: Sheet
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the filled rows in their order, none if they only stand as the form began, and what is wrong in cells."""
    columns = {column.id: column for column in table_columns(question)}
    heads = {number: sheet.text(KEY_ROW, number) for number in sheet.rows.get(KEY_ROW, {})}
    places = {number: columns[key] for number, key in heads.items() if key in columns}
    choices = {column.id: column_choices(column, questionnaire, words_in("en").locale) for column in columns.values()}
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for column in columns.values():
        if column not in places.values():
            details = {"head": column.label}
            faults.append(Fault("column_missing", sheet.name, KEY_ROW, "", question.id, details))
    for number in sorted(sheet.rows):
        if number <= ABOVE:
            continue
        row: dict[str, Any] = {}
        for place, column in places.items():
            try:
                if (value := _value(sheet.rows[number].get(place), column, choices[column.id])) not in ("", None):
                    row[column.id] = value
            except CellFault as fault:
                letters = column_letters(place)
                details = {"head": column.label, **fault.details}
                faults.append(Fault(fault.code, sheet.name, number, letters, question.id, details))
        if row:
            rows.append({key: row[key] for key in columns if key in row})
        if len(rows) > MOST_ROWS:
            faults.append(Fault("too_many_rows", sheet.name, number, "", question.id, {"most": MOST_ROWS}))
            break
    return [dict(row) for row in without_bare(question, rows)], faults


def _value(cell: Cell | None, column: Column, choices: Choices) -> Any:
    match column.kind:
        case "choice":
            return choice_in(cell, choices)
        case "question":
            return _linked(text_in(cell).strip(), choices)
        case "country":
            return _country(text_in(cell).strip())
        case "integer" | "number":
            return _number(cell, column, choices)
        case _:
            return text_in(cell)


def _number(cell: Cell | None, column: Column, choices: Choices) -> int | float | None:
    key = chosen(choices, cell.value) if cell is not None and cell.kind == "s" else None
    value = int(key) if key is not None else number_in(cell)
    if value is None:
        return None
    if column.kind == "integer" and isinstance(value, float):
        raise CellFault("not_whole", value=quoted(value))
    low, high = column.minimum, column.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise CellFault("out_of_range", low=low, high=high)
    return value


def _country(text: str) -> str:
    code = country_code(text)
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise CellFault("not_a_country", value=quoted(text))
    return code


def _linked(text: str, choices: Choices) -> str:
    """A question is named by its id; the words behind it are for people."""
    wanted = text.partition(":")[0].strip()
    if wanted and wanted not in dict[str, str](choices):
        raise CellFault("no_such_question", value=quoted(text))
    return wanted
