"""The second factor: nothing is open before it, guessing is slowed down, and two people help who lost it."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Login
from portal.services import recovery
from portal.services.logins import Proof
from portal.settings import Mode
from portal.web import proofs
from tests import builders
from tests.builders import Person, World, post, token_in
from tests.passkey_device import Device
from tests.services.test_factors import signed_in
from tests.web.account.test_security import enrol_app, enrol_passkey, mails

FACTOR = "/account/factor"


def half(app: Flask, person: Person) -> FlaskClient:
    """The person after the password, with the factor still owed."""
    return builders.sign_in(app.test_client(), person.email, Proof())


def code_of(secret: str, steps: int = 1) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30 * steps))


@pytest.fixture
def secret(app: Flask, world: World) -> str:
    return enrol_app(app, world.owner)


def test_after_the_password_alone_nothing_is_open(app: Flask, world: World, secret: str) -> None:
    client = half(app, world.owner)

    response = client.get("/company/profile?a=1")
    assert response.headers["Location"] == f"{FACTOR}?next=/company/profile?a%3D1"
    assert client.get("/account/security").headers["Location"].startswith(FACTOR)
    assert client.get("/account/prove").headers["Location"].startswith(FACTOR)
    assert client.post("/company/profile", data={"csrf_token": token_in(client.get(FACTOR).text)}).status_code == 403


def test_a_code_opens_the_page_wanted_under_a_new_cookie(app: Flask, world: World, secret: str) -> None:
    client = half(app, world.owner)
    before = client.get_cookie("portal")
    assert before

    response = post(client, f"{FACTOR}?next=/company/profile", {"code": code_of(secret)})

    assert response.status_code == 302
    assert response.headers["Location"] == "/company/profile"
    assert client.get("/company/profile").status_code == 200
    copied = app.test_client()
    copied.set_cookie("portal", before.value)
    assert copied.get("/company/profile").headers["Location"].startswith("/account/sign-in")


def test_a_code_that_was_used_is_refused(app: Flask, world: World, secret: str) -> None:
    code = code_of(secret)
    assert post(half(app, world.owner), FACTOR, {"code": code}).status_code == 302

    again = post(half(app, world.owner), FACTOR, {"code": f"{code[:3]} {code[3:]}"})

    assert again.status_code == 422
    assert "was used before" in again.text
    assert code not in again.text


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/\tevil"])
def test_the_way_on_leads_nowhere_else(app: Flask, world: World, secret: str, elsewhere: str) -> None:
    client = half(app, world.owner)
    token = token_in(client.get(FACTOR).text)

    response = client.post(
        FACTOR, query_string={"next": elsewhere}, data={"csrf_token": token, "code": code_of(secret)}
    )

    assert response.headers["Location"] == "/account/organisation?go=1"


def test_after_five_wrong_codes_the_right_one_waits_five_minutes(app: Flask, world: World, secret: str) -> None:
    client = half(app, world.owner)
    for _turn in range(5):
        assert post(client, FACTOR, {"code": "000000"}).status_code == 422

    blocked = post(client, FACTOR, {"code": code_of(secret)})

    assert blocked.status_code == 429
    assert "Wait 5 minutes" in blocked.text


def test_a_recovery_code_signs_in_once_and_is_told_by_mail(
    app: Flask, world: World, engine: Engine, secret: str
) -> None:
    with db.writing(engine) as session, session.begin():
        codes = recovery.make_codes(session, signed_in(session, world.owner), at=datetime.now(UTC))

    assert post(half(app, world.owner), FACTOR, {"code": codes[0].upper()}).status_code == 302
    assert post(half(app, world.owner), FACTOR, {"code": codes[0]}).status_code == 422

    told = mails(app, "factors")
    assert told[-1]["to"] == world.owner.email
    assert "9 codes left" in told[-1]["body"]
    assert codes[0] not in json.dumps(told)


def test_a_passkey_is_a_second_factor(app: Flask, world: World) -> None:
    device = enrol_passkey(app, world.owner)
    client = half(app, world.owner)
    token = token_in(client.get(FACTOR).text)

    options = client.post(f"{FACTOR}/options", data={"csrf_token": token})
    response = client.post(FACTOR, data={"csrf_token": token, "passkey": device.get(options.text)})

    assert options.mimetype == "application/json"
    assert response.status_code == 302
    assert client.get("/company").status_code == 200


def test_a_passkey_is_the_whole_sign_in(app: Flask, world: World, engine: Engine) -> None:
    device = enrol_passkey(app, world.owner)
    client = app.test_client()
    page = client.get("/account/sign-in").text
    token = token_in(page)

    options = client.post("/account/sign-in/passkey/options", data={"csrf_token": token})
    answer = {"csrf_token": token, "passkey": device.get(options.text)}
    response = client.post("/account/sign-in/passkey?next=/company/profile", data=answer)

    assert "Sign in with a passkey" in page
    assert response.headers["Location"] == "/company/profile"
    assert client.get("/company/profile").status_code == 200
    with db.reading(engine) as session:
        login = session.scalars(select(Login).order_by(Login.created_at.desc())).first()
    assert login
    assert (login.method, login.mfa_at) == ("passkey", login.created_at)


def test_an_unknown_passkey_signs_nobody_in(app: Flask, world: World) -> None:
    enrol_passkey(app, world.owner)
    client = app.test_client()
    token = token_in(client.get("/account/sign-in").text)
    options = client.post("/account/sign-in/passkey/options", data={"csrf_token": token})

    response = client.post(
        "/account/sign-in/passkey", data={"csrf_token": token, "passkey": Device().get(options.text)}
    )

    assert response.status_code == 422
    assert client.get("/company").status_code == 302


@pytest.mark.parametrize(
    ("base", "site"),
    [
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("https://portal.example", ("portal.example", "https://portal.example")),
        ("http://127.0.0.1:8000", None),
        ("http://[::1]:8000", None),
        ("http://portal.example", None),
    ],
)
def test_passkeys_are_offered_only_where_browsers_allow_them(
    app: Flask, world: World, base: str, site: tuple[str, str] | None
) -> None:
    page = app.test_client().get("/account/sign-in", base_url=base).text

    assert ("Sign in with a passkey" in page) == (site is not None)


def test_in_production_passkeys_belong_to_the_address_of_the_portal(app: Flask) -> None:
    """Whatever name a request claims to be for."""
    portal = app.extensions["portal"]
    production = portal.settings.model_copy(
        update={"mode": Mode.PRODUCTION, "address": "https://portal.example:8443/dd/"}
    )
    app.extensions["portal"] = dataclasses.replace(portal, settings=production)

    with app.test_request_context(base_url="https://evil.example"):
        site = proofs.site()

    assert site
    assert (site.id, site.origin) == ("portal.example", "https://portal.example:8443")


def test_who_lost_everything_is_told_what_to_do(app: Flask, world: World, secret: str) -> None:
    client = half(app, world.owner)

    assert "/account/factor/lost" in client.get(FACTOR).text
    assert "recovery codes" in client.get("/account/factor/lost").text
