"""What worker representatives say about an assessment before it is signed; frozen with it, without their names."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import Assessment, WorkerStatement
from portal.services import audit


class ChangedMeanwhile(Exception):
    """The statement was changed in another window."""


def own_statement(session: Session, principal: Principal, assessment: Assessment) -> WorkerStatement | None:
    mine = visible(principal, WorkerStatement).where(
        WorkerStatement.assessment_id == assessment.id, WorkerStatement.author_id == principal.actor
    )
    found: WorkerStatement | None = session.scalar(mine)
    return found


def list_statements(session: Session, principal: Principal, assessment: Assessment) -> list[WorkerStatement]:
    said = visible(principal, WorkerStatement).where(WorkerStatement.assessment_id == assessment.id)
    return list(session.scalars(said.order_by(WorkerStatement.written_at)))


def write_statement(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    body_name: str,
    words: str,
    *,
    version: int,
    at: datetime,
) -> None:
    """Store what this person says for the workers; `version` 0 for the first. Raises ChangedMeanwhile."""
    values = {"body_name": body_name, "words": words, "written_at": at}
    if version == 0:
        try:
            with session.begin_nested():
                own = {"id": uuid4(), "assessment_id": assessment.id, "author_id": principal.actor}
                session.add(WorkerStatement(**own, **values))
        except IntegrityError:
            raise ChangedMeanwhile from None
    else:
        changed = session.execute(
            update(WorkerStatement)
            .where(WorkerStatement.assessment_id == assessment.id, WorkerStatement.author_id == principal.actor)
            .where(WorkerStatement.version == version)
            .values(version=version + 1, **values)
            .execution_options(synchronize_session=False)
        )
        if not changed.rowcount:  # type: ignore[attr-defined]
            raise ChangedMeanwhile
    audit.record(
        session,
        "statement.written",
        subject=("assessment", assessment.id),
        at=at,
        by=principal.actor,
        organisation=assessment.organisation_id,
    )
