"""The sheet with a line for every answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from xlsxwriter.worksheet import Worksheet

from portal.domain.answers import Answer
from portal.domain.questionnaire import Flag, Question, Questionnaire, QuestionType, Section
from portal.spreadsheets.book import Book, height
from portal.spreadsheets.choices import DONT_KNOW, NO, NOT_APPLICABLE, YES
from portal.spreadsheets.guidance import guidance
from portal.spreadsheets.layout import COLUMNS, INPUTS, Line, Role, lines_of
from portal.spreadsheets.words import Words

WIDTHS = {"question": 38, "guidance": 54, "answer": 28, "reason": 19, "plan_end": 13, "comment": 27}
ID_WIDTH = 17
PLACE = {key: column for column, key in enumerate(COLUMNS)}
#: The first day a spreadsheet program can write as a day.
FIRST_DAY = date(1900, 3, 1)


def write_answers(
    book: Book,
    questionnaire: Questionnaire,
    questions: frozenset[str],
    answers: Mapping[str, Answer],
    asked_of: Mapping[str, str],
) -> None:
    """Write the questions named, with their answers. `asked_of`: rule -> for whom, where that must be said."""
    _ = book.words
    sheet = book.add_sheet(_("Answers"))
    book.write_keys(sheet, COLUMNS)
    for column, head in enumerate(_heads(book.words)):
        book.write(sheet, 1, column, head, "head")
    sheet.set_row(1, 30)
    sheet.set_column(0, 0, ID_WIDTH)
    for key, width in WIDTHS.items():
        sheet.set_column(PLACE[key], PLACE[key], width)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(1)
    row = 2
    for section in questionnaire.sections:
        asked = [question for question in section.questions if question.id in questions]
        if asked:
            _write_section(book, sheet, row, section)
            row += 1
        for question in asked:
            row = _write_question(book, sheet, row, question, answers.get(question.id, Answer()), asked_of)
    sheet.print_area(0, 0, row - 1, len(COLUMNS) - 1)


def _heads(words: Words) -> tuple[str, ...]:
    _ = words
    return (
        _("Number"),
        _("Question"),
        _("What the answers mean"),
        _("Your answer"),
        _("Why it does not apply to you"),
        _("When will remedy be complete?"),
        _("Comment"),
    )


def _write_section(book: Book, sheet: Worksheet, row: int, section: Section) -> None:
    for column in range(len(COLUMNS)):
        sheet.write_blank(row, column, None, book.style("section"))
    book.write(sheet, row, 1, section.title, "section")
    sheet.set_row(row, 24)


def _write_question(
    book: Book, sheet: Worksheet, row: int, question: Question, answer: Answer, asked_of: Mapping[str, str]
) -> int:
    """Write all lines of a question; return the row after them."""
    for line in lines_of(question, book.vocabulary):
        ask, meaning = _ask(book.words, line), guidance(line, book.words, asked_of) if line.is_first else ""
        book.write(sheet, row, 0, line.key, "id")
        book.write(sheet, row, 1, ask, "text")
        book.write(sheet, row, 2, meaning, "text")
        beside = (meaning, WIDTHS["guidance"]), _comment(line, answer)
        sheet.set_row(row, height((line.key, ID_WIDTH), (ask, WIDTHS["question"]), *beside))
        _write_choice(book, sheet, row, line, answer)
        _write_rest(book, sheet, row, line, answer)
        row += 1
    return row


def _comment(line: Line, answer: Answer) -> tuple[str, int]:
    return (answer.comment if line.is_first else "", WIDTHS["comment"])


def _ask(words: Words, line: Line) -> str:
    _ = words
    if line.role is Role.OPTION:
        option = line.question.option(line.option)
        assert option is not None
        return f"– {option.label}" + (f"\n{option.hint}" if option.hint else "")
    if not line.is_first:
        return _("– If there is no number")
    mark = {Flag.CRITICAL: _("Critical control"), Flag.RED_FLAG: _("Question about harm")}
    return line.question.ask + (f"\n[{mark[line.question.flag]}]" if line.question.flag else "")


def _write_choice(book: Book, sheet: Worksheet, row: int, line: Line, answer: Answer) -> None:
    column = PLACE["answer"]
    cell = (row, column, row, column)
    if line.role is Role.NUMBER:
        question = line.question
        book.limit(sheet, cell, "decimal", question.minimum, question.maximum)
        if isinstance(answer.value, int | float):
            sheet.write_number(row, column, answer.value, book.style("number"))
        else:
            sheet.write_blank(row, column, None, book.style("number"))
        return
    book.offer(sheet, cell, line.choices)
    key = said(line, answer)
    book.write(sheet, row, column, dict(line.choices)[key] if key else "", "input")


def said(line: Line, answer: Answer) -> str:
    """The key of the choice that stands in a line; empty for nothing."""
    value: Any = answer.value
    match line.role:
        case Role.OPTION:
            return "" if value is None else YES if line.option in value else NO
        case _ if line.question.type is QuestionType.INCIDENT:
            return "dont_know" if answer.dont_know else value or ""
        case Role.OTHERWISE if isinstance(value, str) and not line.is_first:
            return value
        case Role.CHOICE if value is not None:
            return str(value)
    if line.question.type is QuestionType.NUMBER and line.is_first:
        return ""
    return DONT_KNOW if answer.dont_know else NOT_APPLICABLE if answer.not_applicable is not None else ""


def _write_rest(book: Book, sheet: Worksheet, row: int, line: Line, answer: Answer) -> None:
    """Reason, day and comment stand in the first line of a question, where the question knows them."""
    question = line.question
    incident = question.type is QuestionType.INCIDENT
    open_cells = {"reason": line.is_first and not question.flag, "plan_end": incident, "comment": line.is_first}
    texts = {"reason": answer.not_applicable or "", "comment": answer.comment}
    for key in INPUTS[1:]:
        column = PLACE[key]
        if not open_cells[key]:
            sheet.write_blank(row, column, None, book.style("closed"))
        elif key == "plan_end":
            _write_day(book, sheet, row, column, answer.plan_end)
        else:
            book.write(sheet, row, column, texts[key], "input")


def _write_day(book: Book, sheet: Worksheet, row: int, column: int, day: date | None) -> None:
    _ = book.words
    sheet.data_validation(
        row,
        column,
        row,
        column,
        {
            "validate": "date",
            "criteria": ">=",
            "value": date(2000, 1, 1),
            "error_message": _("Enter the date as day month year, for example 30 4 2027."),
        },
    )
    if day is None:
        sheet.write_blank(row, column, None, book.style("day"))
    elif day < FIRST_DAY:
        book.write(sheet, row, column, day.isoformat(), "day")
    else:
        sheet.write_datetime(row, column, datetime(day.year, day.month, day.day), book.style("day"))  # noqa: DTZ001
