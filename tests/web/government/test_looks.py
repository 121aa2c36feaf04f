"""What officials open is noted and shown; a burst is told to those who watch, and the page never fails."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Alert, Organisation, OrganisationKind, OutboxMail, Role, SharedRead, Submission
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_copy


def count(engine: Engine, model: type[object]) -> int:
    with db.reading(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_company_sees_that_its_submission_was_opened_and_not_by_whom(
    reviewer: FlaskClient, sign_in: Callable[[str], FlaskClient], world: World, submission: Submission, address: str
) -> None:
    page = f"/company/submissions/{submission.id}"
    assert "Nobody has opened it yet" in sign_in(world.owner.email).get(page).text

    reviewer.get(address)
    reviewer.get(address)
    reviewer.get(f"{address}/bundle.json")

    told = sign_in(world.owner.email).get(page).text
    assert "Government X" in told
    assert "2 times on this day" in told
    assert "Answers (JSON)" in told
    assert world.reviewer.principal.name not in told


def test_supervisors_see_who_opened_what_and_reviewers_do_not(
    reviewer: FlaskClient, sign_in: Callable[[str], FlaskClient], engine: Engine, world: World, address: str
) -> None:
    with db.writing(engine) as session, session.begin():
        government = session.get_one(Organisation, world.reviewer.principal.organisation)
        supervisor = builders.make_person(session, government, Role.SUPERVISOR, at=NOON)
    reviewer.get(address)

    page = sign_in(supervisor.email).get("/government/reads")

    assert world.reviewer.principal.name in page.text
    assert "Company A" in page.text
    assert reviewer.get("/government/reads").status_code == 403


def test_a_burst_is_told_once_to_supervisors_and_administrators(
    app: Flask, reviewer: FlaskClient, engine: Engine, world: World, submission: Submission
) -> None:
    with db.writing(engine) as session, session.begin():
        government = session.get_one(Organisation, world.reviewer.principal.organisation)
        supervisor = builders.make_person(session, government, Role.SUPERVISOR, at=NOON)
        portal = builders.make_organisation(session, "Portal", OrganisationKind.ADMINISTRATION, country="", at=NOON)
        administrator = builders.make_person(session, portal, Role.ADMINISTRATOR, at=NOON)
        copies = [share_copy(session, submission, world.reviewer, f"Mill {number}").id for number in range(52)]

    for one in copies[:50]:
        assert reviewer.get(f"/government/submissions/{one}/bundle.json").status_code == 200
    assert count(engine, Alert) == 0
    for one in copies[50:]:
        assert reviewer.get(f"/government/submissions/{one}/bundle.json").status_code == 200

    assert count(engine, Alert) == 1
    with db.reading(engine) as session:
        sealed = session.scalars(select(OutboxMail.sealed).where(OutboxMail.kind == "read_burst")).all()
    letters = [json.loads(app.extensions["portal"].sealer.open(one)) for one in sealed]
    assert {letter["to"] for letter in letters} == {supervisor.email, administrator.email}
    assert all("51 companies" in letter["body"] and "Mill" not in letter["body"] for letter in letters)


def test_a_page_is_shown_although_the_look_cannot_be_noted(
    reviewer: FlaskClient, engine: Engine, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("the fault is a trigger of SQLite")
    with engine.begin() as connection:
        fault = "CREATE TRIGGER full BEFORE INSERT ON shared_read BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        connection.exec_driver_sql(fault)

    assert reviewer.get(address).status_code == 200
    assert count(engine, SharedRead) == 0
    assert "could not be noted" in caplog.text
