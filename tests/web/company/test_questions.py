"""A question on its own page, its history, and the list of all questions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import AnswerRow, AnswerVersion, Assessment, Bookmark, SectionDone
from portal.services import assessments
from portal.web.company import histories
from tests import builders
from tests.builders import World

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUESTION = "HRS-COM-01"


@pytest.fixture
def assessment(engine: Engine, world: World, catalogue: Catalogue) -> Assessment:
    """The question was answered three times: level 2, level 3 with words, level 1."""
    with db.writing(engine) as session, session.begin():
        made = builders.make_assessment(session, world.owner, catalogue, at=NOW)
        for version, answer in enumerate([Answer(value=3, comment="Signed by นายสมชาย"), Answer(value=1)], start=1):
            by = world.editor.principal.actor
            assessments.save_answer(session, made, QUESTION, answer, version=version, by=by, at=NOW)
    return made


@pytest.fixture
def place(assessment: Assessment) -> str:
    return f"/company/assessments/{assessment.id}/questions"


@pytest.fixture
def owner(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.owner.email)


def stands(engine: Engine) -> AnswerRow:
    with db.reading(engine) as session:
        return session.scalars(select(AnswerRow).where(AnswerRow.question_id == QUESTION)).one()


def test_one_question_is_saved_and_leads_to_the_next(owner: FlaskClient, place: str, engine: Engine) -> None:
    page = owner.get(f"{place}/{QUESTION}")
    form = {f"{QUESTION}-version": "3", f"{QUESTION}-value": "4", f"{QUESTION}-comment": "ہم نے لکھا", "go": "next"}
    answer = builders.post(owner, f"{place}/{QUESTION}", form)

    assert "Question 1 of 20" in page.text
    assert answer.headers["Location"] == f"{place}/HRS-COM-02"
    assert (stands(engine).value, stands(engine).comment, stands(engine).version) == (4, "ہم نے لکھا", 4)


def test_a_save_on_top_of_somebody_elses_shows_both(owner: FlaskClient, place: str, engine: Engine) -> None:
    form = {f"{QUESTION}-version": "2", f"{QUESTION}-value": "4", f"{QUESTION}-comment": "Mine"}
    answer = builders.post(owner, f"{place}/{QUESTION}", form)

    assert answer.status_code == 409
    assert "Mine" in answer.text
    assert "Level 1" in answer.text
    assert stands(engine).version == 3


def test_what_hangs_below_a_question_is_markup_and_what_people_wrote_is_text(
    owner: FlaskClient, place: str, engine: Engine, assessment: Assessment, world: World
) -> None:
    with db.writing(engine) as session, session.begin():
        answer = Answer(value=2, comment="<b>Bold</b>")
        by = world.owner.principal.actor
        assessments.save_answer(session, assessment, QUESTION, answer, version=3, by=by, at=NOW)
    for page in (f"{place}/{QUESTION}", f"{place}/{QUESTION}/versions"):
        text = owner.get(page).text
        assert '<section class="history"' in text
        assert "&lt;section" not in text
        assert "&lt;b&gt;Bold" in text
        assert "<b>Bold" not in text


def test_the_history_says_who_when_and_what(owner: FlaskClient, place: str, world: World) -> None:
    page = owner.get(f"{place}/{QUESTION}/versions").text

    assert page.index("Version 3") < page.index("Version 2") < page.index("Version 1")
    assert page.count(world.editor.principal.name) >= 2
    assert "Signed by นายสมชาย" in page


def test_a_long_history_comes_in_pages_and_misses_no_version(
    owner: FlaskClient, place: str, engine: Engine, assessment: Assessment, world: World
) -> None:
    last, by = 2 * histories.PAGE + 1, world.owner.principal.actor
    with db.writing(engine) as session, session.begin():
        for version in range(3, last):
            assessments.save_answer(session, assessment, QUESTION, Answer(value=2), version=version, by=by, at=NOW)

    address, seen = f"{place}/{QUESTION}/versions", []
    while address:
        page = owner.get(address).text
        seen.append([int(number) for number in re.findall(r"<summary>Version (\d+)", page)])
        older = re.search(r'href="([^"]+)" rel="next"', page)
        address = older[1] if older else ""

    assert [len(numbers) for numbers in seen] == [histories.PAGE, histories.PAGE, 1]
    assert [number for numbers in seen for number in numbers] == list(range(last, 0, -1))


@pytest.mark.parametrize("before", ["", "x", "-1", "0", "٣", "9" * 30])
def test_where_a_history_cannot_begin_it_begins_at_the_newest(owner: FlaskClient, place: str, before: str) -> None:
    page = owner.get(f"{place}/{QUESTION}/versions", query_string={"before": before})

    assert page.status_code == 200
    assert "Version 3" in page.text


def test_an_earlier_version_stands_again_as_a_new_one(owner: FlaskClient, place: str, engine: Engine) -> None:
    builders.post(owner, f"{place}/{QUESTION}/versions/2", {"version": "3"}, page=f"{place}/{QUESTION}")

    assert (stands(engine).value, stands(engine).comment, stands(engine).version) == (3, "Signed by นายสมชาย", 4)
    with db.reading(engine) as session:
        kept = session.scalars(select(AnswerVersion.version).where(AnswerVersion.question_id == QUESTION)).all()
    assert sorted(kept) == [1, 2, 3, 4]


def test_using_one_again_never_covers_a_newer_save(owner: FlaskClient, place: str, engine: Engine) -> None:
    answer = builders.post(owner, f"{place}/{QUESTION}/versions/2", {"version": "2"}, page=f"{place}/{QUESTION}")

    assert answer.status_code == 409
    assert "นายสมชาย" in answer.text
    assert stands(engine).version == 3


def test_words_that_must_not_be_kept_are_taken_out_by_an_owner(
    owner: FlaskClient, place: str, engine: Engine, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    address, page = f"{place}/{QUESTION}/versions/2/removal", f"{place}/{QUESTION}"
    refused = builders.post(sign_in(world.editor.email), address, page=page)
    builders.post(owner, address, page=page)
    what_stands = builders.post(owner, f"{place}/{QUESTION}/versions/3/removal", page=page)

    assert (refused.status_code, what_stands.status_code) == (403, 302)
    with db.reading(engine) as session:
        kept = session.scalars(select(AnswerVersion.comment).where(AnswerVersion.question_id == QUESTION)).all()
        assert len(builders.events(session, "answer.version_removed")) == 1
    assert not any("สมชาย" in comment for comment in kept)
    assert len(kept) == 2


@pytest.mark.parametrize(
    ("asked", "found", "missing"),
    [
        ("", QUESTION, "No question is like that"),
        ("?show=harm", "HRS-DO-02", QUESTION),
        ("?show=marked", "HRS-COM-02", QUESTION),
        ("?show=unanswered", "No question is like that", QUESTION),
        ("?q=hrs-com-01", QUESTION, "HRS-COM-02"),
        ("?q=โรงย้อม", "HRS-COM-03", QUESTION),
        ("?show=nothing-known", QUESTION, "No question is like that"),
    ],
)
def test_the_list_is_searched_and_narrowed(
    owner: FlaskClient,
    place: str,
    engine: Engine,
    assessment: Assessment,
    world: World,
    asked: str,
    found: str,
    missing: str,
) -> None:
    with db.writing(engine) as session, session.begin():
        actor = world.owner.principal.actor
        key = {"assessment_id": assessment.id, "question_id": "HRS-COM-02"}
        session.add(Bookmark(marked_by_id=actor, marked_at=NOW, **key))
        said = Answer(value=2, comment="ในโรงย้อมร้อน")
        assessments.save_answer(session, assessment, "HRS-COM-03", said, version=1, by=actor, at=NOW)
    page = owner.get(f"{place}{asked}").text

    assert found in page
    assert missing not in page


def test_a_mark_is_set_and_taken_away_by_the_button_of_the_question(
    owner: FlaskClient, assessment: Assessment, engine: Engine
) -> None:
    section = f"/company/assessments/{assessment.id}/sections/COM"
    for marked in (["HRS-COM-02"], []):
        answer = builders.post(owner, section, {"mark": "HRS-COM-02"})
        assert answer.headers["Location"].endswith("#HRS-COM-02")
        with db.reading(engine) as session:
            assert session.scalars(select(Bookmark.question_id)).all() == marked


def test_a_person_says_when_a_section_is_complete(owner: FlaskClient, assessment: Assessment, engine: Engine) -> None:
    section = f"/company/assessments/{assessment.id}/sections/COM"
    builders.post(owner, section, {"done": "yes"})
    with db.reading(engine) as session:
        assert session.scalars(select(SectionDone.section_id)).all() == ["COM"]
    builders.post(owner, section, {"done": "no"})
    with db.reading(engine) as session:
        assert session.scalars(select(SectionDone.section_id)).all() == []
        assert len(builders.events(session, "section.completed", "section.reopened")) == 2


def test_the_task_list_leads_to_single_questions_for_those_who_prefer_it(
    owner: FlaskClient, assessment: Assessment, place: str
) -> None:
    overview = f"/company/assessments/{assessment.id}"
    before = owner.get(overview).text
    builders.post(owner, f"{overview}/view", {"view": "question"}, page=overview)
    after = owner.get(overview).text

    assert f"{place}/{QUESTION}" not in before
    assert f"{place}/{QUESTION}" in after


def test_every_way_of_saving_leaves_a_version(session: Session, world: World, catalogue: Catalogue) -> None:
    """By the database itself, so that none can forget it."""
    with session.begin():
        builders.make_assessment(session, world.owner, catalogue, at=NOW)
    answers = session.execute(select(AnswerRow.question_id, AnswerRow.version)).all()
    kept = session.execute(select(AnswerVersion.question_id, AnswerVersion.version)).all()

    assert len(answers) == 20
    assert sorted(answers) == sorted(kept)
