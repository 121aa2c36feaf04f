"""People who run the portal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.models import OrganisationKind, Role
from tests import builders
from tests.builders import Person, World
from tests.conftest import NOON


@pytest.fixture
def staff(engine: Engine, world: World) -> dict[str, Person]:
    """Two administrators and a methodology editor."""
    with db.writing(engine) as session, session.begin():
        home = builders.make_organisation(session, "Operators", OrganisationKind.ADMINISTRATION, country="", at=NOON)
        other = builders.make_organisation(session, "Deputies", OrganisationKind.ADMINISTRATION, country="", at=NOON)
        return {
            "administrator": builders.make_person(session, home, Role.ADMINISTRATOR, at=NOON),
            "deputy": builders.make_person(session, other, Role.ADMINISTRATOR, at=NOON),
            "editor": builders.make_person(session, home, Role.METHODOLOGY_EDITOR, at=NOON),
        }


@pytest.fixture
def administrator(staff: dict[str, Person], sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(staff["administrator"].email)


@pytest.fixture
def deputy(staff: dict[str, Person], sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(staff["deputy"].email)


@pytest.fixture
def methodology_editor(staff: dict[str, Person], sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(staff["editor"].email)
