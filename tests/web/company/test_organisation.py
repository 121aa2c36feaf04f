"""The organisation's own page: facts, parent company, and companies that name it as theirs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Organisation
from tests.builders import World, token_in
from tests.conftest import NOON

OWN = "/company/organisation"
FACTS = {"name": "Company A", "local_name": "", "country": "Thailand", "registration_number": "TH-1"}


@pytest.fixture
def rival(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.rival.email)


@pytest.fixture
def parent(engine: Engine, world: World) -> UUID:
    """Company B, verified under a number."""
    company = world.rival.principal.organisation
    change(engine, company, registration_number="ID 77", verified_at=NOON)
    return company


def change(engine: Engine, company: UUID, **values: Any) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(Organisation).where(Organisation.id == company).values(**values))


def row(engine: Engine, company: UUID) -> Organisation:
    with db.reading(engine) as session:
        return session.get_one(Organisation, company)


def send(client: FlaskClient, path: str, page: str = "", **fields: str) -> Any:
    page = page or client.get(OWN).text
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    return client.post(path, data={"csrf_token": token_in(page), "seen": seen[1]} | fields)


def name_parent(client: FlaskClient, number: str = "id-77", country: str = "Indonesia") -> Any:
    return send(client, f"{OWN}/parent", parent_country=country, parent_number=number)


def test_the_owner_changes_the_facts_and_others_only_read_them(
    engine: Engine, world: World, owner: FlaskClient, editor: FlaskClient
) -> None:
    assert send(owner, OWN, **FACTS | {"name": "Company \u202eA\u200b  Limited"}).status_code == 302

    stored = row(engine, world.owner.principal.organisation)
    assert (stored.name, stored.country, stored.registration_number) == ("Company A Limited", "TH", "TH-1")
    page = editor.get(OWN).text
    assert "TH-1" in page
    assert f'action="{OWN}"' in page
    assert "disabled" in page
    assert send(editor, OWN, page, **FACTS).status_code == 403


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", " "), ("country", "Atlantis"), ("country", ""), ("registration_number", ""), ("name", "x" * 201)],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_lost(
    engine: Engine, world: World, owner: FlaskClient, field: str, text: str
) -> None:
    response = send(owner, OWN, **FACTS | {"local_name": "kept", field: text})

    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert 'value="kept"' in response.text
    assert row(engine, world.owner.principal.organisation).registration_number == ""


def test_of_two_who_change_the_facts_the_second_is_told(engine: Engine, world: World, owner: FlaskClient) -> None:
    page = owner.get(OWN).text
    send(owner, OWN, page, **FACTS)

    response = send(owner, OWN, page, **FACTS | {"name": "Mine"})

    assert response.status_code == 409
    assert 'value="Mine"' in response.text
    assert row(engine, world.owner.principal.organisation).name == "Company A"


def test_a_parent_counts_once_its_owner_confirms(
    engine: Engine, world: World, parent: UUID, owner: FlaskClient, rival: FlaskClient
) -> None:
    child = world.owner.principal.organisation

    assert name_parent(owner).status_code == 302
    assert row(engine, child).parent_id is None
    assert "not confirmed by that company" in owner.get(OWN).text
    page = rival.get(OWN).text
    assert "Company A" in page
    assert send(rival, f"{OWN}/children/{child}/confirm", page).status_code == 302

    assert row(engine, child).parent_id == parent
    assert "Company B" in owner.get(OWN).text
    assert send(rival, f"{OWN}/children/{child}/refuse").status_code == 302
    assert row(engine, child).parent_id is None
    assert send(rival, f"{OWN}/children/{child}/confirm").status_code == 404


def test_a_company_that_names_no_parent_is_as_unknown_to_it_as_none(
    world: World, parent: UUID, rival: FlaskClient
) -> None:
    for company in (world.owner.principal.organisation, UUID(int=1)):
        for step in ("confirm", "refuse"):
            assert send(rival, f"{OWN}/children/{company}/{step}").status_code == 404


def test_naming_a_company_that_is_not_here_looks_like_naming_one_that_is(
    world: World, parent: UUID, owner: FlaskClient
) -> None:
    pages = []
    for number in ("ID77", "ID99"):
        response = name_parent(owner, number)
        pages.append((response.status_code, response.headers["Location"], owner.get(OWN).text))

    def without(page: str) -> str:
        page = re.sub(r'(name="csrf_token" value|name="seen" value|data-left|data-token)="[^"]+"', "", page)
        return re.sub("id(77|99)", "", page)

    assert pages[0][:2] == pages[1][:2]
    assert without(pages[0][2]) == without(pages[1][2])


def test_an_unverified_company_hears_of_nobody_who_names_its_number(
    engine: Engine, world: World, parent: UUID, owner: FlaskClient, rival: FlaskClient
) -> None:
    name_parent(owner)
    change(engine, parent, verified_at=None)

    assert "Company A" not in rival.get(OWN).text
    child = world.owner.principal.organisation
    assert send(rival, f"{OWN}/children/{child}/confirm").status_code == 404


def test_no_company_stands_above_itself(
    engine: Engine, world: World, parent: UUID, owner: FlaskClient, rival: FlaskClient
) -> None:
    child = world.owner.principal.organisation
    name_parent(owner)
    change(engine, parent, parent_id=child)

    response = send(rival, f"{OWN}/children/{child}/confirm")

    assert response.status_code == 422
    assert row(engine, child).parent_id is None
