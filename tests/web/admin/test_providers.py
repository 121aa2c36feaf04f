"""An identity provider takes two administrators: one alone could vouch for themselves as a member of any company."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from portal import db
from portal.models import AuditEvent, IdentityProvider, OutboxMail
from portal.settings import Settings, sealer_of
from tests.builders import World, post

SECRET = "canary-of-the-client-secret"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def place(world: World) -> str:
    return f"/admin/organisations/{world.owner.principal.organisation}/provider"


def save(client: FlaskClient, place: str, **fields: str) -> Any:
    form = {"issuer": "https://login.company-a.example", "client_id": "portal", "client_password": SECRET}
    return post(client, place, form | fields)


def request_on(page: str) -> str:
    found = re.search(r"/provider/([0-9a-f-]{36})/approval", page)
    return found[1] if found else ""


def in_use(engine: Engine) -> bool:
    with db.reading(engine) as session:
        return session.scalars(select(IdentityProvider)).one().disabled_at is None


def test_a_provider_vouches_for_nobody_before_a_second_administrator_approves_it(
    engine: Engine, settings: Settings, world: World, place: str, administrator: FlaskClient, deputy: FlaskClient
) -> None:
    assert save(administrator, place).status_code == 302
    assert not in_use(engine)
    assert request_on(administrator.get(place).text) == ""
    page = deputy.get(place).text
    assert "https://login.company-a.example" in page
    assert SECRET not in page
    approval = f"{place}/{request_on(page)}/approval"
    assert post(administrator, approval, page=place).status_code == 422
    assert not in_use(engine)

    assert post(deputy, approval, page=place).status_code == 302

    assert in_use(engine)
    assert post(deputy, approval, page=place).status_code == 404
    with db.reading(engine) as session:
        letters = [
            json.loads(sealer_of(settings).open(sealed)) for sealed in session.scalars(select(OutboxMail.sealed))
        ]
    assert [letter["to"] for letter in letters] == [world.owner.email] * 2
    assert all(SECRET not in letter["body"] for letter in letters)


def test_what_is_approved_is_what_the_page_showed(
    engine: Engine, place: str, administrator: FlaskClient, deputy: FlaskClient
) -> None:
    save(administrator, place)
    shown = request_on(deputy.get(place).text)
    save(administrator, place, issuer="https://login.elsewhere.example")

    assert post(deputy, f"{place}/{shown}/approval", page=place).status_code == 404

    assert not in_use(engine)


def test_another_provider_takes_two_people_again_and_switching_off_takes_one(
    engine: Engine, place: str, administrator: FlaskClient, deputy: FlaskClient
) -> None:
    save(administrator, place)
    post(deputy, f"{place}/{request_on(deputy.get(place).text)}/approval", page=place)
    assert in_use(engine)

    save(administrator, place, client_password="")
    assert not in_use(engine)
    post(deputy, f"{place}/{request_on(deputy.get(place).text)}/approval", page=place)
    assert in_use(engine)
    assert post(administrator, f"{place}/off", page=place).status_code == 302
    assert not in_use(engine)
    assert post(administrator, f"{place}/off", page=place).status_code == 404


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("issuer", "http://login.company-a.example"),
        ("issuer", "javascript:alert(1)"),
        ("issuer", ""),
        ("client_id", ""),
        ("client_password", ""),
    ],
)
def test_what_is_missing_or_unsafe_is_named(
    engine: Engine, place: str, administrator: FlaskClient, field: str, text: str
) -> None:
    response = save(administrator, place, **{field: text})

    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert SECRET not in response.text
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(IdentityProvider)) == 0


def test_each_step_leaves_one_event_and_unknown_organisations_are_no_page(
    engine: Engine, place: str, administrator: FlaskClient, deputy: FlaskClient
) -> None:
    def events() -> int:
        with db.reading(engine) as session:
            return session.scalar(select(func.count()).select_from(AuditEvent)) or 0

    before = events()
    save(administrator, place)
    assert events() == before + 1
    page = deputy.get(place).text
    post(deputy, f"{place}/{request_on(page)}/approval", page=place)
    assert events() == before + 2
    post(deputy, f"{place}/off", page=place)
    assert events() == before + 3
    assert administrator.get(f"/admin/organisations/{UNKNOWN}/provider").status_code == 404
