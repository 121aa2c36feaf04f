"""A company's draft, and the client of someone who may edit it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment
from tests import builders
from tests.builders import World
from tests.conftest import NOON


@pytest.fixture
def draft(engine: Engine, world: World, catalogue: Catalogue) -> Assessment:
    """An empty draft of company A with a complete profile."""
    with db.writing(engine) as session, session.begin():
        return builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})


@pytest.fixture
def complete(engine: Engine, world: World, catalogue: Catalogue) -> Assessment:
    """A draft of company A with every question answered."""
    with db.writing(engine) as session, session.begin():
        return builders.make_assessment(session, world.owner, catalogue, at=NOON)


@pytest.fixture
def owner(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.owner.email)


@pytest.fixture
def editor(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.editor.email)
