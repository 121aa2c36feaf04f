"""Before an honest answer: the limit of "does not apply", who helps, and what governments declared."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment
from portal.services import profiles
from portal.services.assessments import save_answer
from portal.services.declarations import declare
from tests import builders
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


@pytest.mark.parametrize("view", ["questions", "sections"])
def test_each_question_about_harm_names_every_country_the_company_works_in(
    owner: FlaskClient, draft: Assessment, engine: Engine, world: World, catalogue: Catalogue, view: str
) -> None:
    operating = {"PRO-03": "MY", "PRO-04": ["TH", "VN"], "PRO-05": ["BD"]}
    set_profile(engine, world, catalogue, operating)
    questionnaire = catalogue.questionnaires[draft.questionnaire]
    harms = [(section.id, one.id) for section in questionnaire.sections for one in section.questions]
    harms = [(place, name) for place, name in harms if questionnaire.by_id[name].type == "incident"]

    pages = {place if view == "sections" else name for place, name in harms}
    shown = {name: owner.get(f"/company/assessments/{draft.id}/{view}/{name}") for name in pages}
    shown = {name: page.text for name, page in shown.items() if page.status_code == 200}

    assert shown
    for name, page in shown.items():
        panel = page[page.index('id="honest"') : page.index("What governments say they do with it")]
        assert [word for word in ("Malaysia", "Thailand", "Vietnam", "Bangladesh") if word not in panel] == [], name
        assert panel.count("number set by the operator") == 4, name
        assert page.index('id="honest"') < page.index('type="radio"'), name


def test_a_government_of_another_country_the_company_works_in_is_heard_too(
    owner: FlaskClient, draft: Assessment, engine: Engine, world: World, catalogue: Catalogue
) -> None:
    page = f"/company/assessments/{draft.id}/questions/HRS-DO-03"
    with db.writing(engine) as session, session.begin():
        elsewhere = world.other_reviewer.principal
        declare(session, elsewhere, will="Over there.", will_not="-", language="en", version=0, at=NOON)

    before = owner.get(page).text
    set_profile(engine, world, catalogue, {"PRO-04": ["ID"]})

    assert "Over there." not in before
    assert "Over there." in owner.get(page).text


def set_profile(engine: Engine, world: World, catalogue: Catalogue, more: dict[str, object]) -> None:
    with db.writing(engine) as session, session.begin():
        stored = profiles.profile_of(session, world.owner.principal)
        newest = catalogue.profiles[max(catalogue.profiles)]
        values = builders.PROFILE | more
        profiles.save_profile(session, world.owner.principal, newest, values, version=stored.version, at=NOON)
