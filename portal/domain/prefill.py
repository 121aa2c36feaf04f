"""What a form may begin with: answers the company gave to the same question elsewhere, and rows its profile implies."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import product
from typing import Any

from portal.domain.answers import Answer, InvalidAnswer, check_value
from portal.domain.questionnaire import Column, Question, Questionnaire, QuestionType
from portal.domain.tables import BLANK, Row, filled_rows

#: Lines that stand ready at most; a form of more is none that anybody fills in.
MOST_READY = 100
_BY_OPTION = frozenset({QuestionType.YESNO, QuestionType.CHOICE, QuestionType.MULTI})


@dataclass(frozen=True, slots=True)
class Given:
    """An answer the company gave to a question of another assessment."""

    questionnaire: Questionnaire
    question: Question
    answer: Answer
    at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What was said elsewhere. `answer` is what a confirmation would store; None where it can only be read."""

    given: Given
    answer: Answer | None

    @property
    def token(self) -> str:
        """Names what a person was shown: a confirmation counts for this answer and no other."""
        said = self.given.answer
        shown = [self.given.question.id, said.value, said.not_applicable, str(said.plan_end), str(self.given.at)]
        return sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def counterparts(
    questions: Iterable[Question], questionnaire: Questionnaire, others: Iterable[Questionnaire]
) -> dict[str, set[tuple[str, str]]]:
    """Question id -> (reference, id) of each that asks the same: those it names, those that name it, and itself in
    any version of its own questionnaire."""
    named = {question.id: question.same_as for question in questions}
    naming: dict[str, set[str]] = {}
    for question_id, ids in named.items():
        for other in ids:
            naming.setdefault(other, set()).add(question_id)
    found: dict[str, set[tuple[str, str]]] = {}
    for item in others:
        for question in item.questions:
            mine = {*naming.get(question.id, ()), *(same for same in question.same_as if same in named)}
            if item.slug == questionnaire.slug and question.id in named:
                mine.add(question.id)
            for question_id in mine:
                found.setdefault(question_id, set()).add((item.reference, question.id))
    return found


def suggestion(question: Question, questionnaire: Questionnaire, given: Iterable[Given]) -> Suggestion | None:
    """Return the newest answer that can be carried over, or else the newest that can at least be read."""
    newest = sorted(given, key=lambda item: (item.at, item.questionnaire.reference, item.question.id), reverse=True)
    found = [Suggestion(item, carried(question, questionnaire, item)) for item in newest if _says_something(item)]
    return next((item for item in found if item.answer), found[0] if found else None)


def carried(question: Question, questionnaire: Questionnaire, given: Given) -> Answer | None:
    """Return the answer as this question would store it, or None where the two do not take the same answers.

    Comments and files stay where they were given: they speak about that answer and that day.
    """
    if given.answer.not_applicable is not None:
        return None if question.flag else Answer(not_applicable=given.answer.not_applicable)
    value = _value(question, questionnaire, given)
    if value is None:
        return None
    try:
        check_value(question, value)
    except InvalidAnswer:
        return None
    return Answer(value=value, plan_end=given.answer.plan_end if value == "found_remediating" else None)


def _says_something(given: Given) -> bool:
    """ "We don't know" is nothing to carry on: whoever opens the new form is to find out."""
    return given.answer.value is not None or given.answer.not_applicable is not None


def _value(question: Question, questionnaire: Questionnaire, given: Given) -> Any:
    other, value = given.question, given.answer.value
    if {question.type, other.type} <= _BY_OPTION:
        return value if _multiple(question) == _multiple(other) and _options(question) == _options(other) else None
    if question.type is not other.type:
        return None
    match question.type:
        case QuestionType.NUMBER:
            return value if (question.unit, _options(question)) == (other.unit, _options(other)) else None
        case QuestionType.TABLE:
            kept = question.columns if questionnaire.slug == given.questionnaire.slug else _not_linking(question)
            return _rows(kept, other, value) or None
        case _:
            return value


def _multiple(question: Question) -> bool:
    return question.type is QuestionType.MULTI


def _options(question: Question) -> frozenset[str]:
    return frozenset(option.id for option in question.options)


def _not_linking(question: Question) -> tuple[Column, ...]:
    """Without the columns that name a question: what they name belongs to another questionnaire."""
    return tuple(column for column in question.columns if column.kind != "question")


def _rows(columns: Iterable[Column], other: Question, rows: Sequence[Row]) -> list[dict[str, Any]]:
    theirs = {column.id: column for column in other.columns}
    shared = [column for column in columns if column.kind != "calculate" and _alike(column, theirs.get(column.id))]
    kept = [{column.id: row[column.id] for column in shared if row.get(column.id, "") not in BLANK} for row in rows]
    return [row for row in kept if row]


def _alike(column: Column, other: Column | None) -> bool:
    same_kind = other is not None and column.kind == other.kind
    return same_kind and {item.id for item in column.options} == {item.id for item in getattr(other, "options", ())}


def starting_rows(question: Question, profile: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows a table begins with: every way of the profile table with every option, in this order.

    Ways that say the same are one, and only as many whole ways are taken as a table can hold.
    """
    fixed = [column for column in question.columns if column.prefill]
    lines = [_lines(column) for column in fixed if column.prefill == "options"]
    ways = _ways([column for column in fixed if column.prefill != "options"], profile)
    if not fixed or not (lines or any(ways)):
        return []
    cells = [{key: text for part in parts for key, text in part.items()} for parts in product(*lines)]
    return [way | row for way in ways[: max(1, MOST_READY // len(cells))] for row in cells]


def _lines(column: Column) -> list[dict[str, str]]:
    return [{column.id: option.id} for option in column.options]


def _ways(columns: Sequence[Column], profile: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The different contents of the profile tables' rows, or one empty way where nothing is known."""
    found: list[dict[str, Any]] = [{}]
    for table in dict.fromkeys(column.prefill.rpartition("-")[0] for column in columns):
        mine = {column.id: column.prefill.rpartition("-")[2] for column in columns if column.prefill.startswith(table)}
        rows = [
            {column: row[source] for column, source in mine.items() if row.get(source, "") not in BLANK}
            for row in filled_rows(profile.get(table) or ())
        ]
        distinct = [row for place, row in enumerate(rows) if row and row not in rows[:place]]
        found = [one | other for one in found for other in distinct or [{}]]
    return found


def prefilled(columns: Iterable[Column]) -> tuple[str, ...]:
    """The columns that a form may fill in by itself."""
    return tuple(column.id for column in columns if column.prefill)


def groups(question: Question, rows: Sequence[Row]) -> tuple[int, ...]:
    """How many rows at the start stand ready, in groups that agree in what came from the profile.

    A row stands ready while its lines are named: what the form filled in by itself is filled.
    """
    lines = [column.id for column in question.columns if column.prefill == "options"]
    ways = [column.id for column in question.columns if column.prefill and column.id not in lines]
    sizes: list[int] = []
    before: object = None
    for row in rows:
        if any(row.get(column, "") in BLANK for column in lines or ways) or not (lines or ways):
            break
        key = tuple(row.get(column, "") for column in ways)
        if sizes and (key == before or not ways):
            sizes[-1] += 1
        else:
            sizes.append(1)
        before = key
    return tuple(sizes)


def without_bare(question: Question, rows: Sequence[Row]) -> list[Row]:
    """Return the rows, or none where nobody has added to what the form began with: that is no answer."""
    ready: Collection[str] = prefilled(question.columns)
    added = any(value not in BLANK for row in rows for column, value in row.items() if column not in ready)
    return list(rows) if added or not ready else []
