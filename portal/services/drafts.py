"""Delete the working copy of an assessment with all that hangs from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from portal.models import (
    ActionFile,
    Assessment,
    Comment,
    CorrectiveAction,
    Evidence,
    Mention,
    PendingWorkbook,
    Reminder,
    Submission,
    Upload,
)
from portal.services import audit
from portal.services.erasure import OF_ASSESSMENTS


class HasSubmissions(Exception):
    """What was signed is erased by two people, not with a draft."""


def is_submitted(session: Session, assessment_id: UUID) -> bool:
    """Some version of it was signed and is not erased."""
    kept = exists().where(Submission.assessment_id == assessment_id, Submission.erased_at.is_(None))
    return bool(session.scalar(select(kept)))


def delete_draft(session: Session, assessment: Assessment, *, by: UUID | None, at: datetime) -> None:
    """Delete it; nobody (`by` none) means by rule. Raises HasSubmissions.

    Where an erased submission names it, its row stays and says nothing but questionnaire and period: the log's
    receipts refer to the submission, and that to the row. Files go with the next sweep, which follows at once.
    """
    if is_submitted(session, assessment.id):
        raise HasSubmissions
    own, organisation = assessment.id, assessment.organisation_id
    _delete(session, Mention, Mention.comment_id.in_(select(Comment.id).where(Comment.assessment_id == own)))
    actions = select(CorrectiveAction.id).where(CorrectiveAction.assessment_id == own)
    _delete(session, ActionFile, ActionFile.action_id.in_(actions))
    for model in (*OF_ASSESSMENTS, Evidence, Upload, PendingWorkbook, CorrectiveAction):
        _delete(session, model, model.assessment_id == own)
    _delete(session, Reminder, Reminder.subject_id == own)
    audit.record(
        session,
        "assessment.deleted",
        subject=("assessment", own),
        at=at,
        by=by,
        organisation=organisation,
        by_rule=by is None,
    )
    if not session.scalar(select(exists().where(Submission.assessment_id == own))):
        session.expunge(assessment)
        _delete(session, Assessment, Assessment.id == own)


def _delete(session: Session, model: type[Any], where: ColumnElement[bool]) -> None:
    session.execute(delete(model).where(where).execution_options(synchronize_session=False))
