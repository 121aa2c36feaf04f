"""A government reads its trail: what its own people decided, by name, and nothing of others."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Submission
from tests.builders import World
from tests.conftest import NOON
from tests.shared import approve


def test_it_names_its_own_officials_and_no_company_event(
    engine: Engine, world: World, submission: Submission, reviewer: FlaskClient, other_reviewer: FlaskClient
) -> None:
    with db.writing(engine) as session, session.begin():
        approve(session, world.reviewer, submission, at=NOON)

    own, other = reviewer.get("/government/trail").text, other_reviewer.get("/government/trail").text

    assert world.reviewer.principal.name in own.partition("A submission was decided on")[2].partition("</tr>")[0]
    assert "Answers were signed and submitted" not in own
    assert "A submission was decided on" not in other
