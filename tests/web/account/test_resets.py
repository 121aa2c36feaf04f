"""The pages of the reset by two people: told by mail at every step, with a fresh proof, for managers only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Membership, OrganisationKind, Role
from tests import builders
from tests.builders import World, post
from tests.web.account.test_security import enrol_app, mails, make_stale

RESETS = "/account/factor-resets"


@pytest.fixture
def administrator(engine: Engine) -> str:
    with db.writing(engine) as session, session.begin():
        at = datetime.now(UTC)
        portal = builders.make_organisation(session, "Portal", OrganisationKind.ADMINISTRATION, country="", at=at)
        return builders.make_person(session, portal, Role.ADMINISTRATOR, at=at).email


def membership_of(engine: Engine, world: World) -> object:
    with db.reading(engine) as session:
        editor = Membership.user_id == world.editor.principal.user_id
        return session.scalars(select(Membership.id).where(editor)).one()


def test_asked_by_the_owner_and_approved_by_an_administrator(
    app: Flask, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient], administrator: str
) -> None:
    enrol_app(app, world.editor)
    owner, helper = sign_in(world.owner.email), sign_in(administrator)

    asked = post(owner, f"{RESETS}/of/{membership_of(engine, world)}", page=RESETS)
    assert asked.status_code == 302
    page = helper.get(RESETS).text
    found = re.search(rf'action="({RESETS}/[0-9a-f-]+/approval)"', page)
    assert found
    assert "Editor of Company A" in page
    assert "Approve" not in owner.get(RESETS).text.split("<main")[1].split("<table")[1]

    assert post(owner, found[1], page=RESETS).status_code == 409
    assert post(helper, found[1], page=RESETS).status_code == 302

    told = [mail for mail in mails(app, "factors") if mail["to"] == world.editor.email]
    assert [mail["subject"] for mail in told][-2:] == [
        "Somebody asked to remove your second factors",
        "Your second factors were removed",
    ]
    assert "You have no second factor yet" in sign_in(world.editor.email).get("/account/security").text


def test_only_managers_and_only_with_a_fresh_proof(
    app: Flask, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]
) -> None:
    enrol_app(app, world.editor)
    owner, signatory = sign_in(world.owner.email), sign_in(world.signatory.email)
    path = f"{RESETS}/of/{membership_of(engine, world)}"

    assert signatory.get(RESETS).status_code == 403
    assert post(signatory, path, page="/account/security/app").status_code == 403
    token = builders.token_in(owner.get(RESETS).text)
    make_stale(engine)
    assert owner.post(path, data={"csrf_token": token}).status_code == 401
    assert "Nobody is waiting" in owner.get(RESETS).text


def test_a_request_is_taken_back(
    app: Flask, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]
) -> None:
    enrol_app(app, world.editor)
    owner, rival = sign_in(world.owner.email), sign_in(world.rival.email)
    path = f"{RESETS}/of/{membership_of(engine, world)}"
    assert post(rival, path, page=RESETS).status_code == 404
    assert post(owner, path, page=RESETS).status_code == 302
    assert post(owner, path, page=RESETS).status_code == 409
    found = re.search(rf'action="({RESETS}/[0-9a-f-]+/withdrawal)"', owner.get(RESETS).text)
    assert found

    assert post(rival, found[1], page=RESETS).status_code == 404
    assert post(owner, found[1], page=RESETS).status_code == 302
    assert "Nobody is waiting" in owner.get(RESETS).text
    assert post(owner, found[1], page=RESETS).status_code == 404
