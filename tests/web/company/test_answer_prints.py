"""All answers on one page for paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, Comment
from tests import builders
from tests.builders import World
from tests.conftest import NOON

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def assessment(engine: Engine, world: World, catalogue: Catalogue) -> Assessment:
    by = world.owner.principal.actor
    with db.writing(engine) as session, session.begin():
        answers = {"HRS-COM-01": Answer(value=2, comment="ถามคนงานแล้ว")}
        made = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers=answers)
        for body, withdrawn in (("Ask <b>Somchai</b>", None), ("taken back words", NOON)):
            session.add(
                Comment(
                    assessment_id=made.id, question_id="HRS-COM-01", author_id=by, body=body, written_at=NOON,
                    withdrawn_at=withdrawn,
                )
            )  # fmt: skip
    return made


def test_what_was_answered_and_said_stands_on_it_and_nothing_else(
    assessment: Assessment, world: World, sign_in: SignIn
) -> None:
    page = sign_in(world.owner.email).get(f"/company/assessments/{assessment.id}/print").text

    assert "ถามคนงานแล้ว" in page
    assert "Ask &lt;b&gt;Somchai" in page
    assert "taken back words" not in page
    assert "HRS-COM-01" in page
    assert "HRS-FIX-03" not in page


def test_another_company_prints_nothing_of_it(assessment: Assessment, world: World, sign_in: SignIn) -> None:
    assert sign_in(world.rival.email).get(f"/company/assessments/{assessment.id}/print").status_code == 404


def test_the_page_of_the_assessment_leads_there(assessment: Assessment, world: World, sign_in: SignIn) -> None:
    page = sign_in(world.owner.email).get(f"/company/assessments/{assessment.id}").text

    assert f"/company/assessments/{assessment.id}/print" in page
