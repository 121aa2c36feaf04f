"""When two answers say the same: the order of ticks, empty cells and stray blanks do not count."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any

from portal.domain.answers import Answer
from portal.domain.prefill import without_bare
from portal.domain.questionnaire import Question, QuestionType
from portal.domain.tables import BLANK, Row
from portal.spreadsheets.layout import table_columns


def comparable(question: Question, answer: Answer) -> Answer:
    """The answer in the one form a workbook can say it, without evidence and review."""
    value, dont_know = answer.value, answer.dont_know
    if question.type is QuestionType.INCIDENT and value == "dont_know":
        value, dont_know = None, True
    elif question.type is QuestionType.MULTI and value is not None:
        value = [option.id for option in question.options if option.id in value]
    elif question.type is QuestionType.TABLE and value is not None:
        value = _rows(question, value)
    return Answer(
        value=_whole(value),
        dont_know=dont_know,
        not_applicable=answer.not_applicable,
        plan_end=answer.plan_end if value == "found_remediating" else None,
        comment=answer.comment,
    )


def tidied(question: Question, answer: Answer) -> Answer:
    """The answer as it is stored: text in normal form C, without blanks at the ends."""
    value = answer.value
    if question.type is QuestionType.TABLE and value is not None:
        value = [{key: _tidy(cell) for key, cell in row.items()} for row in value]
    reason = answer.not_applicable
    tidy = Answer(
        value=value,
        dont_know=answer.dont_know,
        not_applicable=None if reason is None else _tidy(reason),
        plan_end=answer.plan_end,
        comment=_tidy(answer.comment),
    )
    return comparable(question, tidy)


def same(question: Question, one: Answer, other: Answer) -> bool:
    return tidied(question, one) == tidied(question, other)


def fingerprint(question: Question, answer: Answer) -> str:
    """A short digest of what the answer says; tells whether a workbook's answer was touched since its download."""
    tidy = tidied(question, answer)
    said = [tidy.value, tidy.dont_know, tidy.not_applicable, str(tidy.plan_end or ""), tidy.comment]
    text = json.dumps(said, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _rows(question: Question, rows: list[dict[str, Any]]) -> list[Row] | None:
    """The rows with anything in them, in the order of the columns; a table as the form began it says nothing."""
    columns = [column.id for column in table_columns(question)]
    filled = [{key: _whole(row[key]) for key in columns if row.get(key, "") not in BLANK} for row in rows]
    return list(without_bare(question, [row for row in filled if row])) or None


def _whole(value: Any) -> Any:
    """Spreadsheets know one kind of number: 3.0 is 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _tidy(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
