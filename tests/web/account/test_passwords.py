"""A new password: by who knows the old one or reads the mail; sign-ins end, the person is told, factors stay."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.models import AuditEvent, Authenticator, AuthenticatorKind, LinkToken, Login, OutboxMail, User
from portal.services import passwords, throttles
from tests import builders
from tests.builders import PASSWORD, World, token_in

NEW = "a brand new password of mine"
FORGOTTEN = "/account/password/forgotten"


def letters(app: Flask, engine: Engine) -> list[dict[str, str]]:
    """What waits in the outbox, opened."""
    with db.reading(engine) as session:
        sealed = session.scalars(select(OutboxMail.sealed).order_by(OutboxMail.created_at)).all()
    return [json.loads(app.extensions["portal"].sealer.open(one)) for one in sealed if one]


def ask(app: Flask, engine: Engine, email: str) -> str:
    """Ask for a link as a stranger and return the path in the mail."""
    client = app.test_client()
    assert builders.post(client, FORGOTTEN, {"email": email}).status_code == 200
    found = re.search(r"https?://[^/]+(/account/password/reset/\S+)", letters(app, engine)[-1]["body"])
    assert found
    return found[1]


def can_sign_in(app: Flask, email: str, password: str) -> bool:
    client = app.test_client()
    token = token_in(client.get("/account/sign-in").text)
    form = {"csrf_token": token, "email": email, "password": password}
    return bool(client.post("/account/sign-in", data=form).status_code == 302)


def test_changing_the_password_ends_every_other_sign_in_and_copies_of_this_one(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    builders.sign_in(client, world.owner.email)
    other = builders.sign_in(app.test_client(), world.owner.email)
    thief = app.test_client()
    copied = client.get_cookie("portal")
    assert copied
    thief.set_cookie("portal", copied.value)

    answer = builders.post(client, "/account/password", {"current": PASSWORD, "new": NEW})

    assert answer.status_code == 302
    assert client.get("/company").status_code == 200
    assert other.get("/company").status_code == thief.get("/company").status_code == 302
    assert can_sign_in(app, world.owner.email, NEW)
    assert not can_sign_in(app, world.owner.email, PASSWORD)
    assert [letter["to"] for letter in letters(app, engine)] == [world.owner.email]


@pytest.mark.parametrize(
    ("current", "new", "says"),
    [
        ("not my password, really", NEW, "The password you use now is not right"),
        (PASSWORD, "too short", "Use at least 15 characters"),
        (PASSWORD, "passwordpassword", "guessed first"),
        (PASSWORD, "Owner of Company A", "mostly made of your name"),
        ("", NEW, "Enter the password you use now"),
    ],
    ids=["wrong", "short", "common", "personal", "empty"],
)
def test_a_password_that_is_not_taken_changes_nothing_and_says_why(
    client: FlaskClient, world: World, engine: Engine, current: str, new: str, says: str
) -> None:
    builders.sign_in(client, world.owner.email)

    answer = builders.post(client, "/account/password", {"current": current, "new": new})

    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{new}"' not in answer.text
    assert client.get("/company").status_code == 200
    with db.reading(engine) as session:
        stored = passwords.credentials_of(session, world.owner.email)
    assert passwords.password_matches(stored, PASSWORD)


def test_guessing_the_present_password_at_an_open_desk_is_held_up_and_shuts_nobody_out(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    builders.sign_in(client, world.owner.email)
    with db.writing(engine) as session, session.begin():
        for _ in range(9):
            keys = throttles.proof_keys(world.owner.principal.actor)
            throttles.count_failure(session, keys, at=datetime.now(UTC))

    tried = [builders.post(client, "/account/password", {"current": f"guess {n}", "new": NEW}) for n in range(2)]

    assert [answer.status_code for answer in tried] == [422, 429]
    assert can_sign_in(app, world.owner.email, PASSWORD)


def test_password_managers_find_name_and_password(client: FlaskClient, world: World) -> None:
    builders.sign_in(client, world.owner.email)
    page = client.get("/account/password").text

    assert re.search(rf'value="{world.owner.email}" autocomplete="username"', page)
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="new-password"' in page
    assert "onpaste" not in page


def test_a_link_by_mail_sets_a_new_password_once(app: Flask, client: FlaskClient, world: World, engine: Engine) -> None:
    elsewhere = builders.sign_in(app.test_client(), world.owner.email)
    path = ask(app, engine, world.owner.email)
    assert 'autocomplete="username"' in client.get(path).text

    assert builders.post(client, path, {"new": NEW}).status_code == 302

    assert elsewhere.get("/company").status_code == 302
    assert can_sign_in(app, world.owner.email, NEW)
    assert client.get(path).status_code == 404
    assert [letter["subject"] for letter in letters(app, engine)] == ["Set a new password", "Your password was changed"]
    assert {letter["to"] for letter in letters(app, engine)} == {world.owner.email}


def test_a_link_is_dead_after_half_an_hour_after_another_was_used_and_for_the_disabled(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    first, second = ask(app, engine, world.owner.email), ask(app, engine, world.owner.email)
    assert builders.post(client, second, {"new": NEW}).status_code == 302
    assert client.get(first).status_code == 404

    late = ask(app, engine, world.rival.email)
    with db.writing(engine) as session, session.begin():
        session.execute(update(LinkToken).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert client.get(late).status_code == 404

    theirs = ask(app, engine, world.editor.email)
    with db.writing(engine) as session, session.begin():
        disabled = update(User).where(User.email == world.editor.email)
        session.execute(disabled.values(disabled_at=datetime.now(UTC)))
    assert client.get(theirs).status_code == 404


def test_a_link_that_came_while_the_password_was_changed_is_dead(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    path = ask(app, engine, world.owner.email)
    builders.sign_in(client, world.owner.email)

    builders.post(client, "/account/password", {"current": PASSWORD, "new": NEW})

    assert app.test_client().get(path).status_code == 404


def test_opening_a_link_changes_nothing_so_that_mail_scanners_may(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    path = ask(app, engine, world.owner.email)
    with db.reading(engine) as session:
        before = session.scalar(select(func.count()).select_from(AuditEvent))

    for _ in range(3):
        assert client.get(path).status_code == 200

    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == before
        assert session.scalars(select(LinkToken.used_at)).all() == [None]


def test_a_new_password_by_mail_does_not_get_past_the_second_factor(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    with db.writing(engine) as session, session.begin():
        session.add(
            Authenticator(
                user_id=world.owner.principal.actor,
                kind=AuthenticatorKind.TOTP,
                confirmed_at=datetime.now(UTC),
                created_at=datetime.now(UTC),
            )
        )
    builders.post(client, ask(app, engine, world.owner.email), {"new": NEW})

    token = token_in(client.get("/account/sign-in").text)
    form = {"csrf_token": token, "email": world.owner.email, "password": NEW}
    answer = client.post("/account/sign-in?next=/company/profile", data=form)

    assert answer.headers["Location"] == "/account/factor?next=/company/profile"
    assert client.get("/company").headers["Location"].startswith("/account/factor")
    with db.reading(engine) as session:
        assert session.scalars(select(Login.mfa_at).where(Login.ended_at.is_(None))).all() == [None]


def test_the_token_is_not_in_the_database_and_the_mail_is_sealed(app: Flask, world: World, engine: Engine) -> None:
    token = ask(app, engine, world.owner.email).rpartition("/")[2]

    with db.reading(engine) as session:
        assert token not in session.scalars(select(LinkToken.id)).all()
        assert all(world.owner.email not in sealed for sealed in session.scalars(select(OutboxMail.sealed)))


def test_strangers_who_have_no_account_get_no_mail(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    answer = builders.post(client, FORGOTTEN, {"email": "nobody@nowhere.example"})

    assert answer.status_code == 200
    assert letters(app, engine) == []
    with db.reading(engine) as session:
        assert session.scalars(select(OutboxMail.state)).all() == ["sent"]


def test_nobodys_letter_box_is_filled_by_a_stranger(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    asked = [builders.post(client, FORGOTTEN, {"email": world.owner.email}).status_code for _ in range(7)]

    assert asked == [200] * 5 + [429] * 2
    assert len(letters(app, engine)) == 5


def test_an_account_closed_by_a_hundred_failures_opens_with_a_new_password(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    with db.writing(engine) as session, session.begin():
        keys = throttles.account_keys(world.owner.email, "elsewhere")
        for _ in range(100):
            throttles.count_failure(session, keys, at=datetime.now(UTC))
    assert not can_sign_in(app, world.owner.email, PASSWORD)

    builders.post(client, ask(app, engine, world.owner.email), {"new": NEW})

    assert can_sign_in(app, world.owner.email, NEW)


def test_the_browser_of_a_reset_is_known_while_a_stranger_goes_on_guessing(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    builders.post(client, ask(app, engine, world.owner.email), {"new": NEW})
    with db.writing(engine) as session, session.begin():
        keys = throttles.account_keys(world.owner.email, "elsewhere")
        for _ in range(100):
            throttles.count_failure(session, keys, at=datetime.now(UTC))

    token = token_in(client.get("/account/sign-in").text)
    form = {"csrf_token": token, "email": world.owner.email, "password": NEW}
    assert client.post("/account/sign-in", data=form).status_code == 302
