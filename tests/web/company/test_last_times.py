"""Carrying over: last year's answers are read and confirmed one by one, and nothing is stored by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.bundle import Bundle
from portal.domain.questionnaire import Catalogue
from portal.domain.scoring import score_bundle
from portal.models import AnswerRow, Assessment
from portal.services import assessments
from tests import builders, versions
from tests.builders import World
from tests.conftest import NOON

NEXT = (date(2026, 7, 1), date(2027, 6, 30))


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """With a newer version of the short form, in which some questions changed."""
    return versions.two_versions(tmp_path_factory.mktemp("versions"))


@pytest.fixture
def before(engine: Engine, world: World, catalogue: Catalogue) -> Assessment:
    """Last year, every question answered."""
    with db.writing(engine) as session, session.begin():
        return builders.make_assessment(session, world.owner, catalogue, at=NOON)


@pytest.fixture
def place(engine: Engine, world: World, catalogue: Catalogue, before: Assessment) -> str:
    """This year, with the newer version."""
    with db.writing(engine) as session, session.begin():
        newer = catalogue.questionnaires[versions.NEW]
        made = assessments.start_assessment(session, world.owner.principal, newer, period=NEXT, at=NOON)
        return f"/company/assessments/{made.id}/last-time"


def seen(page: str) -> list[str]:
    return re.findall(r'name="seen" value="([^"]+)"', page)


def confirm(client: FlaskClient, place: str, *ids: str, one: str = "", page: str = "") -> Any:
    page = page or client.get(place).text
    form = {"csrf_token": builders.token_in(page), "seen": seen(page), "confirm": list(ids), "one": one}
    return client.post(place, data=form)


def stored(engine: Engine, place: str) -> dict[str, Any]:
    """Question id -> value, of this year."""
    with db.reading(engine) as session:
        rows = session.execute(
            select(AnswerRow.question_id, AnswerRow.value)
            .join(Assessment, Assessment.id == AnswerRow.assessment_id)
            .where(Assessment.period_start == NEXT[0])
        )
        return {row.question_id: row.value for row in rows}


def article(page: str, question_id: str) -> str:
    found = re.search(rf'<article[^>]*id="{question_id}".*?</article>', page, re.DOTALL)
    assert found, f"{question_id} is not on the page"
    return found[0]


def test_looking_stores_nothing_and_says_how_far_one_is(owner: FlaskClient, place: str, engine: Engine) -> None:
    page = owner.get(place).text

    assert "0 of 19 answers looked at." in page
    assert stored(engine, place) == {}


def test_what_is_ticked_is_confirmed_and_nothing_else(owner: FlaskClient, place: str, engine: Engine) -> None:
    response = confirm(owner, place, "HRS-KNO-01", "HRS-KNO-02")
    page = owner.get(place).text

    assert response.status_code == 302
    assert stored(engine, place) == {"HRS-KNO-01": 2, "HRS-KNO-02": 2}
    assert "2 of 19 answers looked at." in page
    assert "Confirmed: the same answer stands now." in article(page, "HRS-KNO-01")
    assert 'name="confirm"' not in article(page, "HRS-KNO-01")


def test_each_confirmation_is_in_the_log(owner: FlaskClient, place: str, engine: Engine) -> None:
    confirm(owner, place, "HRS-KNO-01", "HRS-KNO-02")

    with db.reading(engine) as session:
        told = builders.events(session, "answer.saved")[-2:]
    assert {event.subject_id.rpartition("/")[2] for event in told} == {"HRS-KNO-01", "HRS-KNO-02"}


def test_questions_about_harm_are_confirmed_one_by_one(owner: FlaskClient, place: str, engine: Engine) -> None:
    together = confirm(owner, place, "HRS-DO-02", "HRS-DO-04", "HRS-KNO-01")

    assert 'name="confirm"' not in article(owner.get(place).text, "HRS-DO-02")
    assert together.status_code == 409
    assert "HRS-DO-02, HRS-DO-04" in together.text
    assert stored(engine, place) == {"HRS-KNO-01": 2}

    confirm(owner, place, one="HRS-DO-02")

    assert stored(engine, place) == {"HRS-KNO-01": 2, "HRS-DO-02": "not_checked"}


def test_what_changed_in_a_question_is_marked(owner: FlaskClient, place: str) -> None:
    page = owner.get(place).text
    worded, weighed = article(page, "HRS-COM-01"), article(page, "HRS-COM-02")

    assert "Same meaning for the score" in worded
    assert re.search(r"<del>[^<]*spoken", worded)
    assert "Changes the score" in weighed + article(page, "HRS-COM-03")


def test_a_change_of_meaning_is_confirmed_by_itself(owner: FlaskClient, place: str, engine: Engine) -> None:
    page = owner.get(place).text
    scored = [key for key in ("HRS-COM-01", "HRS-COM-02", "HRS-COM-03") if "Changes the score" in article(page, key)]
    assert scored

    assert confirm(owner, place, scored[0], "HRS-KNO-01").status_code == 409
    assert stored(engine, place) == {"HRS-KNO-01": 2}
    assert confirm(owner, place, one=scored[0]).status_code == 302


def test_new_and_gone_questions_are_listed(owner: FlaskClient, place: str) -> None:
    page = owner.get(place).text

    assert re.search(r"New questions</h2>.*HRS-CHK-03", page, re.DOTALL)
    assert re.search(r"No longer in the questionnaire</h2>.*HRS-CHK-02", page, re.DOTALL)


def test_only_what_is_open_is_shown_if_wished(owner: FlaskClient, place: str) -> None:
    confirm(owner, place, "HRS-KNO-01")

    page = owner.get(f"{place}?show=open").text

    assert 'id="HRS-KNO-01"' not in page
    assert 'id="HRS-KNO-02"' in page


def test_what_was_looked_at_can_be_read_by_itself(owner: FlaskClient, place: str) -> None:
    nothing = owner.get(f"{place}?show=done").text
    confirm(owner, place, "HRS-KNO-01")

    page = owner.get(f"{place}?show=done").text

    assert "Nothing of last time has been looked at yet." in nothing
    assert "Looked at (1)" in page
    assert 'id="HRS-KNO-01"' in page
    assert 'id="HRS-KNO-02"' not in page


def test_an_answer_given_meanwhile_is_left_as_it_is(
    owner: FlaskClient, editor: FlaskClient, place: str, engine: Engine
) -> None:
    page = owner.get(place).text
    confirm(editor, place, "HRS-KNO-01")

    late = confirm(owner, place, "HRS-KNO-01", "HRS-KNO-02", page=page)

    assert late.status_code == 409
    assert "left as it is: HRS-KNO-01" in late.text
    assert stored(engine, place) == {"HRS-KNO-01": 2, "HRS-KNO-02": 2}


def test_an_answer_changed_last_year_since_the_page_was_opened_is_not_confirmed(
    owner: FlaskClient, place: str, engine: Engine, before: Assessment, world: World
) -> None:
    page = owner.get(place).text
    with db.writing(engine) as session, session.begin():
        again = session.get_one(Assessment, before.id)
        by, later = world.owner.principal.actor, NOON + timedelta(hours=1)
        assessments.save_answer(session, again, "HRS-KNO-01", Answer(value=4), version=1, by=by, at=later)

    response = confirm(owner, place, "HRS-KNO-01", page=page)

    assert response.status_code == 409
    assert "Look at it once more" in response.text
    assert stored(engine, place) == {}


def test_ticking_nothing_says_what_to_do(owner: FlaskClient, place: str) -> None:
    response = confirm(owner, place)

    assert response.status_code == 422
    assert "Tick the answers that are still true" in response.text


def test_a_plan_keeps_the_day_it_began(owner: FlaskClient, engine: Engine, world: World, place: str) -> None:
    """Else a plan of a year could go on for ever, confirmed from one year to the next."""
    ends, began = date(2099, 1, 1), date(2026, 2, 3)
    with db.writing(engine) as session, session.begin():
        rows = AnswerRow.__table__.update().where(AnswerRow.question_id == "HRS-DO-02")
        session.execute(rows.values(value="found_remediating", plan_end=ends, plan_recorded_on=began))

    confirm(owner, place, one="HRS-DO-02")

    with db.reading(engine) as session:
        kept = select(AnswerRow.plan_end, AnswerRow.plan_recorded_on).join(Assessment)
        kept = kept.where(Assessment.period_start == NEXT[0], AnswerRow.question_id == "HRS-DO-02")
        assert session.execute(kept).one() == (ends, began)


def test_it_is_reached_from_the_assessment_only_where_there_is_an_earlier_one(
    owner: FlaskClient, place: str, before: Assessment
) -> None:
    assert 'href="' + place in owner.get(place.removesuffix("/last-time")).text
    assert "last-time" not in owner.get(f"/company/assessments/{before.id}").text
    assert "There is no earlier period" in owner.get(f"/company/assessments/{before.id}/last-time").text


def test_another_company_sees_nothing(place: str, world: World, sign_in: Callable[[str], FlaskClient]) -> None:
    assert sign_in(world.rival.email).get(place).status_code == 404


def test_a_signatory_reads_and_confirms_nothing(
    place: str, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    page = sign_in(world.signatory.email).get(place).text

    assert "You said on" in page
    assert 'name="confirm"' not in page
    assert 'name="one"' not in page


def test_confirmed_answers_score_what_the_same_answers_typed_would(
    owner: FlaskClient, place: str, engine: Engine, catalogue: Catalogue
) -> None:
    newer = catalogue.questionnaires[versions.NEW]
    page = owner.get(place).text
    ticked = re.findall(r'name="confirm" value="([^"]+)"', page)
    alone = re.findall(r'name="one" value="([^"]+)"', page)
    confirm(owner, place, *ticked)
    for key in alone:
        confirm(owner, place, one=key)

    answers = {key: Answer(value=value) for key, value in stored(engine, place).items()}
    typed = {key: answer for key, answer in builders.modest_answers(catalogue).items() if key in newer.by_id}
    mine, theirs = (
        score_bundle(Bundle(newer.reference, NOON.date(), profile=builders.PROFILE, answers=given), catalogue)
        for given in (answers, typed)
    )
    assert mine == theirs
    assert mine.score is not None
