"""The what-if page, and the range on the score page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import AuditEvent
from tests import builders
from tests.builders import World

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def place(engine: Engine, world: World, catalogue: Catalogue) -> str:
    """Half of the questions are answered."""
    answers = dict(list(builders.modest_answers(catalogue).items())[:12])
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOW, answers=answers)
    return f"/company/assessments/{assessment.id}"


@pytest.fixture
def owner(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.owner.email)


def test_the_score_page_says_what_is_still_open(owner: FlaskClient, place: str) -> None:
    page = owner.get(f"{place}/score").text

    assert "is still open" in page
    assert "if the open questions turn out at their worst" in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", False),
        ("?first=HRS-COM-01:3", True),
        ("?first=HRS-COM-01:3&second=HRS-CHK-01:2", True),
        ("?first=HRS-COM-01:9&second=nothing", False),
        ("?first=%00&second=%E0%B8%81", False),
    ],
)
def test_chosen_answers_are_tried_and_nothing_is_stored(
    owner: FlaskClient, place: str, engine: Engine, asked: str, shown: bool
) -> None:
    with db.reading(engine) as session:
        before = session.scalar(select(func.count()).select_from(AuditEvent))
    page = owner.get(f"{place}/what-if{asked}")

    assert page.status_code == 200
    assert ("With these answers" in page.text) is shown
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == before
