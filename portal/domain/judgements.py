"""From one answer to its counted level and red-flag state, and what "not applicable" does to a section."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from portal.domain.answers import Answer, Determination
from portal.domain.incidents import settled
from portal.domain.plans import PlannedQuestion
from portal.domain.scorecard import QuestionScore

#: The highest level that counts: low levels need no paper, claims beyond what is shown are simply not counted.
CEILINGS = {"none": 2, "attached": 3, "accepted": 4}
#: A section bears one part in ten of its weight as "not applicable" before a reviewer has looked.
TOLERATED_PARTS = 10

UNANSWERED = Answer()
NA_SYSTEM = QuestionScore("na_system", None, None, None, applicable=False)
NA_LEFT_OUT = QuestionScore("na_user", None, None, None)
NA_CONFIRMED = QuestionScore("na_confirmed", None, None, None)


def judge(
    question: PlannedQuestion, answer: Answer | None, determination: Determination | None, as_of: date
) -> QuestionScore:
    """Return the score of a question that applies; "not applicable" awaiting review counts 0 until settled."""
    answer = answer or UNANSWERED
    if answer.not_applicable is not None:
        return _not_applicable(answer.na_review)
    declared = 0 if answer.value is None else question.level_of(answer.value)
    level, state = declared, "none"
    if question.incident:
        level, state = settled(answer, proven=question.exempt or answer.evidence != "none", as_of=as_of)
    ceiling = 4 if question.exempt else CEILINGS[answer.evidence]
    if determination is not None:
        # A reviewer who saw the proof replaces the ceiling, and may know more of the harm than the company says.
        ceiling = ceiling if determination.level is None else determination.level
        state = state if determination.state is None else determination.state
    unknown = answer.dont_know or (question.incident and answer.value == "dont_know")
    status = "dont_know" if unknown else "unanswered" if answer.value is None else "answered"
    return scored(status, declared, level if level < ceiling else ceiling, state)


@lru_cache(maxsize=1024)
def scored(status: str, declared: int, counted: int, state: str = "none") -> QuestionScore:
    """There are few different scores of a question, so equal ones are the same object."""
    return QuestionScore(status, declared, counted, 25 * counted, None if state == "none" else state)


def _not_applicable(review: str) -> QuestionScore:
    match review:
        case "confirmed":
            return NA_CONFIRMED
        case "rejected":
            return scored("na_rejected", 0, 0)
        case _:
            return scored("na_user", 0, 0)


def leave_out_tolerated(questions: Iterable[PlannedQuestion], scores: dict[str, QuestionScore]) -> None:
    """Leave out what awaits review as "not applicable", if it is at most a tenth of the section's weight.

    Else all of it keeps counting 0. The weight includes what was confirmed or rejected, but not what the profile
    rules out.
    """
    pending = [question for question in questions if scores[question.id].status == "na_user"]
    if not pending:
        return
    applicable = [question for question in questions if scores[question.id].applicable]
    if TOLERATED_PARTS * sum(question.weight for question in pending) <= sum(item.weight for item in applicable):
        scores.update((question.id, NA_LEFT_OUT) for question in pending)
