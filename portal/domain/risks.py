"""The risk register of an assessment: rated rows of its risk tables, gravest first, and a map that counts them.

UNGP 14 and 24: what is gravest comes first, and of that what can least be undone; how likely it is comes after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.answers import Answer
from portal.domain.questionnaire import Question, QuestionType
from portal.domain.severity import Risk, most_severe_first, rated_risk

RATINGS = frozenset({"scale", "scope", "irremediability", "likelihood"})
STEPS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a risk table; `risk` is none while a rating is missing."""

    question: str
    #: Place of the row in its table, from 1.
    number: int
    row: Mapping[str, Any]
    risk: Risk | None


def is_risk_table(question: Question) -> bool:
    return question.type is QuestionType.TABLE and {column.id for column in question.columns} >= RATINGS


def register(questions: Iterable[Question], answers: Mapping[str, Answer]) -> list[Entry]:
    """All rows of the risk tables: by severity, likelihood, involvement and number of people; unrated ones last."""
    return gravest_first(_entries(questions, answers))


def gravest_first(entries: Iterable[Entry]) -> list[Entry]:
    """One order over any number of registers."""
    by_row = {id(entry.row): entry for entry in entries}
    return [by_row[id(row)] for row in most_severe_first(entry.row for entry in by_row.values())]


def severity_map(entries: Iterable[Entry]) -> dict[tuple[int, int], int]:
    """(Severity, likelihood), each 1 to 5 -> how many risks stand there."""
    counts = {(severity, chance): 0 for severity in STEPS for chance in STEPS}
    for entry in entries:
        if entry.risk:
            counts[entry.risk.severity, entry.risk.likelihood] += 1
    return counts


def _entries(questions: Iterable[Question], answers: Mapping[str, Answer]) -> Iterator[Entry]:
    for question in questions:
        if not is_risk_table(question):
            continue
        value = answers[question.id].value if question.id in answers else None
        for number, row in enumerate(value if isinstance(value, list) else (), start=1):
            yield Entry(question.id, number, row, rated_risk(row))
