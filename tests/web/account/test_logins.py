"""Signing in and out: rows that die at once, no difference between known and unknown, no open redirect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Login, Membership, Role, User
from portal.services import throttles
from tests import builders
from tests.builders import PASSWORD, World, token_in

SIGN_IN = "/account/sign-in"


def attempt(client: FlaskClient, email: str, password: str, path: str = SIGN_IN):  # type: ignore[no-untyped-def]
    token = token_in(client.get(path).text)
    return client.post(path, data={"csrf_token": token, "email": email, "password": password})


def test_a_person_with_one_organisation_lands_on_its_home(client: FlaskClient, world: World) -> None:
    response = attempt(client, f"  {world.owner.email.upper()} ", PASSWORD)

    assert response.status_code == 302
    assert client.get(response.headers["Location"]).headers["Location"] == "/company"
    assert client.get("/company").status_code == 200


def test_known_and_unknown_people_get_the_same_answer(app: Flask, world: World) -> None:
    known = attempt(app.test_client(), world.owner.email, "wrong password, long")
    unknown = attempt(app.test_client(), "nobody@nowhere.example", "wrong password, long")

    def plain(text: str) -> str:
        return text.replace(world.owner.email, "").replace("nobody@nowhere.example", "").replace(token_in(text), "")

    assert known.status_code == unknown.status_code == 422
    assert plain(known.text) == plain(unknown.text)


def test_a_disabled_person_is_out_at_once(client: FlaskClient, world: World, engine: Engine) -> None:
    builders.sign_in(client, world.owner.email)
    with db.writing(engine) as session, session.begin():
        session.execute(update(User).values(disabled_at=datetime.now(UTC)))

    assert client.get("/company").status_code == 302
    assert attempt(client, world.owner.email, PASSWORD).status_code == 422


def test_a_copied_cookie_is_dead_after_signing_out(app: Flask, client: FlaskClient, world: World) -> None:
    builders.sign_in(client, world.owner.email)
    copied = client.get_cookie("portal")
    assert copied
    token = token_in(client.get("/company").text)

    client.post("/account/sign-out", data={"csrf_token": token})

    thief = app.test_client()
    thief.set_cookie("portal", copied.value)
    assert thief.get("/company").status_code == 302


@pytest.mark.parametrize(
    ("idle", "age"), [(timedelta(minutes=61), timedelta(0)), (timedelta(0), timedelta(hours=13))], ids=["idle", "old"]
)
def test_a_sign_in_ends_by_itself(
    client: FlaskClient, world: World, engine: Engine, idle: timedelta, age: timedelta
) -> None:
    builders.sign_in(client, world.owner.email)
    now = datetime.now(UTC)
    with db.writing(engine) as session, session.begin():
        session.execute(update(Login).values(seen_at=now - idle, created_at=now - age))

    assert client.get("/company").headers["Location"].startswith(SIGN_IN)


def test_the_cookie_is_not_in_the_database(client: FlaskClient, world: World, engine: Engine) -> None:
    builders.sign_in(client, world.owner.email)
    cookie = client.get_cookie("portal")

    with db.reading(engine) as session:
        stored = session.scalars(select(Login.id)).all()
    assert cookie
    assert stored
    assert cookie.value not in stored


def test_guessing_is_slowed_down_and_the_right_password_waits_too(
    client: FlaskClient, world: World, engine: Engine
) -> None:
    with db.writing(engine) as session, session.begin():
        for _ in range(9):
            keys = throttles.account_keys(world.owner.email, "127.0.0.0/24")
            throttles.count_failure(session, keys, at=datetime.now(UTC))

    assert attempt(client, world.owner.email, "wrong password, long").status_code == 422
    assert attempt(client, world.owner.email, PASSWORD).status_code == 429
    assert attempt(client, world.rival.email, PASSWORD).status_code == 302


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.example"],
)
def test_nobody_is_led_away_after_signing_in(client: FlaskClient, world: World, target: str) -> None:
    response = attempt(client, world.owner.email, PASSWORD, path=f"{SIGN_IN}?next={target}")

    assert response.headers["Location"].startswith("/account/organisation")


def test_the_page_asked_for_comes_after_signing_in(client: FlaskClient, world: World) -> None:
    wanted = client.get("/company/profile").headers["Location"]

    response = attempt(client, world.owner.email, PASSWORD, path=wanted)

    assert response.headers["Location"] == "/company/profile"


def test_a_person_of_two_organisations_chooses(client: FlaskClient, world: World, engine: Engine) -> None:
    with db.writing(engine) as session, session.begin():
        session.add(
            Membership(
                user_id=world.reviewer.principal.actor,
                organisation_id=world.other_reviewer.principal.organisation,
                role=Role.REVIEWER,
                created_at=datetime.now(UTC),
            )
        )
    builders.sign_in(client, world.reviewer.email)
    page = client.get("/account/organisation").text
    asked = client.get("/government/submissions").headers["Location"]
    assert asked == "/account/organisation?next=/government/submissions"
    with db.reading(engine) as session:
        mine = select(Membership.id).where(Membership.user_id == world.reviewer.principal.actor)
        own = str(session.scalars(mine).first())
        foreign = str(session.scalar(select(Membership.id).where(Membership.user_id == world.owner.principal.actor)))

    assert "Government X" in page
    assert "Government Y" in page
    token = token_in(page)
    refused = client.post(asked, data={"csrf_token": token, "membership": foreign})
    chosen = client.post(asked, data={"csrf_token": token, "membership": own})
    assert (refused.status_code, chosen.status_code) == (422, 302)
    assert chosen.headers["Location"] == "/government/submissions"
    assert client.get("/government/submissions").status_code == 200


def test_a_password_too_long_to_hash_is_refused_not_cut(client: FlaskClient, world: World) -> None:
    assert attempt(client, world.owner.email, PASSWORD + "x" * 1100).status_code == 422
