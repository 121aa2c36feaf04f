"""The day by which a company wants an assessment signed; reminders count down to it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import Assessment
from portal.services import audit


def set_deadline(
    session: Session, principal: Principal, assessment: Assessment, due_on: date | None, *, at: datetime
) -> None:
    """None for no such day. Setting the same day again changes nothing."""
    changed = session.execute(
        update(Assessment)
        .where(Assessment.id == assessment.id, Assessment.due_on.is_distinct_from(due_on))
        .values(due_on=due_on)
        .execution_options(synchronize_session=False)
    )
    session.expire(assessment)
    if changed.rowcount:  # type: ignore[attr-defined]
        audit.record(
            session,
            "assessment.deadline_set",
            subject=("assessment", assessment.id),
            at=at,
            by=principal.actor,
            organisation=assessment.organisation_id,
            due_on=due_on.isoformat() if due_on else None,
        )
