"""One's own sign-ins: seen and ended by the person alone, renewed with each proof, dead at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.authz import Principal
from portal.models import IdentityProvider, KnownDevice, Login, Membership, Role
from portal.services import logins, throttles
from portal.services.logins import Proof
from tests import builders
from tests.builders import PASSWORD, TWO_FACTORS, World, token_in

PAGE = "/account/sign-ins"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0"


def handles(engine: Engine, person: UUID) -> list[UUID]:
    with db.reading(engine) as session:
        own = select(Login.handle).where(Login.user_id == person, Login.ended_at.is_(None))
        return list(session.scalars(own.order_by(Login.created_at)))


def end(client: FlaskClient, handle: object) -> int:
    token = token_in(client.get(PAGE).text)
    return client.post(f"{PAGE}/{handle}/end", data={"csrf_token": token}).status_code


def login_of(client: FlaskClient, engine: Engine) -> Principal:
    cookie = client.get_cookie("portal")
    assert cookie
    limits = client.application.extensions["portal"].limits
    with db.reading(engine) as session:
        return logins.principal_of(session, cookie.value, limits, at=datetime.now(UTC))[0]


def test_a_person_sees_their_sign_ins_with_the_browser_and_this_one_marked(
    app: Flask, client: FlaskClient, world: World
) -> None:
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    builders.sign_in_with_password(client, world.editor.email)
    builders.sign_in(app.test_client(), world.editor.email, Proof(method="passkey", two_factors=True, device="Safari"))
    builders.sign_in(app.test_client(), world.rival.email, Proof(device="Chrome, a foreign one"))

    page = client.get(PAGE).text

    assert "Firefox, Windows" in page
    assert "Safari" in page
    assert "Chrome, a foreign one" not in page
    assert page.count("(this one)") == 1
    assert page.index("(this one)") < page.index("Safari")


def test_ending_one_leaves_the_others_and_ending_this_one_signs_out(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    builders.sign_in(client, world.owner.email)
    other = builders.sign_in(app.test_client(), world.owner.email)
    mine, theirs = handles(engine, world.owner.principal.actor)

    assert end(client, theirs) == 302
    assert other.get("/company").status_code == 302
    assert client.get("/company").status_code == 200

    assert end(client, mine) == 302
    assert client.get("/company").status_code == 302


def test_a_foreign_an_ended_and_an_unknown_handle_get_the_same_answer(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    builders.sign_in(client, world.owner.email)
    rival = builders.sign_in(app.test_client(), world.rival.email)
    foreign = handles(engine, world.rival.principal.actor)[0]
    builders.sign_in(app.test_client(), world.owner.email)
    ended = handles(engine, world.owner.principal.actor)[1]
    assert end(client, ended) == 302

    assert [end(client, handle) for handle in (foreign, ended, uuid4())] == [404, 404, 404]
    assert rival.get("/company").status_code == 200


def test_ending_all_others_leaves_this_one_and_other_people(app: Flask, client: FlaskClient, world: World) -> None:
    builders.sign_in(client, world.owner.email)
    others = [builders.sign_in(app.test_client(), world.owner.email) for _ in range(3)]
    editor = builders.sign_in(app.test_client(), world.editor.email)

    builders.post(client, f"{PAGE}/end-others", page=PAGE)

    assert [one.get("/company").status_code for one in others] == [302] * 3
    assert client.get("/company").status_code == editor.get("/company").status_code == 200


def test_sign_ins_that_have_run_out_are_not_listed(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    builders.sign_in(
        app.test_client(), world.owner.email, Proof(method="passkey", two_factors=True, device="Forgotten")
    )
    with db.writing(engine) as session, session.begin():
        session.execute(update(Login).values(seen_at=datetime.now(UTC) - timedelta(minutes=61)))
    builders.sign_in(client, world.owner.email)

    assert "Forgotten" not in client.get(PAGE).text


def test_a_renewed_sign_in_has_a_new_token_and_the_old_one_is_dead(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    builders.sign_in(client, world.owner.email, Proof())
    old = login_of(client, engine)
    at = datetime.now(UTC) + timedelta(seconds=1)

    with db.writing(engine) as session, session.begin():
        token = logins.renew_login(session, old, at=at, two_factors=True)

    assert client.get("/company").status_code == 302
    client.set_cookie("portal", token)
    renewed = login_of(client, engine)
    assert (renewed.mfa_at, renewed.proved_at) == (at, at)
    assert renewed.ends_at == old.ends_at, "a proof does not lengthen the whole time"
    with db.writing(engine) as session, session.begin(), pytest.raises(LookupError):
        logins.renew_login(session, old, at=at)


def test_a_proof_without_a_second_factor_does_not_count_as_one(
    client: FlaskClient, world: World, engine: Engine
) -> None:
    builders.sign_in(client, world.owner.email, Proof())
    with db.writing(engine) as session, session.begin():
        token = logins.renew_login(session, login_of(client, engine), at=datetime.now(UTC))
    client.set_cookie("portal", token)

    assert login_of(client, engine).mfa_at is None


@pytest.mark.parametrize("others", [False, True], ids=["all", "all but this one"])
def test_sign_ins_end_for_one_membership_or_for_all(app: Flask, world: World, engine: Engine, others: bool) -> None:
    first, second = (builders.sign_in(app.test_client(), world.owner.email) for _ in range(2))
    editor = builders.sign_in(app.test_client(), world.editor.email)
    this = login_of(first, engine)
    assert this.user_id

    with db.writing(engine) as session, session.begin():
        ended = logins.end_logins(
            session,
            user_id=this.user_id,
            membership_id=this.membership_id,
            except_login=this.login_id if others else None,
            at=datetime.now(UTC),
        )
        other = logins.end_logins(session, user_id=this.user_id, membership_id=uuid4(), at=datetime.now(UTC))

    assert (ended, other) == (1 if others else 2, 0)
    assert first.get("/company").status_code == (200 if others else 302)
    assert second.get("/company").status_code == 302
    assert editor.get("/company").status_code == 200


def test_staying_counts_as_use_but_does_not_lengthen_the_whole_time(
    client: FlaskClient, world: World, engine: Engine
) -> None:
    builders.sign_in(client, world.owner.email)
    token = token_in(client.get(PAGE).text)
    now = datetime.now(UTC)
    with db.writing(engine) as session, session.begin():
        session.execute(update(Login).values(seen_at=now - timedelta(minutes=58), created_at=now - timedelta(hours=11)))

    answer = client.post("/account/stay", data={"csrf_token": token})

    assert answer.json["idle"] == 3600
    assert 3500 < answer.json["left"] <= 3600
    with db.reading(engine) as session:
        assert session.scalars(select(Login.seen_at)).one() >= now
    with db.writing(engine) as session, session.begin():
        session.execute(update(Login).values(created_at=now - timedelta(hours=12, seconds=1)))
    assert client.post("/account/stay", data={"csrf_token": token}).status_code == 401


def test_the_page_knows_when_the_sign_in_ends_and_says_it_in_words(client: FlaskClient, world: World) -> None:
    assert "data-session" not in client.get("/").text
    builders.sign_in(client, world.reviewer.email)

    page = client.get("/government/submissions").text

    assert 'data-idle="1800"' in page
    assert 'data-left="43' in page
    assert "Saved answers are safe" in page


def test_a_provider_opens_its_own_organisation_only(client: FlaskClient, world: World, engine: Engine) -> None:
    person = world.reviewer.principal
    with db.writing(engine) as session, session.begin():
        provider = IdentityProvider(
            organisation_id=person.organisation, issuer="https://id.example", client_id="p", sealed_secret="",
            created_at=datetime.now(UTC),
        )  # fmt: skip
        other = Membership(
            user_id=person.actor,
            organisation_id=world.other_reviewer.principal.organisation,
            role=Role.REVIEWER,
            created_at=datetime.now(UTC),
        )
        session.add_all([provider, other])
        session.flush()
        foreign, vouched = str(other.id), provider.id
    builders.sign_in(client, world.reviewer.email, Proof(method="provider", two_factors=True, provider_id=vouched))

    page = client.get("/account/organisation").text
    answer = client.post("/account/organisation", data={"csrf_token": token_in(page), "membership": foreign})

    assert client.get("/government/submissions").status_code == 200, "its own organisation is chosen at once"
    assert "Government Y" not in page
    assert answer.status_code == 422


def test_signing_in_again_ends_the_sign_in_of_this_browser(client: FlaskClient, world: World, engine: Engine) -> None:
    token = token_in(client.get("/account/sign-in").text)
    builders.sign_in(client, world.owner.email, TWO_FACTORS)
    client.post("/account/sign-in", data={"csrf_token": token, "email": world.owner.email, "password": PASSWORD})

    assert len(handles(engine, world.owner.principal.actor)) == 1


def test_two_people_share_one_browser_and_both_are_known_in_it(
    client: FlaskClient, world: World, engine: Engine
) -> None:
    for person in (world.owner, world.editor):
        builders.sign_in_with_password(client, person.email)
        builders.post(client, "/account/sign-out", page=PAGE)

    device = client.get_cookie("device")
    assert device
    assert device.http_only
    with db.reading(engine) as session:
        known = session.scalars(select(KnownDevice.user_id)).all()
        assert {world.owner.principal.actor, world.editor.principal.actor} == set(known)
        assert device.value not in session.scalars(select(KnownDevice.id)).all()


def test_a_stranger_shuts_nobody_out_of_a_browser_they_have_used(
    app: Flask, client: FlaskClient, world: World, engine: Engine
) -> None:
    builders.sign_in_with_password(client, world.owner.email)
    builders.post(client, "/account/sign-out", page=PAGE)
    with db.writing(engine) as session, session.begin():
        for _ in range(100):
            keys = throttles.account_keys(world.owner.email, "127.0.0.0/24")
            throttles.count_failure(session, keys, at=datetime.now(UTC))

    stranger = app.test_client()
    form = {"csrf_token": token_in(stranger.get("/account/sign-in").text), "email": world.owner.email}
    answer = stranger.post("/account/sign-in", data={**form, "password": PASSWORD})

    assert answer.status_code == 429
    assert "a browser you have used before" in answer.text
    builders.sign_in_with_password(client, world.owner.email)
