"""Between a question's form fields and its answer, both ways; nothing typed is lost when it does not fit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.domain.answers import MOST_ROWS, Answer, InvalidAnswer, check_value
from portal.domain.prefill import without_bare
from portal.domain.questionnaire import Column, Question, QuestionType
from portal.domain.tables import Row
from portal.services.assessments import SavedAnswer, latest_plan_end
from portal.web.countries import country_code, country_name
from portal.web.typed import Mistyped, clean, day, number

#: Field name -> what stands in it; the shape both of a posted form and of a stored answer.
Values = dict[str, list[str]]
T = TypeVar("T")
_WITH_ELSE = frozenset({QuestionType.MULTI, QuestionType.NUMBER, QuestionType.TABLE})


@dataclass(frozen=True, slots=True)
class FieldError:
    """`field` is the name of the input the message belongs to."""

    field: str
    message: str


class InvalidForm(Exception):
    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


def values_of(question: Question, saved: SavedAnswer, ready: Sequence[Row] = ()) -> Values:
    """Return the field values that show a stored answer, with its version and a digest of what is shown.

    `ready` are the lines an unanswered table begins with.
    """
    answer, name = saved.answer, question.id
    values: Values = {f"{name}-comment": [answer.comment]}
    choice = "dk" if answer.dont_know else "na" if answer.not_applicable is not None else ""
    values[f"{name}-why"] = [answer.not_applicable or ""]
    values[f"{name}-plan_end"] = [answer.plan_end.isoformat() if answer.plan_end else ""]
    if question.type in _WITH_ELSE:
        values[f"{name}-else"] = [choice]
        values |= _SHOWN[question.type](question, ready if answer.value is None and ready else answer.value)
    elif choice:
        values[f"{name}-value"] = ["dont_know" if question.type is QuestionType.INCIDENT else choice]
    else:
        values[f"{name}-value"] = [] if answer.value is None else [str(answer.value)]
    return values | {f"{name}-version": [str(saved.version)], f"{name}-base": [digest(question, values)]}


def posted_values(question: Question, form: MultiDict[str, str]) -> Values:
    """Return only the fields of one question."""
    prefix = f"{question.id}-"
    return {key: form.getlist(key) for key in form if key.startswith(prefix)}


def digest(question: Question, values: Mapping[str, list[str]]) -> str:
    """A short digest of what a person sees in the fields, the same for what is shown and what comes back unchanged."""
    skipped = {f"{question.id}-{part}" for part in ("version", "base", "file")}
    seen = sorted(
        (key, tuple(text.replace("\r\n", "\n").strip() for text in texts if text.strip()))
        for key, texts in values.items()
        if key not in skipped
    )
    return hashlib.sha256(repr([item for item in seen if item[1]]).encode()).hexdigest()[:16]


def read_answer(question: Question, posted: Values, saved: SavedAnswer, *, today: date) -> Answer:
    """Return the answer the fields say. Raises InvalidForm with a message for each field that does not fit."""
    errors: list[FieldError] = []
    comment = read_comment(errors, question, posted)
    why = _try(errors, f"{question.id}-why", lambda: clean(_first(posted, f"{question.id}-why"), longest=1000))
    choice = _first(posted, f"{question.id}-{'else' if question.type in _WITH_ELSE else 'value'}")
    if choice == "dk" or (question.type is QuestionType.INCIDENT and choice == "dont_know"):
        answer = Answer(dont_know=True, comment=comment or "")
    elif choice == "na":
        answer = Answer(not_applicable=_reason(errors, question, why or ""), comment=comment or "")
    else:
        value = _READ[question.type](question, posted, errors)
        plan_end = _plan_end(errors, question, posted, saved, today) if value == "found_remediating" else None
        answer = Answer(value=value, plan_end=plan_end, comment=comment or "")
        if not errors and value is not None:
            _check(errors, question, value)
    if errors:
        raise InvalidForm(tuple(errors))
    return answer


def read_comment(errors: list[FieldError], question: Question, posted: Values) -> str | None:
    return _try(errors, f"{question.id}-comment", lambda: clean(_first(posted, f"{question.id}-comment")))


def _try(errors: list[FieldError], field: str, read: Callable[[], T]) -> T | None:
    try:
        return read()
    except Mistyped as error:
        errors.append(FieldError(field, str(error)))
        return None


def _reason(errors: list[FieldError], question: Question, why: str) -> str:
    if question.flag:
        message = _("This question applies to every company. Pick a level, or “We don’t know”.")
        errors.append(FieldError(f"{question.id}-value", message))
    elif not why:
        errors.append(FieldError(f"{question.id}-why", _("Say in one sentence why this does not apply to you.")))
    return why


def _plan_end(
    errors: list[FieldError], question: Question, posted: Values, saved: SavedAnswer, today: date
) -> date | None:
    field = f"{question.id}-plan_end"
    end = _try(errors, field, lambda: day(_first(posted, field)))
    latest = latest_plan_end(saved.plan_recorded_on or today)
    if end and end > latest:
        message = _("The plan may end on %(day)s at the latest: twelve months after you first recorded it.", day=latest)
        errors.append(FieldError(field, message))
    return end


def _check(errors: list[FieldError], question: Question, value: Any) -> None:
    try:
        check_value(question, value)
    except InvalidAnswer as error:
        errors.append(FieldError(f"{question.id}-value", _("This answer does not fit: %(what)s.", what=str(error))))


def _first(values: Mapping[str, list[str]], field: str) -> str:
    return next(iter(values.get(field, ())), "")


def _read_level(question: Question, posted: Values, errors: list[FieldError]) -> int | None:
    text = _first(posted, f"{question.id}-value")
    if text in {"0", "1", "2", "3", "4"}:
        return int(text)
    if text:
        errors.append(FieldError(f"{question.id}-value", _("Pick one of the levels shown.")))
    return None


def _read_option(question: Question, posted: Values, _errors: list[FieldError]) -> str | None:
    return _first(posted, f"{question.id}-value") or None


def _read_multi(question: Question, posted: Values, _errors: list[FieldError]) -> list[str] | None:
    return posted.get(f"{question.id}-value") or None


def _read_number(question: Question, posted: Values, errors: list[FieldError]) -> int | float | str | None:
    if option := _first(posted, f"{question.id}-option"):
        return option
    field = f"{question.id}-value"
    return _try(errors, field, lambda: number(_first(posted, field)))


def _read_table(question: Question, posted: Values, errors: list[FieldError]) -> list[Row] | None:
    rows = sorted({int(key.split("-")[-2]) for key in posted if _is_cell(question, key)})
    table: list[Row] = []
    for row in rows[:MOST_ROWS]:
        cells = {
            column.id: _read_cell(errors, f"{question.id}-{row}-{column.id}", column, posted)
            for column in question.columns
            if column.kind != "calculate"
        }
        if filled := {key: value for key, value in cells.items() if value not in (None, "")}:
            table.append(filled)
    return without_bare(question, table) or None


def _is_cell(question: Question, key: str) -> bool:
    rest = key.removeprefix(f"{question.id}-").split("-")
    return len(rest) == 2 and rest[0].isascii() and rest[0].isdecimal() and len(rest[0]) <= 3


def _read_cell(errors: list[FieldError], field: str, column: Column, posted: Values) -> str | int | float | None:
    text = _first(posted, field)
    if column.kind == "country":
        return _try(errors, field, lambda: country_code(text))
    if column.kind not in ("integer", "number"):
        return _try(errors, field, lambda: clean(text, longest=1000))
    value = _try(errors, field, lambda: number(text))
    low, high = column.minimum, column.maximum
    if value is not None and (
        (low is not None and value < low)
        or (high is not None and value > high)
        or (column.kind == "integer" and isinstance(value, float))
    ):
        errors.append(FieldError(field, _("Enter a whole number from %(low)s to %(high)s.", low=low, high=high)))
    return value


def _show_multi(question: Question, value: Any) -> Values:
    return {f"{question.id}-value": list(value or ())}


def _show_number(question: Question, value: Any) -> Values:
    field = "option" if isinstance(value, str) else "value"
    return {f"{question.id}-{field}": [] if value is None else [str(value)]}


def _show_table(question: Question, value: Any) -> Values:
    countries = {column.id for column in question.columns if column.kind == "country"}
    return {
        f"{question.id}-{row}-{column}": [country_name(cell) if column in countries else str(cell)]
        for row, cells in enumerate(value or ())
        for column, cell in cells.items()
    }


_SHOWN: Mapping[QuestionType, Callable[[Question, Any], Values]] = {
    QuestionType.MULTI: _show_multi,
    QuestionType.NUMBER: _show_number,
    QuestionType.TABLE: _show_table,
}
_READ: Mapping[QuestionType, Callable[[Question, Values, list[FieldError]], Any]] = {
    QuestionType.MATURITY: _read_level,
    QuestionType.INCIDENT: _read_option,
    QuestionType.YESNO: _read_option,
    QuestionType.CHOICE: _read_option,
    QuestionType.MULTI: _read_multi,
    QuestionType.NUMBER: _read_number,
    QuestionType.TABLE: _read_table,
}
