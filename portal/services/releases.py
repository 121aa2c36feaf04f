"""Releases: prepare one from the submissions, publish it for good, and read what was published."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper, Session

from portal.domain.bundle import digest_of
from portal.domain.disclosure.export import release_csv
from portal.domain.disclosure.history import PastRelease
from portal.domain.disclosure.release import Plan, build_release
from portal.domain.disclosure.settings import DisclosureSettings
from portal.domain.questionnaire import Catalogue, Flag
from portal.models import Release
from portal.services import audit
from portal.services.snapshots import read_units


class ReleaseExists(Exception):
    """There is a release with this address already."""


class ReleaseIsFrozen(Exception):
    """A published release never changes: a mistake is corrected in the next one."""


class OutdatedDraft(Exception):
    """Another release was published since this one was prepared, and was not part of its audit."""


@dataclass(frozen=True, slots=True)
class PublishedRelease:
    """What everybody may know about a release; nothing else of it leaves this module."""

    slug: str
    title: str
    snapshot_on: date
    published_at: datetime
    #: The JSON exactly as published.
    text: str
    digest: str

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.text)
        return document

    @property
    def csv(self) -> str:
        return release_csv(self.document)


def prepare_release(
    session: Session,
    catalogue: Catalogue,
    *,
    slug: str,
    title: str,
    snapshot_on: date,
    secret: bytes,
    at: datetime,
    settings: DisclosureSettings | None = None,
) -> Release:
    """Build, audit and keep a draft; nobody sees it before it is published. Raises ReleaseExists.

    A release is about the core questionnaires: a company answers one of them, so it stands once in each table.
    """
    if session.scalar(select(Release.id).where(Release.slug == slug)):
        raise ReleaseExists(slug)
    plan = _plan(catalogue, slug, title)
    draft = build_release(
        read_units(session, catalogue, plan.questionnaires, snapshot_on=snapshot_on),
        plan,
        snapshot_on=snapshot_on,
        secret=secret,
        previous=[_past(release) for release in _published(session)],
        settings=settings,
    )
    text = _text(draft.document)
    release = Release(
        slug=slug,
        title=title,
        snapshot_on=snapshot_on,
        document=text,
        digest=digest_of(text.encode()),
        members=draft.members,
        created_at=at,
    )
    session.add(release)
    session.flush()
    return release


def publish_release(session: Session, release: Release, *, by: UUID | None, at: datetime) -> None:
    """Freeze a draft for good. Raises ReleaseIsFrozen, OutdatedDraft. The caller commits."""
    if release.published_at is not None:
        raise ReleaseIsFrozen(release.slug)
    if any(other.published_at and other.published_at >= release.created_at for other in _published(session)):
        raise OutdatedDraft(release.slug)
    document = json.loads(release.document)
    release.document = _text({**document, "published_on": at.date().isoformat()})
    release.digest = digest_of(release.document.encode())
    release.published_at = at
    release.published_by_id = by
    audit.record(
        session,
        "release.published",
        subject=("release", release.id),
        at=at,
        by=by,
        organisation=None,
        digest=release.digest,
    )
    session.flush()


def published_releases(session: Session) -> list[PublishedRelease]:
    """Newest data first."""
    return [_public(release) for release in _published(session)]


def latest_release(session: Session) -> PublishedRelease | None:
    return next(iter(published_releases(session)), None)


def find_release(session: Session, slug: str) -> PublishedRelease | None:
    """Return a release that was published; a draft is nobody's business."""
    found = session.scalar(select(Release).where(Release.slug == slug, Release.published_at.is_not(None)))
    return _public(found) if found else None


def _plan(catalogue: Catalogue, slug: str, title: str) -> Plan:
    core = sorted(
        (found for found in catalogue.questionnaires.values() if found.kind == "core"), key=lambda one: one.reference
    )
    questions = {question.id: question for questionnaire in core for question in questionnaire.questions}
    return Plan(
        id=slug,
        title=title,
        questionnaires=tuple(questionnaire.reference for questionnaire in core),
        red_flags=tuple(name for name, question in questions.items() if question.flag is Flag.RED_FLAG),
        questions=tuple(questions),
    )


def _published(session: Session) -> list[Release]:
    newest_first = select(Release).where(Release.published_at.is_not(None)).order_by(Release.snapshot_on.desc())
    return list(session.scalars(newest_first))


def _past(release: Release) -> PastRelease:
    return PastRelease(release.snapshot_on, json.loads(release.document), release.members)


def _public(release: Release) -> PublishedRelease:
    assert release.published_at is not None
    return PublishedRelease(
        release.slug, release.title, release.snapshot_on, release.published_at, release.document, release.digest
    )


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


@event.listens_for(Release, "before_update")
def _refuse_to_change(_mapper: Mapper[Any], _connection: Connection, release: Release) -> None:
    """Whatever code asks for it: the row of a published release is never written again."""
    was_published = inspect(release).attrs.published_at.history.unchanged or ()
    if any(was_published):
        raise ReleaseIsFrozen(release.slug)
