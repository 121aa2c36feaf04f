"""Reminders 30, 14, 3 and 0 days before, each once, to those who can do something about it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.deadlines import step_of
from portal.domain.questionnaire import Catalogue
from portal.jobs.reminding import remind
from portal.jobs.workplace import Workplace
from portal.models import Assessment, Assignment, CorrectiveAction, Membership, OutboxMail, User
from portal.settings import Settings, sealer_of
from portal.storage import FileStore
from tests import builders
from tests.builders import World

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DUE = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("left", "step"), [(31, None), (30, 30), (20, 30), (14, 14), (4, 14), (3, 3), (1, 3), (0, 0), (-1, None)]
)
def test_each_day_belongs_to_one_reminder(left: int, step: int | None) -> None:
    assert step_of(DUE, DUE - timedelta(days=left)) == step


@pytest.fixture
def place(engine: Engine, settings: Settings, catalogue: Catalogue) -> Workplace:
    return Workplace(settings, engine, catalogue, FileStore(settings.storage_folder), clock=lambda: NOW)


@pytest.fixture
def assessment(engine: Engine, world: World, catalogue: Catalogue) -> Assessment:
    """Due in 30 days; the editor holds a section; nothing is answered in half of it."""
    answers = dict(list(builders.modest_answers(catalogue).items())[:12])
    with db.writing(engine) as session, session.begin():
        made = builders.make_assessment(session, world.owner, catalogue, at=NOW, answers=answers)
        session.execute(update(Assessment).values(due_on=DUE))
        member = session.scalars(select(Membership.id).where(Membership.user_id == world.editor.principal.actor)).one()
        session.add(Assignment(id=uuid4(), membership_id=member, assessment_id=made.id, section_id="FIX", given_at=NOW))
    return made


def letters(place: Workplace) -> list[dict[str, str]]:
    with db.reading(place.engine) as session:
        sealer = sealer_of(place.settings)
        return [json.loads(sealer.open(one)) for one in session.scalars(select(OutboxMail.sealed))]


def on(place: Workplace, day: date) -> Workplace:
    return replace(place, clock=lambda: datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


def test_owners_and_holders_are_told_what_is_missing_and_who_has_it(
    place: Workplace, assessment: Assessment, world: World
) -> None:
    assert remind(place) == 2
    by_address = {letter["to"]: letter for letter in letters(place)}

    assert set(by_address) == {world.owner.email, world.editor.email}
    assert world.editor.principal.name in by_address[world.owner.email]["body"]
    assert by_address[world.owner.email]["body"].count("\n- ") > by_address[world.editor.email]["body"].count("\n- ")
    assert f"/company/assessments/{assessment.id}" in by_address[world.editor.email]["body"]
    assert "/account/preferences" in by_address[world.editor.email]["body"]


def test_each_comes_once_and_after_a_gap_only_the_nearest(place: Workplace, assessment: Assessment) -> None:
    assert [remind(on(place, DUE - timedelta(days=left))) for left in (30, 30, 29, 2, 1, 0, 0)] == [2, 0, 0, 2, 0, 2, 0]
    assert remind(on(place, DUE + timedelta(days=1))) == 0


def test_who_wants_none_gets_none(place: Workplace, assessment: Assessment, engine: Engine, world: World) -> None:
    with db.writing(engine) as session, session.begin():
        off = update(User).where(User.id == world.editor.principal.actor).values(reminders_off_at=NOW)
        session.execute(off)

    assert remind(place) == 1
    assert [letter["to"] for letter in letters(place)] == [world.owner.email]


def test_it_comes_in_the_language_of_the_person(
    place: Workplace, assessment: Assessment, engine: Engine, world: World
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(User).where(User.id == world.owner.principal.actor).values(language="ar"))
    remind(place)

    letter = next(one for one in letters(place) if one["to"] == world.owner.email)
    assert letter["language"] == "ar"
    assert "ديسمبر" in letter["body"]


def test_actions_and_single_assignments_have_days_of_their_own(
    place: Workplace, assessment: Assessment, engine: Engine, world: World
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(Assessment).values(due_on=None))
        session.execute(update(Assignment).values(due_on=DUE))
        session.add(
            CorrectiveAction(
                id=uuid4(), organisation_id=world.owner.principal.organisation, assessment_id=assessment.id,
                question_id="HRS-FIX-03", title="Ask", owner_id=world.signatory.principal.actor, due_on=DUE, steps=[],
                created_by_id=world.owner.principal.actor, created_at=NOW, updated_at=NOW,
            )
        )  # fmt: skip

    assert remind(place) == 2
    assert {letter["to"] for letter in letters(place)} == {world.editor.email, world.signatory.email}
