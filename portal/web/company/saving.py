"""Saving the questions of a page: each one that changed, with conflicts and errors gathered and nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request

from portal.domain.answers import Answer
from portal.domain.questionnaire import Question
from portal.models import Assessment
from portal.services.assessments import NEVER_ANSWERED, SavedAnswer, StaleAnswer, record_plan, save_answer
from portal.services.question_marks import set_bookmark
from portal.services.targets import Target
from portal.web import current
from portal.web.company.answer_forms import (
    FieldError,
    InvalidForm,
    Values,
    digest,
    posted_values,
    read_answer,
    values_of,
)
from portal.web.company.evidence import change_files
from portal.web.company.progress import Progress
from portal.web.company.suggestions import confirmed, with_comment


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people changed one answer: what this one typed, and what stands there now."""

    question: Question
    fields: Values
    mine: Answer
    theirs: SavedAnswer


def save_questions(progress: Progress, questions: Sequence[Question]) -> tuple[list[FieldError], list[Conflict]]:
    """Save every changed answer and file of these; what fits is kept even when something else does not."""
    errors: list[FieldError] = []
    conflicts: list[Conflict] = []
    used = confirmed(progress, questions)
    for question in questions:
        posted = posted_values(question, request.form)
        unchanged = not posted or posted.get(f"{question.id}-base") == [digest(question, posted)]
        if unchanged and question.id not in used:
            continue
        saved = progress.saved.get(question.id, NEVER_ANSWERED)
        try:
            save_one(progress.assessment, question, posted, saved, used.get(question.id))
        except InvalidForm as error:
            errors += error.errors
        except StaleAnswer as error:
            mine = values_of(question, SavedAnswer(used[question.id], 0)) if question.id in used else posted
            conflicts.append(conflict_of(question, mine, error.theirs))
    _change_mark(progress, questions)
    return errors + change_files(progress.assessment, tuple(questions)), conflicts


def _change_mark(progress: Progress, questions: Sequence[Question]) -> None:
    """Mark the question whose button was pressed, or take its mark away."""
    wanted = request.form.get("mark", "")
    if wanted in {question.id for question in questions}:
        marked = wanted not in progress.marks.bookmarks
        session, principal = current.session(), current.principal()
        set_bookmark(session, principal, progress.assessment, wanted, marked=marked, at=current.now())


def conflict_of(question: Question, mine: Values, theirs: SavedAnswer) -> Conflict:
    return Conflict(question, mine, read_answer(question, mine, theirs, today=current.now().date()), theirs)


def save_one(
    assessment: Assessment | Target,
    question: Question,
    posted: Values,
    saved: SavedAnswer,
    used: Answer | None = None,
) -> int:
    """Store what was typed, or the answer from elsewhere that a person chose to use."""
    if used:
        answer = with_comment(used, question, posted)
    else:
        answer = read_answer(question, posted, saved, today=current.now().date())
    return save_answer(
        current.session(),
        assessment,
        question.id,
        answer,
        version=version_in(posted, question),
        by=current.actor(),
        at=current.now(),
        plan_recorded_on=record_plan(answer, saved, on=current.now().date()),
    )


def version_in(posted: Values, question: Question) -> int:
    text = next(iter(posted.get(f"{question.id}-version", ())), "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else abort(400)
