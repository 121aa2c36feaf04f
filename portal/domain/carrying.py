"""What a company said last time, question by question: what would be stored, what changed meanwhile, what must be read.

Nothing is carried over by itself. A question about harm is confirmed alone and never among others: that something was
not found last year says nothing about this year. So is a question whose meaning for the score has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.domain.answers import Answer, has_answer
from portal.domain.changes import Change, VersionChanges
from portal.domain.prefill import Given, Suggestion, carried
from portal.domain.questionnaire import Flag, Question, Questionnaire, Section


class Hindrance(StrEnum):
    """Why an answer of last time can only be read."""

    #: "We don't know" is nothing to carry on: this year somebody is to find out.
    NOT_KNOWN = "not_known"
    #: The question now takes other answers.
    OTHER_ANSWERS = "other_answers"
    #: The plan to put things right has ended: whether it did what it promised is a new answer.
    PLAN_OVER = "plan_over"


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """A question of the new assessment that was answered last time."""

    section: Section
    question: Question
    suggestion: Suggestion
    #: What is different about the question since; nothing where it is the same.
    changes: tuple[Change, ...]
    hindrance: Hindrance | None

    @property
    def given(self) -> Given:
        return self.suggestion.given

    @property
    def answer(self) -> Answer | None:
        """What a confirmation would store."""
        return self.suggestion.answer

    @property
    def is_scored_anew(self) -> bool:
        return any(change.scored for change in self.changes)

    @property
    def is_alone(self) -> bool:
        """Whether it is confirmed by itself, and never among others."""
        return self.question.flag is Flag.RED_FLAG or self.is_scored_anew


@dataclass(frozen=True, slots=True)
class LastTime:
    """Everything said last time, set against the questionnaire and the profile of today."""

    answers: tuple[EarlierAnswer, ...]
    #: Asked now and not answered last time, as the questionnaire did not have them.
    added: tuple[tuple[Section, Question], ...]
    #: Answered last time, and no longer in the questionnaire.
    gone: tuple[tuple[Section, Question], ...]
    #: Answered last time, and left out now because of the profile.
    left_out: tuple[tuple[Section, Question], ...]


def last_time(
    new: Questionnaire,
    old: Questionnaire,
    given: Iterable[Given],
    changes: VersionChanges,
    *,
    asked: Collection[str],
    today: date,
) -> LastTime:
    """Set the answers `given` to `old` against `new`; `asked` are the questions that the profile of today leaves in."""
    said = {item.question.id: item for item in given if has_answer(item.answer)}
    changed = {one.question.id: one.changes for one in changes.changed}
    places = [(section, question) for section in new.sections for question in section.questions]
    return LastTime(
        answers=tuple(
            _earlier(section, question, new, said[question.id], changed.get(question.id, ()), today)
            for section, question in places
            if question.id in said and question.id in asked
        ),
        added=tuple(pair for pair in places if pair[1].id not in old.by_id and pair[1].id in asked),
        gone=tuple(
            (section, question)
            for section in old.sections
            for question in section.questions
            if question.id in said and question.id not in new.by_id
        ),
        left_out=tuple(pair for pair in places if pair[1].id in said and pair[1].id not in asked),
    )


def _earlier(
    section: Section, question: Question, new: Questionnaire, given: Given, changes: tuple[Change, ...], today: date
) -> EarlierAnswer:
    hindrance, answer = None, None
    if given.answer.dont_know:
        hindrance = Hindrance.NOT_KNOWN
    elif given.answer.value == "found_remediating" and (given.answer.plan_end is None or given.answer.plan_end < today):
        hindrance = Hindrance.PLAN_OVER
    else:
        answer = carried(question, new, given)
        hindrance = None if answer else Hindrance.OTHER_ANSWERS
    return EarlierAnswer(section, question, Suggestion(given, answer), changes, hindrance)


def confirmable(
    answers: Iterable[EarlierAnswer], wanted: Collection[str], seen: Mapping[str, str]
) -> dict[str, EarlierAnswer]:
    """Of the questions a person confirms, those whose answer is still the one that stood on their page.

    `seen` is question id -> token of what was shown. Several at once leave out what is confirmed alone.
    """
    return {
        item.question.id: item
        for item in answers
        if item.question.id in wanted
        and item.answer is not None
        and seen.get(item.question.id) == item.suggestion.token
        and (len(wanted) == 1 or not item.is_alone)
    }
