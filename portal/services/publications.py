"""Publishing a release takes two administrators: one asks, another approves, and by that it is out for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import Approval, Release, User
from portal.services import audit
from portal.services.releases import ReleaseIsFrozen, publish_release

PUBLISH_RELEASE = "publish_release"


class AskedAlready(Exception):
    """Somebody asked for this before; it waits for a second person."""


class SamePerson(Exception):
    """Who asked cannot approve."""


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release with the open request to publish it, if there is one."""

    release: Release
    request_id: UUID | None = None
    asked_by: str = ""
    asked_by_id: UUID | None = None
    asked_at: datetime | None = None


def list_releases(session: Session, principal: Principal) -> list[ReleaseLine]:
    """Drafts and published releases, the newest data first."""
    waiting = {row[0].subject_id: row for row in session.execute(_open_requests(principal))}
    newest_first = visible(principal, Release).order_by(Release.snapshot_on.desc(), Release.slug)
    return [_line(release, waiting.get(release.id)) for release in session.scalars(newest_first)]


def find_draft(session: Session, principal: Principal, slug: str) -> Release | None:
    found: Release | None = session.scalar(
        visible(principal, Release).where(Release.slug == slug, Release.published_at.is_(None))
    )
    return found


def ask_publication(session: Session, principal: Principal, release: Release, *, at: datetime) -> None:
    """Ask a second person to publish a draft. Raises AskedAlready, ReleaseIsFrozen."""
    if release.published_at is not None:
        raise ReleaseIsFrozen(release.slug)
    if session.execute(_open_requests(principal).where(Approval.subject_id == release.id)).first():
        raise AskedAlready
    approval = Approval(
        id=uuid4(),
        kind=PUBLISH_RELEASE,
        subject_id=release.id,
        organisation_id=principal.organisation,
        asked_by_id=principal.actor,
        asked_at=at,
    )
    session.add(approval)
    session.flush()
    audit.record(
        session,
        "release.publication_asked",
        subject=("release", release.id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
        digest=release.digest,
    )


def approve_publication(session: Session, principal: Principal, release: Release, *, at: datetime) -> None:
    """Publish a draft that somebody else asked for. Raises LookupError, SamePerson, and as `publish_release`."""
    row = session.execute(_open_requests(principal).where(Approval.subject_id == release.id)).first()
    if row is None:
        raise LookupError("nobody has asked for it")
    if row[0].asked_by_id == principal.actor:
        raise SamePerson
    _settle(session, row[0], approved_by_id=principal.actor, approved_at=at)
    publish_release(session, release, by=principal.actor, at=at)


def withdraw_request(session: Session, principal: Principal, release: Release, *, at: datetime) -> None:
    """Take the request back, or turn it down: the draft stays a draft. Raises LookupError."""
    row = session.execute(_open_requests(principal).where(Approval.subject_id == release.id)).first()
    if row is None:
        raise LookupError("nobody has asked for it")
    _settle(session, row[0], withdrawn_at=at)
    audit.record(
        session,
        "release.publication_withdrawn",
        subject=("release", release.id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
    )


def _open_requests(principal: Principal) -> Select[Approval, str]:
    return (
        visible(principal, Approval)
        .where(Approval.kind == PUBLISH_RELEASE, Approval.approved_at.is_(None), Approval.withdrawn_at.is_(None))
        .join(User, User.id == Approval.asked_by_id)
        .with_only_columns(Approval, User.name)
    )


def _settle(session: Session, approval: Approval, **values: object) -> None:
    """Only from the open state: of two who decide at once, one is told that it is decided."""
    settled = session.execute(
        update(Approval)
        .where(Approval.id == approval.id, Approval.approved_at.is_(None), Approval.withdrawn_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not settled.rowcount:  # type: ignore[attr-defined]
        raise LookupError("decided in the meantime")


def _line(release: Release, request: Row[Approval, str] | None) -> ReleaseLine:
    if request is None:
        return ReleaseLine(release)
    approval, name = request
    return ReleaseLine(release, approval.id, name, approval.asked_by_id, approval.asked_at)
