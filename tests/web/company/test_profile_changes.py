"""Before a change of the profile is saved, a person sees which questions appear and which disappear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import AnswerRow
from portal.services.profiles import profile_of
from portal.web.company.profile_forms import shown_profile
from tests import builders
from tests.builders import PROFILE, World

PATH = "/company/profile"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def owner(engine: Engine, world: World, catalogue: Catalogue, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """Of a company that has answered everything."""
    with db.writing(engine) as session, session.begin():
        builders.make_assessment(session, world.owner, catalogue, at=NOW)
    return sign_in(world.owner.email)


def form(catalogue: Catalogue, **changed: str) -> dict[str, object]:
    shown = shown_profile(catalogue.profiles["profile@2026.1"], PROFILE)
    return {name: shown.getlist(name) for name in shown} | {"version": "1"} | changed


def stored(engine: Engine, world: World) -> object:
    with db.reading(engine) as session:
        return profile_of(session, world.owner.principal).values.get("PRO-11")


def test_a_change_is_shown_first_and_saved_once_confirmed(
    owner: FlaskClient, engine: Engine, world: World, catalogue: Catalogue
) -> None:
    typed = form(catalogue, **{"PRO-11": "0"})
    shown = builders.post(owner, PATH, typed).text

    assert "questions disappear" in shown or "question disappears" in shown
    assert "HRS-DO-03" in shown
    assert stored(engine, world) == 12
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    answer = builders.post(owner, PATH, typed | {"seen": seen})

    assert answer.status_code == 302
    assert stored(engine, world) == 0
    with db.reading(engine) as session:
        assert len(session.scalars(select(AnswerRow.question_id)).all()) == 20


def test_what_was_typed_comes_back_to_be_changed(
    owner: FlaskClient, engine: Engine, world: World, catalogue: Catalogue
) -> None:
    page = builders.post(owner, PATH, form(catalogue, **{"PRO-11": "0", "PRO-01": "ทะเลใหม่"}) | {"change": "yes"}).text

    assert "ทะเลใหม่" in page
    assert stored(engine, world) == 12


def test_what_changes_no_question_is_saved_at_once(
    owner: FlaskClient, engine: Engine, world: World, catalogue: Catalogue
) -> None:
    assert builders.post(owner, PATH, form(catalogue, **{"PRO-11": "13"})).status_code == 302
    assert stored(engine, world) == 13
