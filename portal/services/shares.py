"""Share a submission version with a government, and take the share back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import Organisation, OrganisationKind, Review, ReviewState, Share, Submission
from portal.services import audit

#: What a government is shown: everything, or answers and score without the evidence files.
ALL, WITHOUT_EVIDENCE = "all", "without_evidence"
SCOPES = (ALL, WITHOUT_EVIDENCE)


class AlreadyShared(Exception):
    """This government has the submission already."""


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A share as the company sees it, with the government's name and where its review stands."""

    id: UUID
    government: str
    scope: str
    until: date | None
    #: When it was taken back, or had run out.
    ended_at: datetime | None
    state: ReviewState
    reason: str
    decided_at: datetime | None

    def is_open(self, on: date) -> bool:
        return self.ended_at is None and (self.until is None or self.until >= on)


def list_governments(session: Session) -> list[Organisation]:
    """Every government a company may share with."""
    return list(
        session.scalars(
            select(Organisation).where(Organisation.kind == OrganisationKind.GOVERNMENT).order_by(Organisation.name)
        )
    )


def open_share(
    session: Session,
    submission: Submission,
    government_id: UUID,
    *,
    by: UUID,
    until: date | None,
    at: datetime,
    scope: str = ALL,
) -> Share:
    """Let one government read one version, and open its review. The caller records the event."""
    government = session.get(Organisation, government_id)
    if government is None or government.kind is not OrganisationKind.GOVERNMENT:
        raise LookupError("no such government")
    share = Share(
        submission_id=submission.id,
        government_id=government_id,
        granted_by_id=by,
        granted_at=at,
        until=until,
        scope=scope,
    )
    session.add(share)
    session.add(Review(submission_id=submission.id, government_id=government_id, opened_at=at))
    session.flush()
    return share


def share_submission(
    session: Session,
    principal: Principal,
    submission: Submission,
    government_id: UUID,
    *,
    until: date | None,
    at: datetime,
    scope: str = ALL,
) -> None:
    """Share a submission later. A share that has ended is opened again. Raises AlreadyShared, LookupError."""
    share = session.scalar(
        visible(principal, Share).where(Share.submission_id == submission.id, Share.government_id == government_id)
    )
    if share is None:
        share = open_share(session, submission, government_id, by=principal.actor, until=until, at=at, scope=scope)
    elif not _reopen(session, principal, share, until, scope, at):
        raise AlreadyShared
    _record(session, principal, "share.granted", share, at)


def revoke_share(session: Session, principal: Principal, share_id: UUID, *, at: datetime) -> bool:
    """End a share from this moment on. False if the company has no such open share."""
    share = session.scalar(visible(principal, Share).where(Share.id == share_id))
    if share is None:
        return False
    ended = session.execute(
        update(Share)
        .where(Share.id == share.id, Share.revoked_at.is_(None), Share.expired_at.is_(None))
        .values(revoked_at=at)
        .execution_options(synchronize_session=False)
    )
    if not ended.rowcount:  # type: ignore[attr-defined]
        return False
    _record(session, principal, "share.revoked", share, at)
    return True


def shows_evidence(session: Session, principal: Principal, submission_id: UUID, *, at: datetime) -> bool:
    """Whether this government's share of the submission covers the evidence files."""
    shared = visible(principal, Submission, at=at).join(Share, Share.submission_id == Submission.id)
    mine = shared.where(Submission.id == submission_id, Share.government_id == principal.organisation)
    return session.scalar(mine.with_only_columns(Share.scope)) != WITHOUT_EVIDENCE


def end_shares(session: Session, submission_id: UUID, *, at: datetime) -> None:
    """Take back every open share of a submission; the caller records why."""
    session.execute(
        update(Share)
        .where(Share.submission_id == submission_id, Share.revoked_at.is_(None), Share.expired_at.is_(None))
        .values(revoked_at=at)
        .execution_options(synchronize_session=False)
    )


def expire_shares(session: Session, *, at: datetime) -> int:
    """Close for good what has run out, so that a clock put back opens nothing; return how many that were."""
    open_still = (Share.revoked_at.is_(None), Share.expired_at.is_(None), Share.until < at.date())
    run_out = session.execute(
        select(Share.id, Share.government_id, Share.until, Submission.organisation_id)
        .join(Submission, Submission.id == Share.submission_id)
        .where(*open_still)
        .order_by(Share.id)
    ).all()
    closed = 0
    for row in run_out:
        ended = session.execute(
            update(Share)
            .where(Share.id == row.id, *open_still)
            .values(expired_at=at)
            .execution_options(synchronize_session=False)
        )
        if ended.rowcount:  # type: ignore[attr-defined]
            closed += 1
            audit.record(
                session,
                "share.expired",
                subject=("share", row.id),
                at=at,
                by=None,
                organisation=row.organisation_id,
                government=str(row.government_id),
                until=row.until.isoformat(),
            )
    return closed


def share_lines(session: Session, principal: Principal, submission: Submission) -> list[ShareLine]:
    rows = session.execute(
        visible(principal, Share)
        .where(Share.submission_id == submission.id)
        .join(Organisation, Organisation.id == Share.government_id)
        .join(Review, (Review.submission_id == Share.submission_id) & (Review.government_id == Share.government_id))
        .with_only_columns(
            Share.id,
            Organisation.name,
            Share.scope,
            Share.until,
            func.coalesce(Share.revoked_at, Share.expired_at),
            Review.state,
            Review.reason,
            Review.decided_at,
        )
        .order_by(Organisation.name)
    )
    return [ShareLine(*tuple(row)) for row in rows]


def _reopen(session: Session, principal: Principal, share: Share, until: date | None, scope: str, at: datetime) -> bool:
    """Open a share that has ended; False where it is open still, or was opened by somebody else just now."""
    run_out = Share.until < at.date()
    opened = session.execute(
        update(Share)
        .where(Share.id == share.id, or_(Share.revoked_at.is_not(None), Share.expired_at.is_not(None), run_out))
        .values(
            revoked_at=None, expired_at=None, until=until, scope=scope, granted_at=at, granted_by_id=principal.actor
        )
        .execution_options(synchronize_session=False)
    )
    session.expire(share)
    return bool(opened.rowcount)  # type: ignore[attr-defined]


def _record(session: Session, principal: Principal, action: str, share: Share, at: datetime) -> None:
    audit.record(
        session,
        action,
        subject=("share", share.id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
        government=str(share.government_id),
        until=share.until.isoformat() if share.until else None,
    )
