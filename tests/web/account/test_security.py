"""One's own second factors: added with proof, told by mail, shown to nobody else; every change ends other sign-ins."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.models import AuditEvent, Authenticator, Login, OutboxMail, RecoveryCode, User
from portal.services.logins import Proof
from tests import builders
from tests.builders import Person, World, post, token_in
from tests.passkey_device import Device

SECURITY = "/account/security"


def enrol_app(app: Flask, person: Person) -> str:
    """Add an app by the pages and return its secret."""
    client = builders.sign_in(app.test_client(), person.email)
    return add_app(client)[0]


def add_app(client: FlaskClient, path: str = f"{SECURITY}/app", **more: str) -> tuple[str, Any]:
    """Read the key from the page, send the first code, and return the key and the answer."""
    page = client.get(path).text
    secret, offer = secret_in(page), offer_in(page)
    code = pyotp.TOTP(secret).at(datetime.now(UTC) - timedelta(seconds=30))
    data = {"csrf_token": token_in(page), "offer": offer, "code": code, "name": "office phone", **more}
    return secret, client.post(path, data=data)


def secret_in(page: str) -> str:
    found = re.search(r'class="key"[^>]*>([A-Z2-7 ]+)<', page)
    assert found, page
    return found[1].replace(" ", "")


def offer_in(page: str) -> str:
    found = re.search(r'name="offer" value="([^"]+)"', page)
    assert found
    return found[1]


def enrol_passkey(app: Flask, person: Person) -> Device:
    client = builders.sign_in(app.test_client(), person.email)
    device = Device()
    token = token_in(client.get(f"{SECURITY}/passkey").text)
    options = client.post(f"{SECURITY}/passkey/options", data={"csrf_token": token})
    answer = {"csrf_token": token, "passkey": device.create(options.text), "name": "blue key"}
    response = client.post(f"{SECURITY}/passkey", data=answer)
    assert response.status_code == 200, response.text
    return device


def mails(app: Flask, kind: str) -> list[dict[str, str]]:
    portal = app.extensions["portal"]
    with db.reading(portal.engine) as session:
        found = session.scalars(select(OutboxMail).where(OutboxMail.kind == kind).order_by(OutboxMail.created_at))
        return [json.loads(portal.sealer.open(mail.sealed)) for mail in found]


def make_stale(engine: Engine) -> None:
    """Let the proof of every sign-in be an hour old."""
    with db.writing(engine) as session, session.begin():
        session.execute(update(Login).values(proved_at=datetime.now(UTC) - timedelta(hours=1)))


def only_factor(engine: Engine) -> UUID:
    with db.reading(engine) as session:
        return session.scalars(select(Authenticator.id)).one()


def test_a_first_app_is_added_with_a_code_and_brings_ten_recovery_codes(
    app: Flask, world: World, sign_in: Callable[[str], FlaskClient], engine: Engine
) -> None:
    client, elsewhere, copied = sign_in(world.owner.email), sign_in(world.owner.email), app.test_client()
    cookie = client.get_cookie("portal")
    assert cookie
    copied.set_cookie("portal", cookie.value)
    token = token_in(elsewhere.get(SECURITY).text)
    with db.reading(engine) as session:
        before = session.scalar(select(func.count()).select_from(AuditEvent)) or 0

    secret, response = add_app(client)

    assert response.status_code == 200
    codes = re.findall(r"<li><bdi[^>]*>([0-9a-z-]{29})</bdi>", response.text)
    assert len(codes) == 10
    assert response.headers["Cache-Control"] == "no-store"
    page = client.get(SECURITY).text
    assert "office phone" in page
    assert secret not in page
    assert not any(code in page for code in codes)
    for dead in (elsewhere, copied):
        assert dead.get("/company").headers["Location"].startswith("/account/sign-in")
        assert dead.post("/company/profile", data={"csrf_token": token}).status_code == 401
    assert [mail["to"] for mail in mails(app, "factors")] == [world.owner.email]
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == before + 1
        assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 10


def test_who_must_have_a_factor_is_told_and_led_on(app: Flask, world: World) -> None:
    client = builders.sign_in(app.test_client(), world.reviewer.email, Proof())

    sent = client.get("/government/submissions")
    assert sent.headers["Location"].startswith(f"{SECURITY}?next=")
    page = client.get(sent.headers["Location"]).text
    assert "Your role needs a second factor" in page
    link = re.search(r'href="(/account/security/app\?next=[^"]+)"', page)
    assert link

    _secret, response = add_app(client, link[1])

    assert 'href="/government/submissions"' in response.text
    assert client.get("/government/submissions").status_code == 200


def test_a_wrong_code_keeps_the_key_on_the_page(sign_in: Callable[[str], FlaskClient], world: World) -> None:
    client = sign_in(world.owner.email)
    page = client.get(f"{SECURITY}/app").text
    data = {"csrf_token": token_in(page), "offer": offer_in(page), "code": "12", "name": "my phone"}

    again = client.post(f"{SECURITY}/app", data=data)

    assert again.status_code == 422
    assert secret_in(again.text) == secret_in(page)
    assert 'value="my phone"' in again.text
    assert "<title>Error:" in again.text


def test_a_page_of_somebody_else_or_made_up_adds_nothing(sign_in: Callable[[str], FlaskClient], world: World) -> None:
    client, rival = sign_in(world.owner.email), sign_in(world.rival.email)
    foreign = rival.get(f"{SECURITY}/app").text
    code = pyotp.TOTP(secret_in(foreign)).now()

    for offer in (offer_in(foreign), "made up", ""):
        response = post(client, f"{SECURITY}/app", {"offer": offer, "code": code})
        assert response.status_code == 302
    assert "You have no second factor yet" in client.get(SECURITY).text


def test_every_change_asks_for_a_fresh_proof(
    app: Flask, world: World, sign_in: Callable[[str], FlaskClient], engine: Engine
) -> None:
    client = sign_in(world.owner.email)
    add_app(client)
    factor = only_factor(engine)
    token = token_in(client.get(f"{SECURITY}/{factor}").text)
    make_stale(engine)

    for page in ("app", "passkey"):
        assert client.get(f"{SECURITY}/{page}").headers["Location"] == f"/account/prove?next={SECURITY}/{page}"
    for change in ("app", "passkey", "passkey/options", f"{factor}/name", f"{factor}/removal", "codes"):
        response = client.post(f"{SECURITY}/{change}", data={"csrf_token": token})
        assert (change, response.status_code) == (change, 401)
    assert only_factor(engine) == factor


def test_a_factor_is_renamed_and_removed(
    app: Flask, world: World, sign_in: Callable[[str], FlaskClient], engine: Engine
) -> None:
    client = sign_in(world.owner.email)
    add_app(client)
    page = f"{SECURITY}/{only_factor(engine)}"

    post(client, f"{page}/name", {"name": "  kitchen \u202e drawer "}, page=page)
    assert "kitchen drawer" in client.get(SECURITY).text

    before = client.get_cookie("portal")
    response = post(client, f"{page}/removal", page=page)
    after = client.get_cookie("portal")

    assert response.status_code == 302
    assert before
    assert after
    assert before.value != after.value
    assert "You have no second factor yet" in client.get(SECURITY).text
    assert len(mails(app, "factors")) == 2


def test_the_last_factor_stays_while_a_role_demands_one(
    world: World, sign_in: Callable[[str], FlaskClient], engine: Engine
) -> None:
    client = sign_in(world.signatory.email)
    add_app(client)
    page = f"{SECURITY}/{only_factor(engine)}"

    response = post(client, f"{page}/removal", page=page)

    assert response.status_code == 409
    assert "Add another one first" in response.text
    assert only_factor(engine)


def test_factors_of_other_people_are_not_found(
    world: World, sign_in: Callable[[str], FlaskClient], engine: Engine
) -> None:
    add_app(sign_in(world.owner.email))
    rival = sign_in(world.rival.email)
    factor = only_factor(engine)

    assert rival.get(f"{SECURITY}/{factor}").status_code == 404
    for change in ("name", "removal"):
        assert post(rival, f"{SECURITY}/{factor}/{change}", {"name": "x"}, page=SECURITY + "/app").status_code == 404


def test_new_codes_replace_the_old(app: Flask, world: World, sign_in: Callable[[str], FlaskClient]) -> None:
    client = sign_in(world.owner.email)
    _secret, first = add_app(client)

    second = post(client, f"{SECURITY}/codes", page=SECURITY)

    assert second.status_code == 200
    old, new = (set(re.findall(r">([0-9a-z]{4}(?:-[0-9a-z]{4}){5})<", page.text)) for page in (first, second))
    assert len(old) == len(new) == 10
    assert old.isdisjoint(new)
    assert mails(app, "factors")[-1]["subject"] == "New recovery codes were made"


def test_a_passkey_is_added_beside_an_app_and_cannot_be_replayed(
    app: Flask, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    client, device = sign_in(world.owner.email), Device()
    add_app(client)
    token = token_in(client.get(f"{SECURITY}/passkey").text)
    options = client.post(f"{SECURITY}/passkey/options", data={"csrf_token": token})
    answer = {"csrf_token": token, "passkey": device.create(options.text), "name": "blue key"}

    assert client.post(f"{SECURITY}/passkey", data=answer).status_code == 302
    assert client.post(f"{SECURITY}/passkey", data=answer).status_code == 422
    assert "blue key" in client.get(SECURITY).text


def test_a_sample_account_is_told_that_it_belongs_to_everybody(
    world: World, sign_in: Callable[[str], FlaskClient], engine: Engine
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(User).values(is_demonstration=True))
    client = sign_in(world.owner.email)

    assert "everybody shares" in client.get(SECURITY).text
    assert client.get(f"{SECURITY}/app").headers["Location"] == SECURITY
    assert client.get(f"{SECURITY}/passkey").headers["Location"] == SECURITY
