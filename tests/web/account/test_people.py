"""Registering a company, inviting people, and the members page, as people use them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from portal import db
from portal.models import AuditEvent, Invitation, LinkToken, Membership, Organisation, OutboxMail, Role, User
from tests import builders
from tests.builders import World, post

COMPANY = {
    "name": "Mae Klong Foods",
    "local_name": "แม่กลองฟู้ดส์",
    "country": "TH",
    "registration_number": "0105561234567",
    "person": "Malee S.",
}
STRONG = "river stones under old bridges"


def letters(app: Flask, engine: Engine) -> list[dict[str, str]]:
    """The mails that wait, opened as the worker opens them."""
    sealer = app.extensions["portal"].sealer
    with db.reading(engine) as session:
        rows = session.scalars(select(OutboxMail.sealed).order_by(OutboxMail.created_at)).all()
    return [json.loads(sealer.open(sealed)) for sealed in rows]


def link_in(letter: dict[str, str]) -> str:
    found = re.search(r"http://[^/]+(/account/\S+)", letter["body"])
    assert found
    return found[1]


def test_a_company_registers_itself(app: Flask, client: FlaskClient, engine: Engine) -> None:
    answer = post(client, "/account/register", {**COMPANY, "email": "Malee@Mae-Klong.example"})
    assert answer.status_code == 200
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Organisation)) == 0
    (letter,) = letters(app, engine)
    link = link_in(letter)

    weak = post(client, link, {"password": "password"})
    done = post(client, link, {"password": STRONG})

    assert weak.status_code == 422
    assert done.status_code == 302
    with db.reading(engine) as session:
        company = session.scalars(select(Organisation)).one()
        assert (company.name, company.local_name, company.verified_at) == ("Mae Klong Foods", "แม่กลองฟู้ดส์", None)
        assert session.scalars(select(Membership.role)).all() == [Role.OWNER]
        assert session.scalars(select(User.email)).all() == ["malee@mae-klong.example"]
    assert client.get("/company").status_code == 200
    assert app.test_client().get(link).status_code == 404


def test_a_known_address_gets_the_same_answer_and_another_letter(
    app: Flask, client: FlaskClient, engine: Engine, world: World
) -> None:
    unknown = post(client, "/account/register", {**COMPANY, "email": "new@mae-klong.example"})
    known = post(client, "/account/register", {**COMPANY, "email": world.rival.email})

    same = [re.sub(r"new@mae-klong.example|" + world.rival.email, "", page.text) for page in (unknown, known)]
    tokens = [re.sub(r'value="[^"]{40,}"', "", page) for page in same]
    assert unknown.status_code == known.status_code == 200
    assert tokens[0] == tokens[1]
    first, second = letters(app, engine)
    assert "/account/register/" in first["body"]
    assert "/account/companies/new" in second["body"]
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(LinkToken)) == 2


def test_nothing_typed_is_lost_when_something_is_wrong(client: FlaskClient) -> None:
    page = post(client, "/account/register", {**COMPANY, "email": "no address", "registration_number": ""})

    assert page.status_code == 422
    assert "Mae Klong Foods" in page.text
    assert "Enter an e-mail address" in page.text
    assert "Enter the registration number" in page.text


def test_nothing_but_the_fields_of_the_form_is_taken(app: Flask, client: FlaskClient, engine: Engine) -> None:
    more = {"verified_at": "2026-01-01", "kind": "government", "role": "administrator", "id": "1"}
    post(client, "/account/register", {**COMPANY, "email": "a@b.example", **more})
    post(client, link_in(letters(app, engine)[0]), {"password": STRONG, **more})

    with db.reading(engine) as session:
        company = session.scalars(select(Organisation)).one()
        assert (str(company.kind), company.verified_at) == ("company", None)
        assert session.scalars(select(Membership.role)).all() == [Role.OWNER]


def test_somebody_with_an_account_adds_a_company(world: World, engine: Engine, sign_in: Callable[..., Any]) -> None:
    client = sign_in(world.rival.email)

    assert post(client, "/account/companies/new", COMPANY).status_code == 302

    with db.reading(engine) as session:
        names = session.scalars(
            select(Organisation.name).join(Membership).where(Membership.user_id == world.rival.principal.actor)
        ).all()
    assert sorted(names) == ["Company B", "Mae Klong Foods"]


def test_an_invited_person_joins(
    app: Flask, engine: Engine, world: World, sign_in: Callable[..., Any], client: FlaskClient
) -> None:
    owner = sign_in(world.owner.email)
    assert post(owner, "/account/members", {"email": "new@person.example", "role": "signatory"}).status_code == 302
    link = link_in(letters(app, engine)[-1])

    assert "Company A" in client.get(link).text
    joined = post(client, link, {"name": "Neu", "password": STRONG})

    assert joined.status_code == 302
    with db.reading(engine) as session:
        user = session.scalars(select(User).where(User.email == "new@person.example")).one()
        assert session.scalars(select(Membership.role).where(Membership.user_id == user.id)).one() is Role.SIGNATORY
    assert app.test_client().get(link).status_code == 404


def test_an_invited_person_with_an_account_signs_in_first(
    app: Flask, engine: Engine, world: World, sign_in: Callable[..., Any], client: FlaskClient
) -> None:
    owner = sign_in(world.owner.email)
    post(owner, "/account/members", {"email": world.rival.email, "role": "editor"})
    link = link_in(letters(app, engine)[-1])

    assert "/account/sign-in" in client.get(link).text
    stranger = sign_in(world.reviewer.email)
    assert post(stranger, link).status_code == 409
    assert post(sign_in(world.rival.email), link).status_code == 302


def test_inviting_tells_nothing_about_accounts(app: Flask, world: World, sign_in: Callable[..., Any]) -> None:
    owner = sign_in(world.owner.email)
    pages = []
    for email in ("nobody@new.example", world.rival.email, world.editor.email):
        answer = post(owner, "/account/members", {"email": email, "role": "editor"})
        pages.append((answer.status_code, answer.headers["Location"]))

    assert len(set(pages)) == 1


def test_roles_are_changed_with_a_fresh_proof_and_the_person_is_told(
    app: Flask, engine: Engine, world: World, sign_in: Callable[..., Any]
) -> None:
    owner, editor = sign_in(world.owner.email), sign_in(world.editor.email)
    with db.reading(engine) as session:
        own = session.scalars(select(Membership.id).where(Membership.user_id == world.editor.principal.actor)).one()
        before = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    page = f"/account/members/{own}"

    changed = post(owner, f"{page}/role", {"role": "signatory", "seen": "editor"}, page=page)

    assert changed.status_code == 302
    assert editor.get("/company").status_code == 302, "the old sign-in is dead"
    assert letters(app, engine)[-1]["to"] == world.editor.email
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == before + 1
    stale = post(owner, f"{page}/role", {"role": "owner", "seen": "editor"}, page=page)
    assert stale.status_code == 409


def test_the_last_owner_is_told_what_to_do(engine: Engine, world: World, sign_in: Callable[..., Any]) -> None:
    owner = sign_in(world.owner.email)
    with db.reading(engine) as session:
        own = session.scalars(select(Membership.id).where(Membership.user_id == world.owner.principal.actor)).one()

    page = post(owner, f"/account/members/{own}/removal", {"seen": "owner"}, page=f"/account/members/{own}")

    assert page.status_code == 409
    assert "Hand it over to another member first" in page.text


def test_invitations_are_taken_back(engine: Engine, world: World, sign_in: Callable[..., Any]) -> None:
    owner = sign_in(world.owner.email)
    post(owner, "/account/members", {"email": "new@person.example", "role": "editor"})
    with db.reading(engine) as session:
        waiting = session.scalars(select(Invitation.id)).one()

    path = f"/account/members/invitations/{waiting}/withdrawal"
    assert post(owner, path, page="/account/members").status_code == 302
    assert post(owner, path, page="/account/members").status_code == 404
    assert builders.token_in(owner.get("/account/members").text)


def test_a_company_sends_no_flood_of_invitations(
    app: Flask, engine: Engine, world: World, sign_in: Callable[..., Any]
) -> None:
    owner = sign_in(world.owner.email)
    answers = [post(owner, "/account/members", {"email": "new@person.example", "role": "editor"}) for _ in range(6)]
    with db.reading(engine) as session:
        waiting = session.scalars(select(Invitation.id).where(Invitation.withdrawn_at.is_(None))).one()
        before = session.scalar(select(func.count()).select_from(Invitation))

    again = post(owner, f"/account/members/invitations/{waiting}/again", page="/account/members")

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Too many invitations" in answers[-1].text
    assert again.status_code == 302
    assert len(letters(app, engine)) == 5
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Invitation)) == before
        assert session.scalars(select(Invitation.id).where(Invitation.withdrawn_at.is_(None))).one() == waiting


def test_nobody_fills_the_register_of_a_government(engine: Engine, world: World, sign_in: Callable[..., Any]) -> None:
    client = sign_in(world.rival.email)

    codes = [post(client, "/account/companies/new", COMPANY).status_code for _ in range(11)]

    assert codes == [302] * 10 + [429]
    with db.reading(engine) as session:
        made = select(func.count()).select_from(Organisation).where(Organisation.name == COMPANY["name"])
        assert session.scalar(made) == 10
