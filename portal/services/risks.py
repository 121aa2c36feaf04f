"""What a company answered in its risk tables, over all its assessments."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.authz.scope import scope_of
from portal.domain.answers import Answer
from portal.models import AnswerRow, Assessment


def table_answers(
    session: Session, principal: Principal, assessments: Collection[UUID], questions: Collection[str]
) -> dict[UUID, dict[str, Answer]]:
    """Assessment -> question -> its rows; one statement, however many assessments there are."""
    rows = session.execute(
        select(AnswerRow.assessment_id, AnswerRow.question_id, AnswerRow.value)
        .join(Assessment, Assessment.id == AnswerRow.assessment_id)
        .where(scope_of(principal, Assessment), Assessment.id.in_(assessments), AnswerRow.question_id.in_(questions))
    )
    found: dict[UUID, dict[str, Answer]] = {one: {} for one in assessments}
    for assessment_id, question_id, value in rows:
        found[assessment_id][question_id] = Answer(value=value)
    return found
