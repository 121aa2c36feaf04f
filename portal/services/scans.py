"""What the virus scanner said of evidence: told once for each content, wherever it is attached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.models import Assessment, Evidence, Membership, Role, ScanState, User
from portal.services import audit

#: Contents looked at in one go.
AT_ONCE = 20
#: What the scanner would not look at is offered to it again after so long.
AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told of an infected file, in their language."""

    email: str
    language: str


@dataclass(frozen=True, slots=True)
class InfectedFile:
    evidence_id: UUID
    readers: tuple[Reader, ...]


def unscanned(session: Session, *, at: datetime) -> list[str]:
    """Hashes of contents that wait for the scanner, the oldest first."""
    waiting = or_(Evidence.scanned_at.is_(None), Evidence.scanned_at < at - AGAIN)
    rows = session.scalars(
        select(Evidence.sha256)
        .where(Evidence.scan == ScanState.UNSCANNED, waiting)
        .order_by(Evidence.uploaded_at)
        .limit(AT_ONCE)
    )
    return list(dict.fromkeys(rows))


def note_clean(session: Session, sha256: str, *, at: datetime) -> None:
    _note(session, sha256, ScanState.CLEAN, at)


def note_refused(session: Session, sha256: str, *, at: datetime) -> None:
    """The scanner would not look at it: it stays unscanned, as its people see."""
    _note(session, sha256, ScanState.UNSCANNED, at)


def note_infected(session: Session, sha256: str, *, at: datetime) -> list[InfectedFile]:
    """Close every file of this content; return each with those who are to be told."""
    same = select(Evidence).where(Evidence.sha256 == sha256, Evidence.scan != ScanState.INFECTED)
    files = session.scalars(same).all()
    for file in files:
        subject, organisation = ("evidence", file.id), file.organisation_id
        audit.record(session, "evidence.infected", subject=subject, at=at, by=None, organisation=organisation)
    _note(session, sha256, ScanState.INFECTED, at)
    return [InfectedFile(file.id, _readers(session, file)) for file in files]


def is_infected(session: Session, sha256: str) -> bool:
    """Whether the scanner found something in this content, on whatever answer it was seen."""
    infected = select(Evidence.id).where(Evidence.sha256 == sha256, Evidence.scan == ScanState.INFECTED)
    return session.scalar(infected.limit(1)) is not None


def infected_questions(session: Session, assessment: Assessment) -> Sequence[str]:
    """Questions whose answer has an infected file: such a file is never frozen."""
    attached = (Evidence.assessment_id == assessment.id, Evidence.removed_at.is_(None))
    infected = select(Evidence.question_id).where(*attached, Evidence.scan == ScanState.INFECTED)
    return session.scalars(infected.distinct().order_by(Evidence.question_id)).all()


def _note(session: Session, sha256: str, state: ScanState, at: datetime) -> None:
    session.execute(
        update(Evidence)
        .where(Evidence.sha256 == sha256)
        .values(scan=state, scanned_at=at)
        .execution_options(synchronize_session=False)
    )


def _readers(session: Session, file: Evidence) -> tuple[Reader, ...]:
    """Who attached it, and the owners of the company."""
    owners = select(Membership.user_id).where(
        Membership.organisation_id == file.organisation_id, Membership.role == Role.OWNER
    )
    told = select(User.email, User.language).where(
        or_(User.id == file.uploaded_by_id, User.id.in_(owners)), User.disabled_at.is_(None)
    )
    return tuple(Reader(row.email, row.language) for row in session.execute(told.order_by(User.email)))
