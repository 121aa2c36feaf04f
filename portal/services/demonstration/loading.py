"""Load the demonstration: once, all of it or nothing, and the same every time."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from portal.db import Base
from portal.domain.questionnaire import Catalogue
from portal.models import Job, Organisation, OrganisationKind, Release, Role, Share, Submission, User
from portal.services import releases
from portal.services.declarations import declare
from portal.services.demonstration.companies import Stage, days_before, play_company
from portal.services.demonstration.crowd import choices_of, play_crowd
from portal.services.demonstration.facts import Company
from portal.services.demonstration.people import Cast, add_officials
from portal.services.evidence import FileStore
from portal.services.passwords import hash_password

DATA = Path(__file__).parents[2] / "demonstration"
#: For every account of the demonstration; no secret, and refused in production.
PASSWORD = "demonstration only 2026"  # noqa: S105
#: Organisations and people were there this long before the demonstration was loaded.
OLD = timedelta(days=150)
#: Whatever is submitted in the first hour of trying the portal goes before the synthetic reports.
LATER = timedelta(hours=1)
#: How long ago the release was taken and published.
SNAPSHOT_DAYS, PUBLISHED_DAYS = 7, 3
MAIN_COMPANIES = ("ombak", "thalay", "kolpona")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much there is now."""

    companies: int
    submissions: int
    governments: int
    releases: int


def load_demonstration(
    session: Session, catalogue: Catalogue, store: FileStore, *, release_secret: bytes, at: datetime
) -> bool:
    """Add the demonstration as of the moment `at`, unless it is there; whether it was added. The caller commits.

    Everything goes through the services a person would use, so every row is one that the portal itself would write.
    """
    if demonstration_accounts_exist(session):
        return False
    people = read_data("people")
    cast = Cast(session, hash_password(PASSWORD), at - OLD)
    add_officials(cast, people)
    stage = Stage(session, catalogue, store, cast, choices_of(store, read_data("crowd"), people))
    play_crowd(stage, read_crowd(), at=at)
    main = [submission for name in MAIN_COMPANIES for submission in play_company(stage, read_data(name), at=at)]
    _order_report_jobs(session, [submission.id for submission in main], at=at)
    _declare(cast, at=at)
    _publish_release(stage, secret=release_secret, at=at)
    return True


def demonstration_accounts_exist(session: Session) -> bool:
    """Whether anybody can sign in with the published password; a portal in production must not start then."""
    return bool(session.scalar(select(func.count()).select_from(User).where(User.is_demonstration)))


def is_empty(session: Session) -> bool:
    return session.scalar(select(User.id).limit(1)) is None


def count_loaded(session: Session) -> Loaded:
    def count(model: type[Base], *conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0

    return Loaded(
        companies=count(Organisation, Organisation.kind == OrganisationKind.COMPANY),
        submissions=count(Submission),
        governments=count(Organisation, Organisation.kind == OrganisationKind.GOVERNMENT),
        releases=count(Release, Release.published_at.is_not(None)),
    )


def _declare(cast: Cast, *, at: datetime) -> None:
    """One government says what follows from honest answers; the others have not, and companies see that too."""
    supervisor = next(one for one in cast.principals.values() if one.role is Role.SUPERVISOR)
    declare(
        cast.session,
        supervisor,
        will="Read the plan with you, ask when people will be repaid, and tell you where help can be had.",
        will_not="Open a case for what you found yourself and repair on a dated plan, or pass your answer on.",
        language="en",
        version=0,
        at=days_before(at, PUBLISHED_DAYS),
    )


def _publish_release(stage: Stage, *, secret: bytes, at: datetime) -> None:
    """The first findings: what the crowd said, as it stood a week ago."""
    snapshot_on = days_before(at, SNAPSHOT_DAYS).date()
    release = releases.prepare_release(
        stage.session,
        stage.catalogue,
        slug=f"{snapshot_on.year}-{1 if snapshot_on.month <= 6 else 2}",
        title="First findings (demonstration)",
        snapshot_on=snapshot_on,
        secret=secret,
        at=days_before(at, PUBLISHED_DAYS + 1),
    )
    supervisor = next(one for one in stage.cast.principals.values() if one.role is Role.SUPERVISOR)
    releases.publish_release(stage.session, release, by=supervisor.actor, at=days_before(at, PUBLISHED_DAYS))


def _order_report_jobs(session: Session, first: list[UUID], *, at: datetime) -> None:
    """Put the reports people will open first at the head of the queue, and drop those nobody would wait for.

    The queue goes by age, and the synthetic submissions are the oldest: the worker would be busy for minutes before
    it reached the report somebody came to see. A submission shared with nobody keeps no job; its company can still
    ask for the report.
    """
    shared = select(Share.submission_id)
    session.execute(delete(Job).where(Job.submission_id.not_in(shared)).execution_options(synchronize_session=False))
    for jobs, moment in ((Job.submission_id.in_(first), at), (Job.submission_id.not_in(first), at + LATER)):
        session.execute(update(Job).where(jobs).values(created_at=moment).execution_options(synchronize_session=False))


def read_data(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def read_crowd() -> list[Company]:
    with (DATA / "crowd.csv").open(encoding="utf-8", newline="") as file:
        return [Company.from_row(row) for row in csv.DictReader(file)]
