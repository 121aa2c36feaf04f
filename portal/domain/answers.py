"""Answers as given: what may be said to a question, and the judgement of a reviewer on it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.canonical import UNFIT, shown
from portal.domain.questionnaire import Column, Question, QuestionType

LONGEST_TEXT = 10_000
MOST_ROWS = 500
COUNTRY = re.compile(r"[A-Z]{2}")

#: The six things to say to an incident question; their levels and red flags are in `incidents.py`.
INCIDENT_OPTIONS = (
    "checked_not_found",
    "not_checked",
    "found_remedied",
    "found_remediating",
    "found_open",
    "dont_know",
)
EVIDENCE = ("none", "attached", "accepted")
NA_REVIEWS = ("pending", "confirmed", "rejected")

Check = Callable[[Any], None]


class InvalidAnswer(ValueError):
    """A value that the question does not take. `path` is the place within it, such as "[2].scale", or empty."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    name: str
    sha256: str
    bytes: int
    type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a company said to one question: a value, "don't know", "does not apply" with its reason, or nothing yet."""

    #: JSON as it came: a level, an option id, a number, a list of ids, a list of rows.
    value: Any = None
    dont_know: bool = False
    not_applicable: str | None = None
    na_review: str = "pending"
    evidence: str = "none"
    plan_end: date | None = None
    comment: str = ""
    files: tuple[EvidenceFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Determination:
    """A reviewer's judgement on one question: at most this level, or this red-flag state, and why."""

    level: int | None
    state: str | None
    reason: str


def has_answer(answer: Answer | None) -> bool:
    """Whether something was said; "don't know" is an answer, an attached file alone is not."""
    return answer is not None and (answer.value is not None or answer.dont_know or answer.not_applicable is not None)


def check_value(question: Question, value: Any) -> None:
    """Raise InvalidAnswer unless `value` is one that the question takes."""
    checker(question)(value)


def checker(question: Question) -> Check:
    """Return the check of one question's values, for those who check many."""
    options = frozenset(option.id for option in question.options)
    match question.type:
        case QuestionType.MATURITY:
            return check_level
        case QuestionType.INCIDENT:
            return one_of(frozenset(INCIDENT_OPTIONS))
        case QuestionType.YESNO | QuestionType.CHOICE:
            return one_of(options)
        case QuestionType.MULTI:
            exclusive = frozenset(option.id for option in question.options if option.exclusive)
            return several_of(options, exclusive)
        case QuestionType.NUMBER:
            measured = number_between(question.minimum, question.maximum)
            return lambda value: None if isinstance(value, str) and value in options else measured(value)
        case QuestionType.TABLE:
            return table_of(question.columns)


def check_level(value: Any) -> None:
    if type(value) is not int or not 0 <= value <= 4:
        raise InvalidAnswer("", f"{shown(value)} is not a level from 0 to 4")


def one_of(options: frozenset[str]) -> Check:
    def check(value: Any) -> None:
        if not isinstance(value, str) or value not in options:
            raise InvalidAnswer("", f"{shown(value)} is not one of the options")

    return check


def several_of(options: frozenset[str], exclusive: frozenset[str] = frozenset()) -> Check:
    single = one_of(options)

    def check(value: Any) -> None:
        if not isinstance(value, list):
            raise InvalidAnswer("", "must be a list of options")
        for place, option in enumerate(value):
            within(f"[{place}]", single, option)
        if len(set(value)) < len(value):
            raise InvalidAnswer("", "names an option twice")
        if len(value) > 1 and not exclusive.isdisjoint(value):
            raise InvalidAnswer("", "an option that excludes all others stands beside others")

    return check


def number_between(minimum: int | float | None, maximum: int | float | None, *, whole: bool = False) -> Check:
    def check(value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise InvalidAnswer("", f"{shown(value)} is not a number")
        if whole and not isinstance(value, int):
            raise InvalidAnswer("", f"{shown(value)} is not a whole number")
        if minimum is not None and value < minimum:
            raise InvalidAnswer("", f"{shown(value)} is less than {minimum}")
        if maximum is not None and value > maximum:
            raise InvalidAnswer("", f"{shown(value)} is more than {maximum}")

    return check


def check_text(value: Any) -> None:
    if not isinstance(value, str):
        raise InvalidAnswer("", "must be text")
    if len(value) > LONGEST_TEXT:
        raise InvalidAnswer("", f"is longer than {LONGEST_TEXT:,} characters")
    if UNFIT.search(value):
        raise InvalidAnswer("", "holds characters that no text may hold")


def check_country(value: Any) -> None:
    """Only the shape: countries come and go, and a list of them here would refuse honest answers."""
    if not isinstance(value, str) or not COUNTRY.fullmatch(value):
        raise InvalidAnswer("", f"{shown(value)} is not a country code of two capital letters")


def table_of(columns: tuple[Column, ...]) -> Check:
    cells = {column.id: cell(column) for column in columns if column.kind != "calculate"}

    def check(value: Any) -> None:
        if not isinstance(value, list):
            raise InvalidAnswer("", "must be a list of rows")
        if len(value) > MOST_ROWS:
            raise InvalidAnswer("", f"has more than {MOST_ROWS} rows")
        for place, row in enumerate(value):
            check_row(f"[{place}]", row, cells)

    return check


def check_row(path: str, row: Any, cells: Mapping[str, Check]) -> None:
    if not isinstance(row, dict):
        raise InvalidAnswer(path, "must be an object, one key for each column")
    if not row.keys() <= cells.keys():
        raise InvalidAnswer(path, f"there is no column {shown(min(row.keys() - cells.keys()))}")
    column = ""
    try:
        for column, value in row.items():
            if value != "":
                cells[column](value)
    except InvalidAnswer as error:
        raise InvalidAnswer(f"{path}.{column}{error.path}", error.message) from None


def cell(column: Column) -> Check:
    """Return the check of a cell that is not blank."""
    match column.kind:
        case "integer" | "number":
            return number_between(column.minimum, column.maximum, whole=column.kind == "integer")
        case "choice":
            return one_of(frozenset(option.id for option in column.options))
        case "country":
            return check_country
        case _:
            return check_text


def within(path: str, check: Check, value: Any) -> None:
    try:
        check(value)
    except InvalidAnswer as error:
        raise InvalidAnswer(path + error.path, error.message) from None
