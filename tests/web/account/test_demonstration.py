"""Into every sample account with one click, in a demonstration and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.application import create_app
from portal.domain.questionnaire import Catalogue
from portal.models import Login, Membership, User
from portal.settings import Mode, Settings
from tests import builders
from tests.builders import World, token_in

PAGE = "/account/demonstration"


@pytest.fixture
def samples(world: World, engine: Engine) -> dict[str, str]:
    """Everybody but the rival is a sample; membership by address."""
    with db.writing(engine) as session, session.begin():
        session.execute(update(User).where(User.email != world.rival.email).values(is_demonstration=True))
        rows = session.execute(select(User.email, Membership.id).join(Membership, Membership.user_id == User.id))
        return {email: str(membership) for email, membership in rows}


def enter(client: FlaskClient, membership: str) -> int:
    return client.post(PAGE, data={"csrf_token": token_in(client.get(PAGE).text), "membership": membership}).status_code


def test_every_sample_account_has_a_button_and_nobody_real(
    client: FlaskClient, world: World, samples: dict[str, str]
) -> None:
    page = client.get(PAGE).text

    assert {email for email, membership in samples.items() if membership in page} == samples.keys() - {
        world.rival.email
    }
    assert "Government X" in page
    assert "Signatory" in page


def test_one_click_opens_the_account_with_both_factors(
    client: FlaskClient, world: World, samples: dict[str, str], engine: Engine
) -> None:
    assert enter(client, samples[world.reviewer.email]) == 302

    assert client.get("/government/submissions").status_code == 200
    with db.reading(engine) as session:
        login = session.scalars(select(Login)).one()
    assert (login.method, login.mfa_at is not None) == ("demonstration", True)


def test_nobody_real_is_entered(client: FlaskClient, world: World, samples: dict[str, str]) -> None:
    tried = [samples[world.rival.email], str(uuid4()), "", "no id"]

    assert [enter(client, membership) for membership in tried] == [404] * 4


def test_a_disabled_sample_is_not_entered(
    client: FlaskClient, world: World, samples: dict[str, str], engine: Engine
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(User).values(disabled_at=datetime.now(UTC)))

    assert samples[world.owner.email] not in client.get(PAGE).text


def test_the_page_is_linked_from_the_banner_and_the_sign_in_page(client: FlaskClient, world: World) -> None:
    assert client.get("/").text.count(f'href="{PAGE}"') == 1
    assert client.get("/account/sign-in").text.count(f'href="{PAGE}"') == 2


def test_a_sample_account_keeps_its_password(client: FlaskClient, world: World, samples: dict[str, str]) -> None:
    enter(client, samples[world.owner.email])
    page = client.get("/account/password").text

    form = {"csrf_token": token_in(page), "current": builders.PASSWORD, "new": "another long password"}
    assert 'name="new"' not in page
    assert client.post("/account/password", data=form).status_code == 403


def test_in_production_there_is_no_such_page_and_no_link_to_it(
    settings: Settings, catalogue: Catalogue, samples: dict[str, str], world: World
) -> None:
    app = create_app(settings.model_copy(update={"mode": Mode.PRODUCTION}), catalogue)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, data={"membership": samples[world.owner.email]}).status_code == 404
    assert PAGE not in client.get("/account/sign-in").text
    app.extensions["portal"].engine.dispose()
