"""The daily mail of the checkpoint: to every government and the witness, once a day."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.jobs.signer import sign_due
from portal.jobs.witnessing import mail_daily
from portal.jobs.workplace import Workplace
from portal.models import Organisation, OutboxMail, Role, User
from portal.services import audit, checkpoints
from portal.settings import Settings, sealer_of
from portal.storage import FileStore
from tests import builders
from tests.builders import World
from tests.conftest import NOON

At = Callable[[datetime], Workplace]


@pytest.fixture
def place_at(settings: Settings, engine: Engine, catalogue: Catalogue) -> At:
    settings = settings.model_copy(update={"witness_email": "witness@ngo.example"})
    place = Workplace(settings, engine, catalogue, FileStore(settings.storage_folder))
    return lambda moment: replace(place, clock=lambda: moment)


@pytest.fixture
def signed(engine: Engine, world: World, place_at: At) -> None:
    with db.writing(engine) as session, session.begin():
        audit.record(session, "answer.saved", subject=("test", 1), at=NOON, by=None, organisation=None)
    sign_due(place_at(NOON))


def letters(engine: Engine, settings: Settings) -> list[dict[str, str]]:
    with db.reading(engine) as session:
        mails = session.scalars(select(OutboxMail).order_by(OutboxMail.created_at))
        return [json.loads(sealer_of(settings).open(mail.sealed)) for mail in mails]


def test_nothing_is_mailed_before_something_is_signed(place_at: At, world: World) -> None:
    assert mail_daily(place_at(NOON)) == 0


def test_governments_and_the_witness_get_the_signed_note_and_the_key(
    place_at: At, engine: Engine, settings: Settings, world: World, signed: None
) -> None:
    assert mail_daily(place_at(NOON)) == 3

    found = letters(engine, settings)
    with db.reading(engine) as session:
        last = checkpoints.latest(session)
    assert last
    addresses = {world.reviewer.email, world.other_reviewer.email, "witness@ngo.example"}
    assert {letter["to"] for letter in found} == addresses
    assert all(last.note in letter["body"] for letter in found)
    assert all(checkpoints.public_key(settings) in letter["body"] for letter in found)


def test_it_is_mailed_once_a_day(place_at: At, signed: None) -> None:
    moments = [NOON, NOON + timedelta(hours=11), NOON + timedelta(hours=12), NOON + timedelta(hours=13)]

    assert [mail_daily(place_at(moment)) for moment in moments] == [3, 0, 3, 0]


def test_a_supervisor_gets_it_instead_of_the_reviewers(
    place_at: At, engine: Engine, settings: Settings, world: World, signed: None
) -> None:
    with db.writing(engine) as session, session.begin():
        government = session.get_one(Organisation, world.reviewer.principal.organisation)
        supervisor = builders.make_person(session, government, Role.SUPERVISOR, at=NOON)
        session.get_one(User, world.other_reviewer.principal.actor).disabled_at = NOON

    mail_daily(place_at(NOON))

    assert {letter["to"] for letter in letters(engine, settings)} == {supervisor.email, "witness@ngo.example"}
