"""A submission that is corrected or taken back: the assessment opens again, what was frozen stays as it was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.lifecycle import allowed_steps, is_editable, next_status
from portal.models import Assessment, Submission
from portal.services import audit, shares


class NotNewest(Exception):
    """A newer version of the submission exists; that one is corrected."""


class AlreadyWithdrawn(Exception):
    """Somebody withdrew the submission before."""


def correct_submission(session: Session, principal: Principal, submission: Submission, *, at: datetime) -> Assessment:
    """Open the assessment again for a corrected version; governments keep reading this one until it is replaced.

    Raises NotNewest. Where it is open already nothing changes.
    """
    assessment = _assessment(session, principal, submission)
    if _newest(session, principal, submission) != submission.version:
        raise NotNewest
    if _open_again(session, assessment):
        _record(session, principal, "submission.corrected", submission, at)
    return assessment


def withdraw_submission(
    session: Session, principal: Principal, submission: Submission, reason: str, *, at: datetime
) -> None:
    """Take a submission back: no government opens it from now on, and no later release counts it.

    The newest version's assessment opens again. Raises AlreadyWithdrawn.
    """
    changed = session.execute(
        update(Submission)
        .where(Submission.id == submission.id, Submission.withdrawn_at.is_(None))
        .values(withdrawn_at=at, withdrawn_by_id=principal.actor, withdrawal_reason=reason, joins_aggregates=False)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise AlreadyWithdrawn
    shares.end_shares(session, submission.id, at=at)
    if _newest(session, principal, submission) == submission.version:
        _open_again(session, _assessment(session, principal, submission))
    session.expire(submission)
    _record(session, principal, "submission.withdrawn", submission, at)


def _assessment(session: Session, principal: Principal, submission: Submission) -> Assessment:
    found: Assessment = session.scalars(
        visible(principal, Assessment).where(Assessment.id == submission.assessment_id)
    ).one()
    return found


def _newest(session: Session, principal: Principal, submission: Submission) -> int | None:
    versions = visible(principal, Submission).where(Submission.assessment_id == submission.assessment_id)
    return session.scalar(versions.with_only_columns(Submission.version).order_by(Submission.version.desc()).limit(1))


def _open_again(session: Session, assessment: Assessment) -> bool:
    if is_editable(assessment.status) or "correct" not in allowed_steps(assessment.status):
        return False
    opened = session.execute(
        update(Assessment)
        .where(Assessment.id == assessment.id, Assessment.version == assessment.version)
        .values(status=next_status(assessment.status, "correct"), version=Assessment.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.expire(assessment)
    return bool(opened.rowcount)  # type: ignore[attr-defined]


def _record(session: Session, principal: Principal, action: str, submission: Submission, at: datetime) -> None:
    audit.record(
        session,
        action,
        subject=("submission", submission.id),
        at=at,
        by=principal.actor,
        organisation=submission.organisation_id,
        version=submission.version,
    )
