"""Before an honest answer: the limit of "does not apply", who helps, and what governments declared."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.models import Assessment
from portal.services.assessments import save_answer
from portal.services.declarations import declare
from tests.builders import World
from tests.conftest import NOON


def test_the_limit_stands_at_the_choice_and_says_what_lies_beyond(
    owner: FlaskClient, draft: Assessment, engine: Engine, world: World
) -> None:
    page = f"/company/assessments/{draft.id}/sections/COM"
    assert "beyond the 10 %" in owner.get(page).text
    with db.writing(engine) as session, session.begin():
        found = session.get_one(Assessment, draft.id)
        said = Answer(not_applicable="We have none.")
        save_answer(session, found, "HRS-COM-02", said, version=0, by=world.owner.principal.actor, at=NOON)

    assert "Beyond the limit:" in owner.get(page).text


def test_questions_about_harm_come_with_help_and_with_what_governments_declared(
    owner: FlaskClient, draft: Assessment, engine: Engine, world: World
) -> None:
    page = f"/company/assessments/{draft.id}/questions/HRS-DO-03"
    assert "No government that answers for your country has declared" in owner.get(page).text
    for person, words in ((world.reviewer, "Read the plan."), (world.other_reviewer, "Elsewhere.")):
        with db.writing(engine) as session, session.begin():
            declare(session, person.principal, will=words, will_not="No case.", language="en", version=0, at=NOON)

    shown = owner.get(page).text
    assert "Read the plan." in shown
    assert "Elsewhere." not in shown
    assert "Leave this page quickly" in shown
    assert "Before you answer this" not in owner.get(page.replace("DO-03", "COM-02")).text
