"""The trend of a questionnaire over the periods a company submitted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, Submission
from portal.services import assessments
from tests import builders
from tests.builders import World
from tests.web.company.test_homes import words

PATH = "/company/trends/hrdd-short"
NOW = datetime.now(UTC)


@pytest.fixture
def two_years(engine: Engine, world: World, catalogue: Catalogue) -> None:
    """Two periods submitted; of the first, harm was never looked for, and of the second a commitment is weaker."""
    with db.writing(engine) as session, session.begin():
        first = builders.make_assessment(session, world.owner, catalogue, at=NOW)
        builders.submit(session, world.signatory, first, catalogue, at=NOW, key="the first of two keys")
        questionnaire = catalogue.questionnaires[builders.SHORT_FORM]
        start, end = (day.replace(year=day.year + 1) for day in builders.PERIOD)
        second = assessments.start_assessment(
            session, world.owner.principal, questionnaire, period=(start, end), at=NOW
        )
        answers = builders.modest_answers(catalogue) | {"HRS-COM-02": Answer(value=1), "HRS-KNO-02": Answer(value=1)}
        by = world.owner.principal.actor
        for key, answer in (answers | {"HRS-DO-02": Answer(value="found_open")}).items():
            assessments.save_answer(session, second, key, answer, version=0, by=by, at=NOW)
        builders.submit(
            session, world.signatory, second, catalogue, at=NOW + timedelta(1), key="the second of two keys"
        )


def test_periods_stand_side_by_side_with_what_moved(owner: FlaskClient, two_years: None) -> None:
    page = words(owner.get(PATH).text)

    assert "Compared on the 20 questions that all periods have in common" in page
    assert "Became worse" in page
    assert "HRS-COM-02" in page.partition("Became worse")[2].partition("Known harm")[0]
    assert "No question became better" in page
    assert "Open" in page.partition("Known harm, in words")[2]


def test_it_is_reached_from_the_submissions(owner: FlaskClient, two_years: None) -> None:
    assert f'href="{PATH}"' in owner.get("/company/submissions").text


def test_a_withdrawn_submission_is_no_period(owner: FlaskClient, engine: Engine, two_years: None) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(Submission).where(Submission.version == 1).values(withdrawn_at=NOW))

    assert "Nothing has been submitted with this questionnaire yet" in words(owner.get(PATH).text)


def test_of_a_corrected_period_the_last_version_counts(
    owner: FlaskClient, engine: Engine, world: World, catalogue: Catalogue, complete: Assessment
) -> None:
    with db.writing(engine) as session, session.begin():
        assessment = session.get_one(Assessment, complete.id)
        first = builders.submit(session, world.signatory, assessment, catalogue, at=NOW, key="the first of two keys")
    builders.post(owner, f"/company/submissions/{first.id}/correction", page=f"/company/submissions/{first.id}")
    with db.writing(engine) as session, session.begin():
        assessment = session.get_one(Assessment, complete.id)
        by = world.owner.principal.actor
        assessments.save_answer(session, assessment, "HRS-COM-01", Answer(value=1), version=1, by=by, at=NOW)
        second = builders.submit(session, world.signatory, assessment, catalogue, at=NOW, key="the second of two keys")

    page = owner.get(PATH).text

    assert second.reference in page
    assert first.reference not in page
    assert "One period has been submitted" in words(page)


def test_nothing_submitted_says_what_will_stand_there(owner: FlaskClient) -> None:
    assert "From the first submission on" in words(owner.get(PATH).text)


def test_a_questionnaire_nobody_knows_is_not_found(owner: FlaskClient) -> None:
    assert owner.get("/company/trends/nothing").status_code == 404


def test_another_company_sees_its_own_and_nothing_else(
    world: World, two_years: None, sign_in: Callable[[str], FlaskClient]
) -> None:
    assert "Nothing has been submitted" in words(sign_in(world.rival.email).get(PATH).text)
