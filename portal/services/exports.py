"""Exports of everything a company has here: asked for, made by the worker, fetched by who asked, gone after an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import DataExport, JobState, Membership, Organisation, OrganisationKind, Role, User
from portal.services import audit
from portal.services.jobs import BELL

#: How long a finished export may be fetched.
KEPT = timedelta(hours=1)
#: An attempt that has gone on for this long has lost its worker.
LOST_AFTER = timedelta(minutes=30)
ATTEMPTS = 3


def current_export(session: Session, principal: Principal) -> DataExport | None:
    """The person's own export: waiting, being made, ready or failed."""
    own = visible(principal, DataExport).order_by(DataExport.asked_at.desc())
    found: DataExport | None = session.scalars(own).first()
    return found


def ask_export(session: Session, principal: Principal, *, at: datetime) -> None:
    """Ask for an export. One at a time for each person: what waits or is made already is left alone."""
    now = current_export(session, principal)
    if now is not None and now.state in (JobState.WAITING, JobState.RUNNING):
        return
    if now is not None:
        session.delete(now)
        session.flush()
    made = DataExport(
        id=uuid4(), organisation_id=principal.organisation, user_id=principal.actor, asked_at=at, attempts=0
    )
    session.add(made)
    session.info[BELL] = True
    _record(session, "export.asked", made.id, principal.organisation, principal.actor, at)


def note_fetched(session: Session, principal: Principal, export: DataExport, *, at: datetime) -> None:
    """Note in the log that the export was taken away."""
    _record(session, "export.fetched", export.id, principal.organisation, principal.actor, at)


def claim_export(session: Session, *, at: datetime) -> DataExport | None:
    """Take the oldest that waits, or whose worker was lost; nobody else gets it. The caller commits at once."""
    lost = (DataExport.state == JobState.RUNNING) & (DataExport.started_at < at - LOST_AFTER)
    found = session.scalars(
        select(DataExport)
        .where(or_(DataExport.state == JobState.WAITING, lost))
        .order_by(DataExport.asked_at, DataExport.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if found is None:
        return None
    found.attempts += 1
    found.state, found.started_at = JobState.RUNNING, at
    if found.attempts > ATTEMPTS:
        found.state = JobState.FAILED
        return None
    session.flush()
    return found


def finish_export(session: Session, export_id: UUID, attempt: int, *, sha256: str, size: int, at: datetime) -> bool:
    """Note where the ZIP lies. False if another attempt has begun meanwhile."""
    return _end(session, export_id, attempt, state=JobState.DONE, sha256=sha256, size=size, made_at=at)


def fail_export(session: Session, export_id: UUID, attempt: int, *, for_good: bool) -> bool:
    state = JobState.FAILED if for_good or attempt >= ATTEMPTS else JobState.WAITING
    return _end(session, export_id, attempt, state=state)


def forget_old(session: Session, *, at: datetime) -> list[str]:
    """Remove what an hour has passed over; return the hashes of the files, which may go."""
    old = or_(DataExport.made_at < at - KEPT, (DataExport.state == JobState.FAILED) & (DataExport.asked_at < at - KEPT))
    gone = session.execute(delete(DataExport).where(old).returning(DataExport.sha256)).all()
    return [row.sha256 for row in gone if row.sha256]


def who_asked(session: Session, export: DataExport) -> Principal:
    """The person as they stand today. Raises LookupError where they own the company no longer."""
    row = session.execute(
        select(User.name, Organisation.name, Membership.id)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(User.id == export.user_id, Organisation.id == export.organisation_id)
        .where(Membership.role == Role.OWNER, User.disabled_at.is_(None))
    ).first()
    if row is None:
        raise LookupError("who asked is an owner no longer")
    absorbed = exists().where(Organisation.merged_into_id == export.organisation_id)
    return Principal(
        user_id=export.user_id,
        name=row[0],
        organisation_id=export.organisation_id,
        organisation_name=row[1],
        kind=OrganisationKind.COMPANY,
        role=Role.OWNER,
        membership_id=row[2],
        has_absorbed=bool(session.scalar(select(absorbed))),
    )


def _end(session: Session, export_id: UUID, attempt: int, **values: object) -> bool:
    ended = session.execute(
        update(DataExport)
        .where(DataExport.id == export_id, DataExport.attempts == attempt, DataExport.state == JobState.RUNNING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def _record(session: Session, action: str, export_id: UUID, company: UUID, by: UUID, at: datetime) -> None:
    audit.record(session, action, subject=("export", export_id), at=at, by=by, organisation=company)
