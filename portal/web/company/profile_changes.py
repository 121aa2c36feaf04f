"""What a change of the profile would do to running assessments: shown before it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request

from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.lifecycle import is_editable
from portal.domain.plans import plan_of
from portal.domain.questionnaire import Question, Questionnaire
from portal.models import Assessment
from portal.services.assessments import answered_questions, list_assessments
from portal.web import current
from portal.web.languages import in_words_of_reader


@dataclass(frozen=True, slots=True)
class Change:
    """The questions of one assessment that appear and disappear; answers to the latter are kept."""

    assessment: Assessment
    questionnaire: Questionnaire
    appear: tuple[Question, ...]
    disappear: tuple[Question, ...]
    #: How many of those that disappear have an answer.
    answered: int


def changes_of(before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    """One for each assessment that can still be changed and would ask something else."""
    session, principal = current.session(), current.principal()
    running = [one for one in list_assessments(session, principal) if is_editable(one.status)]
    answered = answered_questions(session, running)
    found = (_change(one, before, after, answered.get(one.id, set())) for one in running)
    return [change for change in found if change.appear or change.disappear]


def seen_of(changes: Sequence[Change]) -> str:
    """Tells what a person was shown from anything else."""
    told = [(str(one.assessment.id), [q.id for q in one.appear], [q.id for q in one.disappear]) for one in changes]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:24]


def changes_page(changes: Sequence[Change], address: str) -> str:
    """The page that shows them, with everything that was typed; `address` is where it goes on."""
    return render_template(
        "company/profile_change.html", changes=changes, seen=seen_of(changes), form=request.form, address=address
    )


def _change(
    assessment: Assessment, before: Mapping[str, object], after: Mapping[str, object], answered: set[str]
) -> Change:
    written = current.questionnaire(assessment.questionnaire)
    profile, names = current.profile_of(written), plan_of(written).rules
    asked, then = (
        applicable_questions(written, rule_values(profile, values, names=names)) for values in (before, after)
    )
    shown = in_words_of_reader(written)
    appear = tuple(question for question in shown.questions if question.id in then and question.id not in asked)
    gone = tuple(question for question in shown.questions if question.id in asked and question.id not in then)
    return Change(assessment, shown, appear, gone, sum(question.id in answered for question in gone))
