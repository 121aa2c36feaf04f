"""What is asked before the first question: stored in the profile, deciding what comes after."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment
from portal.services import assessments, profiles, submissions
from portal.services.profiles import profile_of
from tests import builders
from tests.builders import World, token_in
from tests.conftest import NOON
from tests.web.company.test_sections import address

AGENCIES = "recruitment-agencies@2026.1"


@pytest.fixture
def agency(engine: Engine, world: World, catalogue: Catalogue) -> Assessment:
    """A recruiter before the questionnaire for recruiters."""
    with db.writing(engine) as session, session.begin():
        version = catalogue.profiles["profile@2026.1"]
        values = builders.PROFILE | {"PRO-13": ["recruiter"]}
        profiles.save_profile(session, world.owner.principal, version, values, version=0, at=NOON)
        return assessments.start_assessment(
            session, world.owner.principal, catalogue.questionnaires[AGENCIES], period=builders.PERIOD, at=NOON
        )


def start(client: FlaskClient, assessment: Assessment, answers: dict[str, str], *, version: int = 1) -> Any:
    path = f"/company/assessments/{assessment.id}/start"
    token = token_in(client.get(path).text)
    return client.post(path, data=answers | {"csrf_token": token, "version": str(version)})


def stored(engine: Engine, world: World) -> dict[str, Any]:
    with db.reading(engine) as session:
        return profile_of(session, world.owner.principal).values


def waiting(catalogue: Catalogue, rule: str) -> str:
    """The section of the first question that depends on the rule."""
    questionnaire = catalogue.questionnaires[AGENCIES]
    return next(section.id for section in questionnaire.sections for q in section.questions if q.applies == rule)


def test_beginning_leads_to_what_is_asked_first(owner: FlaskClient, world: World, engine: Engine, agency: Any) -> None:
    page = owner.get("/company/questionnaires").text
    period = {"start": "2024-07-01", "end": "2025-06-30", "questionnaire": AGENCIES, "csrf_token": token_in(page)}

    response = owner.post("/company/assessments", data=period)

    assert response.location.endswith("/start")


def test_answers_go_into_the_profile_and_decide_what_is_asked(
    owner: FlaskClient, world: World, engine: Engine, catalogue: Catalogue, agency: Assessment
) -> None:
    section = waiting(catalogue, "dispatches_own")
    before = owner.get(address(agency, section)).text.count("data-question=")

    response = start(owner, agency, {"ERR-PRE-01": "yes", "ERR-PRE-02": "no"})

    assert response.status_code == 302
    assert stored(engine, world) == builders.PROFILE | {
        "PRO-13": ["recruiter"],
        "ERR-PRE-01": "yes",
        "ERR-PRE-02": "no",
    }
    assert owner.get(address(agency, section)).text.count("data-question=") > before


def test_saving_the_profile_later_keeps_them(
    owner: FlaskClient, world: World, engine: Engine, agency: Assessment
) -> None:
    start(owner, agency, {"ERR-PRE-01": "yes", "ERR-PRE-02": "no"})
    form = {"csrf_token": token_in(owner.get("/company/profile").text), "version": "2", "PRO-01": "New name"}

    owner.post("/company/profile", data=form)

    assert stored(engine, world) == {"PRO-01": "New name", "ERR-PRE-01": "yes", "ERR-PRE-02": "no"}


@pytest.mark.parametrize("answers", [{}, {"ERR-PRE-01": "yes"}, {"ERR-PRE-01": "maybe", "ERR-PRE-02": "no"}], ids=str)
def test_what_is_missing_or_does_not_fit_is_said_and_nothing_is_stored(
    owner: FlaskClient, world: World, engine: Engine, agency: Assessment, answers: dict[str, str]
) -> None:
    response = start(owner, agency, answers)

    assert response.status_code == 422
    assert "There is a problem" in response.text
    assert "ERR-PRE-01" not in stored(engine, world)


def test_the_slower_of_two_sees_that_the_profile_was_saved(owner: FlaskClient, agency: Assessment) -> None:
    start(owner, agency, {"ERR-PRE-01": "yes", "ERR-PRE-02": "no"})

    response = start(owner, agency, {"ERR-PRE-01": "no", "ERR-PRE-02": "no"}, version=1)

    assert response.status_code == 409
    assert "A colleague saved the profile" in response.text


def test_an_assessment_without_such_questions_shows_its_sections(owner: FlaskClient, draft: Assessment) -> None:
    response = owner.get(f"/company/assessments/{draft.id}/start")

    assert response.location.endswith(f"/company/assessments/{draft.id}")


def test_nobody_signs_before_they_are_answered(
    world: World, engine: Engine, catalogue: Catalogue, agency: Assessment
) -> None:
    with db.writing(engine) as session, session.begin():
        mine = session.get_one(Assessment, agency.id)
        for question in catalogue.questionnaires[AGENCIES].questions:
            assessments.save_answer(
                session, mine, question.id, Answer(dont_know=True), version=0, by=world.owner.principal.actor, at=NOON
            )

        with pytest.raises(submissions.IncompleteAssessment) as refused:
            builders.submit(session, world.owner, mine, catalogue, at=NOON)

    assert refused.value.missing == ("ERR-PRE-01", "ERR-PRE-02")


def test_the_task_list_begins_with_them(owner: FlaskClient, agency: Assessment) -> None:
    page = owner.get(f"/company/assessments/{agency.id}").text

    assert page.index("Before you begin") < page.index("/sections/")
