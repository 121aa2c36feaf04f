"""The home tells each person what waits for them, the most urgent first, and nothing that is not theirs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import (
    AnswerRow,
    Assessment,
    Comment,
    CorrectiveAction,
    Membership,
    Mention,
    Organisation,
    Review,
    ReviewState,
    Role,
    Submission,
)
from portal.services import actions, assessments, comments, work
from tests import builders
from tests.builders import Person, World
from tests.conftest import NOON
from tests.web.company.test_sections import count_statements

TODAY = datetime.now(UTC).date()
HOME = "/company"


def first(page: str) -> str:
    found = re.search(r'<div class="panel" id="next">(.*?)</div>', page, re.DOTALL)
    assert found, "the page names no next step"
    return words(found[1])


def words(markup: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", markup)))


def give(engine: Engine, by: Person, to: Person, assessment: Assessment, days: int, section: str = "COM") -> None:
    with db.writing(engine) as session, session.begin():
        member = session.scalars(select(Membership.id).where(Membership.user_id == to.principal.user_id)).one()
        due_on = TODAY + timedelta(days=days)
        work.give_work(
            session,
            by.principal,
            session.get_one(Assessment, assessment.id),
            member,
            section_id=section,
            question_id="",
            due_on=due_on,
            note="",
            at=NOON,
        )


def test_a_new_company_is_led_to_its_profile(owner: FlaskClient) -> None:
    page = owner.get(HOME).text

    assert "Fill in the profile" in first(page)
    assert "/company/profile" in page


def test_an_open_assessment_says_where_to_go_on_and_how_much_is_left(owner: FlaskClient, draft: Assessment) -> None:
    page = first(owner.get(HOME).text)

    assert "Go on with “Commit”: 20 questions are open" in page
    assert "short form" in page


def test_a_complete_one_is_to_be_signed_by_those_who_may_and_checked_by_the_others(
    world: World, sign_in: Callable[[str], FlaskClient], complete: Assessment
) -> None:
    pages = {who: first(sign_in(getattr(world, who).email).get(HOME).text) for who in ("owner", "signatory", "editor")}

    assert "sign and submit" in pages["owner"]
    assert "sign and submit" in pages["signatory"]
    assert "then have it signed" in pages["editor"]


def test_what_is_late_comes_before_everything_else(
    owner: FlaskClient, world: World, engine: Engine, draft: Assessment
) -> None:
    with db.writing(engine) as session, session.begin():
        assessment = session.get_one(Assessment, draft.id)
        made = actions.start_action(
            session, world.owner.principal, assessment, "HRS-COM-03", "ประชุมกับล่าม พร้อมคนงาน", at=NOON
        )
        session.execute(update(CorrectiveAction).values(due_on=TODAY - timedelta(days=2)))

    page = first(owner.get(HOME).text)

    assert "Corrective action ประชุมกับล่าม พร้อมคนงาน" in page
    assert "Late: was due on" in page
    assert made.owner_id in (None, world.owner.principal.user_id)


def test_work_stands_with_who_holds_it_and_with_who_gave_it_once_it_is_late(
    owner: FlaskClient, editor: FlaskClient, world: World, engine: Engine, draft: Assessment
) -> None:
    give(engine, world.owner, world.editor, draft, days=-1)

    assert "Given to you" in first(editor.get(HOME).text)
    assert "Late with Editor of Company A" in first(owner.get(HOME).text)


def test_what_came_back_is_news(
    owner: FlaskClient, editor: FlaskClient, world: World, engine: Engine, draft: Assessment
) -> None:
    give(engine, world.owner, world.editor, draft, days=3)
    with db.reading(engine) as session:
        (held,) = work.list_work(session, world.owner.principal, session.get_one(Assessment, draft.id))
    path = f"/company/assessments/{draft.id}"
    builders.post(editor, f"{path}/assignments/{held.id}/hand-back", {"version": held.version}, page=path)

    page = words(owner.get(HOME).text)

    assert "Editor of Company A handed back" in page
    assert "handed back" not in first(owner.get(HOME).text)
    assert "Given to you" not in words(editor.get(HOME).text)


def mention(engine: Engine, by: Person, to: Person, assessment: Assessment, question_id: str) -> None:
    with db.writing(engine) as session, session.begin():
        comments.write_comment(
            session,
            by.principal,
            session.get_one(Assessment, assessment.id),
            (question_id.split("-")[1], question_id),
            "Please look.",
            chosen=[to.principal.actor],
            key="k",
            at=NOON,
        )
        assert session.scalars(select(Mention.user_id)).all() == [to.principal.actor]


def test_a_comment_that_names_somebody_waits_for_them_until_it_is_settled(
    owner: FlaskClient, editor: FlaskClient, world: World, engine: Engine, draft: Assessment
) -> None:
    mention(engine, world.owner, world.editor, draft, "HRS-COM-02")

    assert "A comment by Owner of Company A names you" in words(editor.get(HOME).text)
    assert "names you" not in words(owner.get(HOME).text)

    with db.writing(engine) as session, session.begin():
        session.execute(update(Comment).values(settled_at=NOON, settled_by_id=world.owner.principal.actor))
    assert "names you" not in words(editor.get(HOME).text)


def test_a_plan_that_has_ended_is_told(owner: FlaskClient, world: World, engine: Engine, draft: Assessment) -> None:
    ended = TODAY - timedelta(days=1)
    with db.writing(engine) as session, session.begin():
        assessment = session.get_one(Assessment, draft.id)
        answer = Answer(value="found_remediating", plan_end=ended)
        by = world.owner.principal.actor
        assessments.save_answer(session, assessment, "HRS-DO-02", answer, version=0, by=by, at=NOON)

    assert "The plan for remedy has ended" in first(owner.get(HOME).text)

    with db.writing(engine) as session, session.begin():
        session.execute(update(AnswerRow).values(plan_end=TODAY))
    assert "The plan for remedy" not in words(owner.get(HOME).text)


@pytest.fixture
def submitted(engine: Engine, world: World, complete: Assessment, catalogue: Catalogue) -> Submission:
    with db.writing(engine) as session, session.begin():
        until = {world.reviewer.principal.organisation: TODAY + timedelta(days=10)}
        assessment = session.get_one(Assessment, complete.id)
        now = datetime.now(UTC)
        return builders.submit(session, world.signatory, assessment, catalogue, at=now, governments=until)


def test_a_share_that_ends_and_a_decision_are_told(owner: FlaskClient, engine: Engine, submitted: Submission) -> None:
    assert "A share with Government X ends" in first(owner.get(HOME).text)

    with db.writing(engine) as session, session.begin():
        session.execute(update(Review).values(state=ReviewState.ACCEPTED, decided_at=datetime.now(UTC)))
    assert "Government X accepted a submission" in words(owner.get(HOME).text)


def test_the_end_of_a_submission_leads_to_the_next_period_until_that_is_begun(
    owner: FlaskClient, engine: Engine, world: World, submitted: Submission, catalogue: Catalogue
) -> None:
    assert "Begin the next period" not in words(owner.get(HOME).text)
    with db.writing(engine) as session, session.begin():
        session.execute(update(Submission).values(valid_until=TODAY + timedelta(days=40)))
    assert "Begin the next period" in words(owner.get(HOME).text)

    with db.writing(engine) as session, session.begin():
        period = tuple(day.replace(year=day.year + 1) for day in builders.PERIOD)
        newer: Any = catalogue.questionnaires[builders.SHORT_FORM]
        assessments.start_assessment(session, world.owner.principal, newer, period=period, at=NOON)

    page = owner.get(HOME).text
    assert "Begin the next period" not in words(page)
    assert "Go through what you said last time" in words(page)


def test_a_contributor_meets_only_what_was_given_to_them(
    engine: Engine, world: World, draft: Assessment, sign_in: Callable[[str], FlaskClient]
) -> None:
    with db.writing(engine) as session, session.begin():
        company = session.get_one(Organisation, world.owner.principal.organisation_id)
        helper = builders.make_person(session, company, Role.CONTRIBUTOR, at=NOON)
        actions.start_action(
            session, world.owner.principal, session.get_one(Assessment, draft.id), "HRS-COM-03", "A secret", at=NOON
        )
        session.execute(update(CorrectiveAction).values(due_on=TODAY, owner_id=None))
    give(engine, world.owner, world.editor, draft, days=-1)
    give(engine, world.owner, helper, draft, days=2, section="KNO")

    page = words(sign_in(helper.email).get(HOME).text)

    assert "Given to you : Know your risks" in page
    assert "A secret" not in page
    assert "Late with" not in page


def test_another_company_sees_nothing_of_it(
    world: World, engine: Engine, draft: Assessment, sign_in: Callable[[str], FlaskClient]
) -> None:
    give(engine, world.owner, world.editor, draft, days=-1)
    mention(engine, world.owner, world.editor, draft, "HRS-COM-02")

    page = words(sign_in(world.rival.email).get(HOME).text)

    assert "Late with" not in page
    assert "Commit" not in page


def test_the_number_of_statements_does_not_grow_with_the_assessments(
    app: Flask, owner: FlaskClient, world: World, engine: Engine, draft: Assessment, catalogue: Catalogue
) -> None:
    used = app.extensions["portal"].engine
    owner.get(HOME)
    one = count_statements(used, lambda: owner.get(HOME))
    with db.writing(engine) as session, session.begin():
        for years in range(1, 6):
            period: Any = tuple(day.replace(year=day.year - years) for day in builders.PERIOD)
            form = catalogue.questionnaires[builders.SHORT_FORM]
            assessments.start_assessment(session, world.owner.principal, form, period=period, at=NOON)

    assert 0 < count_statements(used, lambda: owner.get(HOME)) == one <= 16
