"""A company reads its trail: its own events and what governments decided on them, nothing of anybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import AuditContent, Membership, Organisation, Role, Submission
from portal.services import audit
from portal.services.trail import PAGE
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.shared import approve, share_one

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def decided(engine: Engine, world: World, catalogue: Catalogue) -> Submission:
    with db.writing(engine) as session, session.begin():
        submission = share_one(session, world, catalogue, at=NOON)
        approve(session, world.reviewer, submission, at=NOON)
        return submission


def test_it_says_in_plain_words_what_happened_who_did_it_and_when(
    world: World, sign_in: SignIn, decided: Submission
) -> None:
    page = sign_in(world.owner.email).get("/company/trail").text

    assert "Answers were signed and submitted" in page
    assert world.owner.principal.name in page
    assert page.index("A submission was decided on") < page.index("Answers were signed and submitted")


def test_of_a_government_it_names_the_government_and_never_the_official(
    world: World, sign_in: SignIn, decided: Submission
) -> None:
    page = sign_in(world.owner.email).get("/company/trail").text

    row = page.partition("A submission was decided on")[2].partition("</tr>")[0]
    assert "Government X" in row
    assert world.reviewer.principal.name not in page


def test_another_company_sees_nothing_of_it(world: World, sign_in: SignIn, decided: Submission) -> None:
    page = sign_in(world.rival.email).get("/company/trail").text

    assert "Answers were signed and submitted" not in page
    assert "A submission was decided on" not in page
    assert "Company A" not in page


def test_who_left_is_a_former_member(engine: Engine, world: World, sign_in: SignIn, decided: Submission) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(delete(Membership).where(Membership.user_id == world.owner.principal.actor))

    page = sign_in(world.editor.email).get("/company/trail").text

    assert "A former member" in page
    assert world.owner.principal.name not in page


def test_it_is_read_page_by_page(engine: Engine, world: World, sign_in: SignIn) -> None:
    company = world.owner.principal.organisation
    with db.writing(engine) as session, session.begin():
        for number in range(PAGE + 5):
            at = NOON + timedelta(seconds=number)
            subject = ("answer", f"x/Q-{number:03}")
            audit.record(session, "answer.saved", subject=subject, at=at, by=None, organisation=company)
    client = sign_in(world.owner.email)

    first = client.get("/company/trail").text
    older = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = client.get(older).text

    assert "Q-054" in first
    assert "Q-004" not in first
    assert "Q-004" in second
    assert 'rel="next"' not in second
    assert "The portal" in second


@pytest.mark.parametrize("before", ["0", "-5", "x", str(10**30), ""])
def test_any_beginning_is_answered(before: str, world: World, sign_in: SignIn) -> None:
    assert sign_in(world.owner.email).get(f"/company/trail?before={before}").status_code == 200


def test_what_was_erased_is_gone_from_the_trail(
    engine: Engine, world: World, sign_in: SignIn, decided: Submission
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(delete(AuditContent).where(AuditContent.subject_id == str(decided.id)))

    assert "Answers were signed and submitted" not in sign_in(world.owner.email).get("/company/trail").text


def test_a_contributor_does_not_read_it(engine: Engine, world: World, sign_in: SignIn) -> None:
    with db.writing(engine) as session, session.begin():
        company = session.get_one(Organisation, world.owner.principal.organisation)
        person = builders.make_person(session, company, Role.CONTRIBUTOR, at=NOON)

    assert sign_in(person.email).get("/company/trail").status_code == 403
