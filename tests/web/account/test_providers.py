"""Signing in through an organisation's identity provider, against a real one that is honest or hostile."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.clock import clock
from portal.models import FederatedIdentity, Login, Membership, Role, User
from portal.services import invitations, providers
from tests.builders import World, post, token_in
from tests.conftest import NOON
from tests.web.account.identity_provider import IdentityProvider, identity_provider

HOUR = timedelta(hours=1)


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    with identity_provider() as running:
        yield running


@pytest.fixture
def provider_id(app: Flask, engine: Engine, world: World, idp: IdentityProvider) -> UUID:
    """The provider of government X."""
    sealer = app.extensions["portal"].sealer
    with db.writing(engine) as session, session.begin():
        return providers.set_provider(
            session,
            sealer,
            world.reviewer.principal,
            world.reviewer.principal.organisation,
            issuer=idp.issuer,
            client_id=idp.client_id,
            secret=idp.secret,
            at=NOON,
        )


def sent_off(client: FlaskClient, provider_id: UUID) -> str:
    """Press the button and return the address of the provider."""
    page = post(client, f"/account/provider/{provider_id}")
    assert page.status_code == 200, page.text
    found = re.search(r'id="onward"[^>]* href="([^"]+)"', page.text)
    assert found
    return unescape(found[1])


def come_back(client: FlaskClient, code: str, state: str) -> Any:
    page = client.get("/account/provider/return", query_string={"code": code, "state": state})
    token = token_in(page.text)
    return client.post("/account/provider/return", data={"csrf_token": token, "code": code, "state": state})


def sign_in(client: FlaskClient, provider_id: UUID, idp: IdentityProvider) -> Any:
    return come_back(client, *idp.authorise(sent_off(client, provider_id)))


def from_now(claims: dict[str, Any]) -> dict[str, Any]:
    """Put moments, in seconds as providers write them, in the place of the spans until them."""
    now = int(time.time())
    return {
        name: now + int(value.total_seconds()) if isinstance(value, timedelta) else value
        for name, value in claims.items()
    }


def person(world: World, **more: object) -> dict[str, Any]:
    return {"sub": "42", "email": world.reviewer.email, "email_verified": True, "amr": ["mfa"], **more}


def test_a_member_signs_in_and_works_for_that_organisation(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World, engine: Engine
) -> None:
    idp.claims = person(world)

    assert sign_in(client, provider_id, idp).status_code == 302

    assert client.get("/government/submissions").status_code == 200
    with db.reading(engine) as session:
        login = session.scalars(select(Login)).one()
        assert (login.method, login.provider_id, login.mfa_at is not None) == ("provider", provider_id, True)
        assert session.scalars(select(FederatedIdentity.subject)).all() == ["42"]


def test_once_linked_the_subject_counts_and_no_address(
    client: FlaskClient, app: Flask, provider_id: UUID, idp: IdentityProvider, world: World
) -> None:
    idp.claims = person(world)
    sign_in(client, provider_id, idp)
    again = app.test_client()
    idp.claims = person(world, email="renamed@elsewhere.example", email_verified=False)

    assert sign_in(again, provider_id, idp).status_code == 302
    assert again.get("/government/submissions").status_code == 200


def test_without_a_second_factor_there_the_portal_asks_for_its_own(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World
) -> None:
    idp.claims = person(world, amr=["pwd"])

    sign_in(client, provider_id, idp)

    assert "/account/security" in client.get("/government/submissions").headers["Location"]


@pytest.mark.parametrize("auth_time", [None, -HOUR], ids=["never told", "an hour ago"])
def test_a_proof_the_provider_remembered_serves_for_nothing_that_binds(
    client: FlaskClient,
    provider_id: UUID,
    idp: IdentityProvider,
    world: World,
    engine: Engine,
    auth_time: timedelta | None,
) -> None:
    idp.claims, idp.lies = person(world), from_now({"auth_time": auth_time})

    sign_in(client, provider_id, idp)

    assert client.get("/government/submissions").status_code == 200
    with db.reading(engine) as session:
        assert session.scalars(select(Login.proved_at)).all() == [None]


def test_an_invited_person_joins_by_signing_in(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World, engine: Engine
) -> None:
    house = world.reviewer.principal
    with db.writing(engine) as session, session.begin():
        at = clock.now()
        invitations.invite_to(session, house.organisation, "X", "new@x.example", Role.REVIEWER, by=house.actor, at=at)
    idp.claims = {"sub": "7", "email": "new@x.example", "email_verified": True, "name": "New Official"}

    assert sign_in(client, provider_id, idp).status_code == 302

    with db.reading(engine) as session:
        user = session.scalars(select(User).where(User.email == "new@x.example")).one()
        assert user.name == "New Official"
        assert session.scalars(select(Membership.role).where(Membership.user_id == user.id)).all() == [Role.REVIEWER]


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "stranger@elsewhere.example"},
        {"email": ""},
    ],
)
def test_an_address_that_is_not_verified_or_not_a_member_s_lets_nobody_in(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World, claims: dict[str, Any], engine: Engine
) -> None:
    idp.claims = person(world, **claims)

    assert sign_in(client, provider_id, idp).status_code == 403

    with db.reading(engine) as session:
        assert session.scalars(select(Login)).all() == []
        assert session.scalars(select(FederatedIdentity)).all() == []


def test_a_provider_vouches_for_nobody_of_another_organisation(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World
) -> None:
    for other in (world.owner, world.other_reviewer):
        idp.claims = person(world, sub=other.email, email=other.email)
        assert sign_in(client, provider_id, idp).status_code == 403


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another client"},
        {"aud": ["portal", "another client"]},
        {"nonce": "another one"},
        {"exp": -HOUR},
        {"exp": None},
        {"iat": HOUR},
        {"nbf": HOUR},
        {"sub": ""},
        {"sub": None},
    ],
    ids=lambda lies: "-".join(f"{name}:{value}" for name, value in lies.items())[:30],
)
def test_a_statement_that_is_wrong_in_any_part_is_refused(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World, lies: dict[str, Any], engine: Engine
) -> None:
    idp.claims, idp.lies = person(world), from_now(lies)

    assert sign_in(client, provider_id, idp).status_code == 400

    with db.reading(engine) as session:
        assert session.scalars(select(Login)).all() == []


@pytest.mark.parametrize("signs_with", ["none", "secret", "other"])
def test_a_statement_signed_otherwise_is_refused(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World, signs_with: str
) -> None:
    idp.claims, idp.signs_with = person(world), signs_with

    assert sign_in(client, provider_id, idp).status_code == 400


def test_an_answer_works_once_and_only_in_the_browser_that_asked(
    client: FlaskClient, app: Flask, provider_id: UUID, idp: IdentityProvider, world: World
) -> None:
    idp.claims = person(world)
    code, state = idp.authorise(sent_off(client, provider_id))
    assert come_back(app.test_client(), code, state).status_code == 400, "another browser"
    assert come_back(client, "another code", state).status_code == 400
    assert come_back(client, code, state).status_code == 400, "the state is used up"


def test_coming_back_by_a_link_changes_nothing(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World, engine: Engine
) -> None:
    idp.claims = person(world)
    code, state = idp.authorise(sent_off(client, provider_id))

    assert client.get("/account/provider/return", query_string={"code": code, "state": state}).status_code == 200

    with db.reading(engine) as session:
        assert session.scalars(select(Login)).all() == []


def test_coming_back_without_an_answer_begins_anew(client: FlaskClient) -> None:
    page = client.get("/account/provider/return?error=access_denied", follow_redirects=True)

    assert page.request.path == "/account/provider"
    assert "has not signed you in" in page.text


def test_a_provider_that_calls_itself_otherwise_is_not_asked(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider
) -> None:
    idp.says_issuer = "https://elsewhere.example"

    assert post(client, f"/account/provider/{provider_id}").status_code == 502


def test_switched_off_it_ends_its_sign_ins_and_opens_none(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World, engine: Engine
) -> None:
    idp.claims = person(world)
    sign_in(client, provider_id, idp)
    with db.writing(engine) as session, session.begin():
        principal = world.reviewer.principal
        providers.disable_provider(session, principal, principal.organisation, at=NOON)

    assert client.get("/government/submissions").status_code == 302
    assert client.get(f"/account/provider/{provider_id}").status_code == 404


def test_only_encrypted_lines_are_used_in_production(app: Flask, client: FlaskClient, provider_id: UUID) -> None:
    app.extensions["portal"].settings.mode = "production"

    assert post(client, f"/account/provider/{provider_id}").status_code == 502


def test_a_code_nobody_has_is_told_alike(client: FlaskClient, provider_id: UUID) -> None:
    for code in ("x", "00000000-0000-4000-8000-000000000000"):
        page = post(client, "/account/provider", {"code": code})
        assert page.status_code == 422
        assert "No organisation has this code" in page.text
    assert post(client, "/account/provider", {"code": str(provider_id)}).status_code == 302


@pytest.mark.parametrize("iss", ["https://elsewhere.example", "https://elsewhere.example/"])
def test_the_code_of_another_provider_is_not_shown_to_this_one(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World, iss: str
) -> None:
    idp.claims = person(world)
    code, state = idp.authorise(sent_off(client, provider_id))
    page = client.get("/account/provider/return", query_string={"code": code, "state": state, "iss": iss})
    fields = {"csrf_token": token_in(page.text), "code": code, "state": state, "iss": iss}

    assert iss in page.text
    assert client.post("/account/provider/return", data=fields).status_code == 400
    assert code in idp.codes


def test_a_provider_that_says_who_it_is_is_believed(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World
) -> None:
    idp.claims = person(world)
    code, state = idp.authorise(sent_off(client, provider_id))
    page = client.get("/account/provider/return", query_string={"code": code, "state": state, "iss": idp.issuer})
    fields = {"csrf_token": token_in(page.text), "code": code, "state": state, "iss": idp.issuer}

    assert client.post("/account/provider/return", data=fields).status_code == 302


@pytest.mark.parametrize("path", ["/account/erasure", "/account/password", "/account/companies/new"])
def test_a_provider_opens_nothing_beyond_its_own_organisation(
    client: FlaskClient, provider_id: UUID, idp: IdentityProvider, world: World, path: str
) -> None:
    idp.claims = person(world)
    sign_in(client, provider_id, idp)

    assert client.get(path).status_code == 403
