"""Who read what companies shared: noted at every look, shown to the company, and to the government's supervisors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, insert, select
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.scope import scope_of
from portal.models import Organisation, Share, SharedRead, Submission, User

#: So many of the latest looks are shown; the table keeps all.
SHOWN = 200

_INSERT = insert(SharedRead.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Look:
    """What was opened: a shared submission, or a file of it."""

    submission_id: UUID
    company_id: UUID
    #: page, report, bundle or evidence.
    what: str


@dataclass(frozen=True, slots=True)
class ReadLine:
    """Looks of one government at one thing on one day, as the company sees them: never who the official was."""

    government: str
    what: str
    #: The last of them.
    at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class OfficialRead:
    """One look, as supervisors see it. Company and reference are empty once the submission is shared no longer."""

    official: str
    what: str
    at: datetime
    company: str
    reference: str


def record_read(session: Session, principal: Principal, look: Look, *, at: datetime) -> None:
    """Note one look of an official. The caller has found the submission under the official's scope."""
    seen = {
        "submission_id": look.submission_id,
        "company_id": look.company_id,
        "government_id": principal.organisation,
        "user_id": principal.actor,
        "what": look.what,
        "at": at,
    }
    session.execute(_INSERT, seen)


def read_lines(session: Session, principal: Principal, submission_id: UUID) -> list[ReadLine]:
    """Which governments opened a submission of this company, what, and when; the latest first."""
    rows = session.execute(
        visible(principal, SharedRead)
        .where(SharedRead.submission_id == submission_id)
        .join(Organisation, Organisation.id == SharedRead.government_id)
        .with_only_columns(Organisation.name, SharedRead.what, SharedRead.at)
        .order_by(SharedRead.at.desc(), SharedRead.id.desc())
        .limit(SHOWN)
    )
    return _by_day((row.name, row.what, row.at) for row in rows)


def official_reads(session: Session, principal: Principal, *, at: datetime) -> list[OfficialRead]:
    """What the officials of this government opened, the latest first."""
    still_shared = and_(Submission.id == SharedRead.submission_id, scope_of(principal, Submission, at=at))
    rows = session.execute(
        visible(principal, SharedRead)
        .join(User, User.id == SharedRead.user_id)
        .outerjoin(Submission, still_shared)
        .outerjoin(Organisation, Organisation.id == Submission.organisation_id)
        .with_only_columns(
            User.name, SharedRead.what, SharedRead.at, Organisation.name.label("company"), Submission.reference
        )
        .order_by(SharedRead.at.desc(), SharedRead.id.desc())
        .limit(SHOWN)
    )
    return [OfficialRead(row.name, row.what, row.at, row.company or "", row.reference or "") for row in rows]


def was_shared(session: Session, principal: Principal, submission_id: UUID) -> bool:
    """Whether this government could read the submission once: only for the record of an attempt, never for a page."""
    found = select(Share.id).where(
        Share.submission_id == submission_id, Share.government_id == principal.organisation_id
    )
    return session.scalar(found) is not None


def _by_day(looks: Iterable[tuple[str, str, datetime]]) -> list[ReadLine]:
    """Looks that repeat on a day count together; the first met of each is the latest."""
    lines: dict[tuple[object, ...], ReadLine] = {}
    for government, what, at in looks:
        key = (government, what, at.date())
        earlier = lines.get(key)
        lines[key] = ReadLine(government, what, earlier.at if earlier else at, earlier.times + 1 if earlier else 1)
    return list(lines.values())
