"""An official who opens submissions of very many companies raises one alert an hour, and the right people are told."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.questionnaire import Catalogue
from portal.models import Alert, AuditEvent, OrganisationKind, Role, Submission
from portal.services import alerts, reads
from portal.services.reads import Look
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_copy, share_one


def look_at(session: Session, world: World, submissions: list[Submission], *, minute: int = 0) -> list[alerts.Burst]:
    at = NOON + timedelta(minutes=minute)
    bursts = []
    for submission in submissions:
        seen = Look(submission.id, submission.organisation_id, "page")
        reads.record_read(session, world.reviewer.principal, seen, at=at)
        if burst := alerts.raise_read_burst(session, world.reviewer.principal, at=at):
            bursts.append(burst)
    return bursts


def shared_with_reviewer(session: Session, world: World, catalogue: Catalogue, number: int) -> list[Submission]:
    first = share_one(session, world, catalogue, at=NOON)
    more = [share_copy(session, first, world.reviewer, f"Mill {mill}") for mill in range(number - 1)]
    return [first, *more]


def test_the_fifty_first_company_within_an_hour_raises_one_alert(
    session: Session, world: World, catalogue: Catalogue
) -> None:
    supervisor = administration = None
    government = session.get_one(builders.Organisation, world.reviewer.principal.organisation)
    supervisor = builders.make_person(session, government, Role.SUPERVISOR, at=NOON)
    kind = OrganisationKind.ADMINISTRATION
    administration = builders.make_organisation(session, "The Portal", kind, country="", at=NOON)
    administrator = builders.make_person(session, administration, Role.ADMINISTRATOR, at=NOON)
    submissions = shared_with_reviewer(session, world, catalogue, 53)

    assert look_at(session, world, submissions[:50]) == []
    assert look_at(session, world, submissions[:50], minute=1) == [], "the same companies again are no more companies"
    (burst,) = look_at(session, world, submissions[50:], minute=2)

    assert burst.companies == 51
    assert set(burst.watchers) == {supervisor.email, administrator.email}
    assert session.scalar(select(func.count()).select_from(Alert)) == 1
    alert = session.scalars(select(Alert)).one()
    assert (alert.kind, alert.user_id) == (alerts.READ_BURST, world.reviewer.principal.user_id)
    assert "@" not in str(alert.details)
    events = session.scalar(select(func.count()).select_from(AuditEvent))
    look_at(session, world, submissions, minute=59)
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == events
    assert len(look_at(session, world, submissions, minute=63)) == 1, "an hour later it is told again"


def test_fifty_companies_over_two_hours_are_ordinary_work(session: Session, world: World, catalogue: Catalogue) -> None:
    submissions = shared_with_reviewer(session, world, catalogue, 52)

    assert look_at(session, world, submissions[:26]) == []
    assert look_at(session, world, submissions[26:], minute=61) == []
