"""What a company said elsewhere to the questions before it, found in one statement within its own rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.authz.scope import scope_of
from portal.domain.answers import Answer
from portal.domain.prefill import Given, Suggestion, counterparts, suggestion
from portal.domain.questionnaire import Catalogue, Question
from portal.models import AnswerRow, Assessment
from portal.services.sections import own_work

_GIVEN = select(
    Assessment.questionnaire,
    AnswerRow.question_id,
    AnswerRow.value,
    AnswerRow.not_applicable,
    AnswerRow.plan_end,
    AnswerRow.updated_at,
).join(Assessment, Assessment.id == AnswerRow.assessment_id)


def suggestions_for(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    catalogue: Catalogue,
    questions: Iterable[Question],
) -> dict[str, Suggestion]:
    """Return question id -> what the company said to the same question in another assessment of its own.

    The working answers of an assessment stay as they were submitted, so one table holds drafts and submissions alike.
    Nothing is suggested to contributors: what was said elsewhere may belong to a section not given to them.
    """
    if own_work(session, principal, assessment.id) is not None:
        return {}
    own = catalogue.questionnaires[assessment.questionnaire]
    # As written: a page may hand over questions in the reader's language, and their words are compared here.
    asked = [own.by_id[question.id] for question in questions]
    same = counterparts(asked, own, catalogue.questionnaires.values())
    given = _given(session, principal, assessment, catalogue, {pair for pairs in same.values() for pair in pairs})
    found = {
        question.id: suggestion(
            question, own, [item for pair in same.get(question.id, ()) for item in given.get(pair, ())]
        )
        for question in asked
    }
    return {question_id: item for question_id, item in found.items() if item is not None}


def _given(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    catalogue: Catalogue,
    wanted: Collection[tuple[str, str]],
) -> dict[tuple[str, str], list[Given]]:
    """(Reference, question id) -> what was said there, once for each period."""
    if not wanted:
        return {}
    rows = session.connection().execute(
        _GIVEN.where(
            scope_of(principal, Assessment),
            Assessment.id != assessment.id,
            Assessment.questionnaire.in_(sorted({reference for reference, _ in wanted})),
            AnswerRow.question_id.in_(sorted({question_id for _, question_id in wanted})),
        )
    )
    found: dict[tuple[str, str], list[Given]] = {}
    for row in rows:
        source = catalogue.questionnaires[row.questionnaire]
        answer = Answer(value=row.value, not_applicable=row.not_applicable, plan_end=row.plan_end)
        if (source.reference, row.question_id) in wanted:
            given = Given(source, source.by_id[row.question_id], answer, row.updated_at)
            found.setdefault((source.reference, row.question_id), []).append(given)
    return found
