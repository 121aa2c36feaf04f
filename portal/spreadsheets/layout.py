"""Where everything stands in a workbook: sheets, columns and lines, for those who write it and those who read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.questionnaire import Column, Question, Questionnaire, QuestionType
from portal.spreadsheets.choices import Choices, Vocabulary, answer_choices, distinct, otherwise, short, yes_or_no

FORMAT = "workbook/1"
#: Sheets no reader needs to see.
LISTS_SHEET, METADATA_SHEET = "_lists", "_portal"
#: The first row of a sheet is hidden and says, in keys, what the sheet and each of its columns are.
KEY_ROW = 1
ANSWERS = f"{FORMAT} answers"
TABLE = f"{FORMAT} table "
#: Keys of the columns of the answers sheet, in order. Only `id` and the last four are read.
COLUMNS = (ANSWERS, "question", "guidance", "answer", "reason", "plan_end", "comment")
INPUTS = ("answer", "reason", "plan_end", "comment")
#: Lines of a table sheet that are ready to be filled in.
TABLE_LINES, SPARE_LINES = 30, 15


class Role(StrEnum):
    """What the answer cell of a line says."""

    #: The answer, by choosing.
    CHOICE = "choice"
    NUMBER = "number"
    #: Whether this option of a multi question is true.
    OPTION = "option"
    #: What is said instead of an answer given elsewhere: in other lines, or in a sheet of its own.
    OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the answers sheet. `key` stands in its first cell: the question's id, for further lines "id/part"."""

    key: str
    question: Question
    role: Role
    choices: Choices = ()
    option: str = ""

    @property
    def is_first(self) -> bool:
        return self.key == self.question.id


def lines_of(question: Question, fixed: Vocabulary) -> tuple[Line, ...]:
    """The lines of one question. The first also has its reason, plan and comment."""
    match question.type:
        case QuestionType.MULTI:
            options = (
                Line(f"{question.id}/{option.id}", question, Role.OPTION, yes_or_no(fixed), option.id)
                for option in question.options
            )
            return (Line(question.id, question, Role.OTHERWISE, answer_choices(question, fixed)), *options)
        case QuestionType.NUMBER:
            instead = ((option.id, short(option.label)) for option in question.options)
            choices = distinct([*instead, *otherwise(question, fixed)])
            return (
                Line(question.id, question, Role.NUMBER),
                Line(f"{question.id}/or", question, Role.OTHERWISE, choices),
            )
        case QuestionType.TABLE:
            return (Line(question.id, question, Role.OTHERWISE, answer_choices(question, fixed)),)
        case _:
            return (Line(question.id, question, Role.CHOICE, answer_choices(question, fixed)),)


def all_lines(questionnaire: Questionnaire, fixed: Vocabulary) -> dict[str, Line]:
    return {line.key: line for question in questionnaire.questions for line in lines_of(question, fixed)}


def table_columns(question: Question) -> tuple[Column, ...]:
    """The columns one fills in; what is calculated is worked out in the portal, since a workbook holds no formula."""
    return tuple(column for column in question.columns if column.kind != "calculate")


def column_letters(number: int) -> str:
    """The letters of a column counted from 1: A, Z, AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def tables(questionnaire: Questionnaire) -> Iterator[Question]:
    return (question for question in questionnaire.questions if question.type is QuestionType.TABLE)
