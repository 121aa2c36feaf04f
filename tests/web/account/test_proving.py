"""Proving once more who one is: by the best a person has, and nothing is typed twice."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Authenticator, Login, User
from tests.builders import PASSWORD, World, post, token_in
from tests.web.account.test_security import SECURITY, add_app, enrol_passkey, make_stale, only_factor

PROVE = "/account/prove"


def fields_in(page: str) -> dict[str, str]:
    """The hidden fields of a page, as a browser would send them."""
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    areas = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', page, flags=re.DOTALL)
    return {name: html.unescape(text) for name, text in [*inputs, *areas]}


@pytest.fixture
def owner(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.owner.email)


def test_a_person_without_factors_proves_with_the_password(owner: FlaskClient, engine: Engine) -> None:
    make_stale(engine)
    before = owner.get_cookie("portal")
    assert 'name="code"' not in owner.get(PROVE).text

    wrong = post(owner, PROVE, {"password": "not that one"})
    right = post(owner, f"{PROVE}?next={SECURITY}/app", {"password": PASSWORD})

    assert wrong.status_code == 422
    assert "not that one" not in wrong.text
    assert right.headers["Location"] == f"{SECURITY}/app"
    assert owner.get(f"{SECURITY}/app").status_code == 200
    after = owner.get_cookie("portal")
    assert before
    assert after
    assert before.value != after.value


def test_a_person_with_a_factor_proves_with_it_and_not_with_the_password(owner: FlaskClient, engine: Engine) -> None:
    secret, _response = add_app(owner)
    make_stale(engine)

    assert 'name="password"' not in owner.get(PROVE).text
    assert post(owner, PROVE, {"password": PASSWORD}).status_code == 422
    code = pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30))
    assert post(owner, PROVE, {"code": code}).status_code == 302


def test_a_passkey_proves_too(app: Flask, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]) -> None:
    device = enrol_passkey(app, world.owner)
    owner = sign_in(world.owner.email)
    make_stale(engine)
    token = token_in(owner.get(PROVE).text)
    options = owner.post("/account/factor/options", data={"csrf_token": token})

    assert owner.post(PROVE, data={"csrf_token": token, "passkey": device.get(options.text)}).status_code == 302


def test_guessing_the_password_is_slowed_down(owner: FlaskClient, engine: Engine) -> None:
    make_stale(engine)
    for _turn in range(5):
        assert post(owner, PROVE, {"password": "not that one"}).status_code == 422

    assert post(owner, PROVE, {"password": PASSWORD}).status_code == 429


def test_a_sample_account_is_asked_for_a_press_only(owner: FlaskClient, engine: Engine) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(User).values(is_demonstration=True))
    make_stale(engine)

    page = owner.get(PROVE).text
    assert 'name="password"' not in page
    assert "sample account" in page
    assert post(owner, PROVE).status_code == 302


def rename(client: FlaskClient, engine: Engine, **more: str) -> Any:
    page = f"{SECURITY}/{only_factor(engine)}"
    token = token_in(client.get(page).text)
    make_stale(engine)
    return client.post(f"{page}/name?a=1", data={"csrf_token": token, **more})


def test_what_was_sent_is_kept_and_sent_again_by_one_press(owner: FlaskClient, engine: Engine) -> None:
    secret, _response = add_app(owner)
    typed = 'a "name" <b>& more</b>'

    asked = rename(owner, engine, name=typed, password="a password nobody may see")

    assert asked.status_code == 401
    assert "a password nobody may see" not in asked.text
    kept = fields_in(asked.text)
    assert kept["held.name"] == typed
    wrong = owner.post(PROVE, data={**kept, "code": "000000"})
    assert wrong.status_code == 422
    assert fields_in(wrong.text)["held.name"] == typed

    code = pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30))
    proved = owner.post(PROVE, data={**fields_in(wrong.text), "code": code})
    assert proved.status_code == 200
    action = re.search(r'action="(/account/security/[^"]+/name\?a=1)"', proved.text)
    assert action
    assert owner.post(action[1], data=fields_in(proved.text)).status_code == 302

    with db.reading(engine) as session:
        assert session.scalars(select(Authenticator.name)).one() == typed


def test_a_form_of_a_foreign_page_is_not_held(owner: FlaskClient, engine: Engine) -> None:
    """Otherwise the person would prove who they are, and then send an attacker's form with a token of ours."""
    add_app(owner)

    for token in ("", "made up"):
        answer = rename(owner, engine, name="chosen by somebody else", csrf_token=token)
        assert answer.status_code in (400, 401)
        assert "held" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["//evil.example/x", "https://evil.example/", "/account/sign-out", "/company/profile", "/nowhere", "x", "/\\x", ""],
)
def test_only_forms_that_ask_for_proof_are_held(owner: FlaskClient, path: str) -> None:
    answer = post(owner, PROVE, {"held-path": path, "held.name": "x", "password": PASSWORD})

    assert answer.status_code == 400
    assert "held" not in answer.text


def test_a_sign_in_that_ended_shows_what_was_typed_to_be_copied(owner: FlaskClient, engine: Engine) -> None:
    add_app(owner)
    page = f"{SECURITY}/{only_factor(engine)}"
    token = token_in(owner.get(page).text)
    with db.writing(engine) as session, session.begin():
        session.execute(update(Login).values(ended_at=datetime.now(UTC)))

    answer = owner.post(f"{page}/name", data={"csrf_token": token, "name": "a long name"})

    assert answer.status_code == 401
    assert "a long name" in answer.text
    assert "held" not in answer.text


def test_a_program_is_told_in_its_own_format(owner: FlaskClient, engine: Engine) -> None:
    make_stale(engine)
    token = token_in(owner.get(PROVE).text)

    answer = owner.post(
        f"{SECURITY}/passkey/options", data={"csrf_token": token}, headers={"Accept": "application/json"}
    )

    assert answer.status_code == 401
    assert answer.json["status"] == 401
