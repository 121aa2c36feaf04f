"""The answer to one question, read from its lines of the answers sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from portal.domain.answers import Answer, InvalidAnswer, check_value
from portal.domain.questionnaire import Question, QuestionType
from portal.spreadsheets.cells import choice_in, day_in, number_in, refuse_unreadable, text_in
from portal.spreadsheets.choices import DONT_KNOW, NOT_APPLICABLE, YES
from portal.spreadsheets.faults import CellFault, Fault, quoted
from portal.spreadsheets.intake import Cell, Sheet
from portal.spreadsheets.layout import ANSWERS, INPUTS, Line, Role, column_letters, lines_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the answers sheet; columns are found by their keys."""

    of: Sheet
    row: int
    keys: Mapping[str, int]

    @property
    def sheet(self) -> str:
        return self.of.name

    def cell(self, key: str) -> Cell | None:
        return self.of.rows[self.row].get(self.keys[key])

    def letters(self, key: str) -> str:
        return column_letters(self.keys[key])

    def text_of_key(self) -> str:
        """What stands in the first column, whatever it is; a formula there is no id."""
        cell = self.cell(ANSWERS)
        return "" if cell is None else "=" if cell.kind == "f" else quoted(cell.value)

    def is_filled(self) -> bool:
        return any(self.cell(key) is not None for key in INPUTS)


class LineReader:
    """Reads one question; gathers its faults rather than stopping at the first."""

    def __init__(self, question: Question, places: Mapping[str, Place], words: Mapping[str, str]) -> None:
        self.question = question
        self.places = places
        self.lines = [line for line in lines_of(question, words) if line.key in places]
        self.first = places[question.id]
        self.faults: list[Fault] = []
        if any(line.role is Role.OPTION and line.key not in places for line in lines_of(question, words)):
            # What a deleted row said cannot be told from what it left open.
            self._fault("lines_missing", "answer")

    def answer(self, rows: list[dict[str, Any]] | None) -> Answer:
        """The answer of all lines together; `rows` come from the sheet of a table."""
        said = {line.key: self._said(line) for line in self.lines}
        value = rows or self._value(said)
        otherwise = next((said[line.key] for line in self.lines if _is_otherwise(line, said[line.key])), None)
        reason = self._try("reason", lambda: text_in(self.first.cell("reason"))) or ""
        comment = self._try("comment", lambda: text_in(self.first.cell("comment"))) or ""
        plan_end = self._plan_end()
        if otherwise and value is not None:
            self._fault("two_answers", "answer")
        if otherwise == NOT_APPLICABLE and not reason.strip():
            self._fault("reason_missing", "reason")
        if reason.strip() and not otherwise and value is None:
            self._fault("reason_alone", "reason")
        if value is not None and not self.faults:
            self._check(value)
        return Answer(
            value=value,
            dont_know=otherwise == DONT_KNOW,
            not_applicable=reason if otherwise == NOT_APPLICABLE else None,
            plan_end=plan_end if value == "found_remediating" else None,
            comment=comment,
        )

    def _said(self, line: Line) -> Any:
        cell = self.places[line.key].cell("answer")
        if line.role is Role.NUMBER:
            return self._try("answer", lambda: number_in(cell), line.key)
        key = self._try("answer", lambda: choice_in(cell, line.choices), line.key)
        return DONT_KNOW if key == "dont_know" and self.question.type is QuestionType.INCIDENT else key

    def _value(self, said: Mapping[str, Any]) -> Any:
        question = self.question
        own = said[question.id]
        match question.type:
            case QuestionType.MATURITY:
                return int(own) if own is not None and own[0] != "*" else None
            case QuestionType.MULTI:
                options = {line.option: said[line.key] for line in self.lines if line.role is Role.OPTION}
                given = any(key is not None for key in options.values())
                return [option for option, key in options.items() if key == YES] if given else None
            case QuestionType.NUMBER:
                instead = said.get(f"{question.id}/or")
                if instead is None or instead[0] == "*":
                    return own
                if own is not None:
                    self._fault("two_answers", "answer", f"{question.id}/or")
                return instead
            case _:
                return own if own is not None and own[0] != "*" else None

    def _plan_end(self) -> date | None:
        if self.question.type is QuestionType.INCIDENT:
            return self._try("plan_end", lambda: day_in(self.first.cell("plan_end")))
        if (cell := self.first.cell("plan_end")) is not None:
            self._try("plan_end", lambda: refuse_unreadable(cell))
        return None

    def _check(self, value: Any) -> None:
        question = self.question
        try:
            check_value(question, value)
        except InvalidAnswer:
            if question.type is QuestionType.MULTI:
                self._fault("exclusive", "answer")
            elif question.type is QuestionType.NUMBER:
                self._fault("out_of_range", "answer", low=question.minimum, high=question.maximum)
            elif question.type is QuestionType.TABLE:
                self._fault("too_many_rows", "answer")
            else:
                self._fault("not_a_choice", "answer", value=quoted(value), allowed="")

    def _try(self, column: str, read: Callable[[], T], key: str = "") -> T | None:
        try:
            return read()
        except CellFault as fault:
            self._fault(fault.code, column, key, **fault.details)
            return None

    def _fault(self, code: str, column: str, key: str = "", **details: Any) -> None:
        place = self.places[key or self.question.id]
        self.faults.append(Fault(code, place.sheet, place.row, place.letters(column), self.question.id, details))


def _is_otherwise(line: Line, said: Any) -> bool:
    return line.role in (Role.CHOICE, Role.OTHERWISE) and said in (DONT_KNOW, NOT_APPLICABLE)
