"""How much of a section a company has said does not apply, and how much it may before all of that counts 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.domain.answers import Answer
from portal.domain.judgements import TOLERATED_PARTS
from portal.domain.questionnaire import Question


@dataclass(frozen=True, slots=True)
class Claimed:
    """Weights of a section: said not to apply and not yet reviewed, and of all questions the company is asked."""

    weight: int
    of: int

    @property
    def exceeds(self) -> bool:
        return TOLERATED_PARTS * self.weight > self.of

    def with_further(self, question: Question) -> Claimed:
        return Claimed(self.weight + question.weight, self.of)

    @property
    def percent(self) -> str:
        """With one decimal, rounded up: a share beyond the limit never reads as the limit."""
        tenths = -(-1000 * self.weight // self.of) if self.of else 0
        return f"{tenths // 10}.{tenths % 10}"


def claimed(asked: Iterable[Question], answers: Mapping[str, Answer]) -> Claimed:
    """Of the questions of one section that the company is asked."""
    said = of = 0
    for question in asked:
        of += question.weight
        answer = answers.get(question.id)
        said += question.weight if answer and answer.not_applicable is not None and answer.na_review == "pending" else 0
    return Claimed(said, of)
