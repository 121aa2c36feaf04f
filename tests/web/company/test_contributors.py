"""Contributors: they reach the sections given to them, and nothing else of their company."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import AnswerRow, Assessment, Assignment, AuditEvent, Evidence, Membership, Organisation, Role
from tests import builders
from tests.builders import Person, World, post, token_in
from tests.conftest import NOON

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def contributor(engine: Engine, world: World) -> Person:
    with db.writing(engine) as session, session.begin():
        company = session.get_one(Organisation, world.owner.principal.organisation)
        return builders.make_person(session, company, Role.CONTRIBUTOR, at=NOON)


@pytest.fixture
def helper(contributor: Person, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(contributor.email)


def matrix(assessment: Assessment) -> str:
    return f"/company/assessments/{assessment.id}/contributors"


def section(assessment: Assessment, section_id: str) -> str:
    return f"/company/assessments/{assessment.id}/sections/{section_id}"


def membership_of(engine: Engine, person: Person) -> str:
    with db.reading(engine) as session:
        return str(session.scalar(select(Membership.id).where(Membership.user_id == person.principal.actor)))


def give(client: FlaskClient, engine: Engine, assessment: Assessment, person: Person, *sections: str) -> Any:
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(matrix(assessment)).text)
    assert seen
    member = membership_of(engine, person)
    return post(client, matrix(assessment), {"seen": seen[1], "given": [f"{member} {one}" for one in sections]})


def stripped(page: str) -> str:
    page = re.sub(r'data-left="\d+"', "", page)
    page = re.sub(r'name="csrf_token" value="[^"]+"|data-(left|token)="[^"]+"', "", page)
    page = re.sub(r"/sections/\w+|/evidence/[0-9a-f-]+", "", page)
    return re.sub(r'<bdi class="code">[0-9a-f]{8}</bdi>', "", page)


def test_a_contributor_without_sections_has_an_empty_home_and_no_way_on(
    helper: FlaskClient, complete: Assessment
) -> None:
    home = helper.get("/company").text

    assert "Nothing is given to you yet" in home
    assert str(complete.id) not in home
    for path in ("profile", "questionnaires", "submissions"):
        assert helper.get(f"/company/{path}").status_code == 403
        assert f"/company/{path}" not in home
    assert helper.get(f"/company/assessments/{complete.id}").status_code == 404


def test_home_and_assessment_show_only_the_sections_given(
    engine: Engine, owner: FlaskClient, helper: FlaskClient, contributor: Person, complete: Assessment
) -> None:
    assert give(owner, engine, complete, contributor, "COM").status_code == 302

    for page in (helper.get("/company").text, helper.get(f"/company/assessments/{complete.id}").text):
        assert set(re.findall(r"/sections/(\w+)", page)) == {"COM"}
        for part in ("score", "check", "sign", "workbook", "start", "contributors"):
            assert f"{complete.id}/{part}" not in page, part


def test_a_section_not_given_answers_like_one_that_does_not_exist(
    engine: Engine, owner: FlaskClient, helper: FlaskClient, contributor: Person, complete: Assessment
) -> None:
    give(owner, engine, complete, contributor, "COM")

    given, other, unknown = (helper.get(section(complete, one)) for one in ("COM", "CHK", "NONE"))

    assert (given.status_code, other.status_code, unknown.status_code) == (200, 404, 404)
    assert stripped(other.text) == stripped(unknown.text)
    data = {"csrf_token": token_in(given.text), "HRS-CHK-01-value": "4", "HRS-CHK-01-version": "1"}
    assert helper.post(section(complete, "CHK"), data=data).status_code == 404


def test_an_answer_can_be_saved_in_a_section_given_and_in_no_other(
    engine: Engine,
    owner: FlaskClient,
    helper: FlaskClient,
    contributor: Person,
    complete: Assessment,
    catalogue: Catalogue,
) -> None:
    give(owner, engine, complete, contributor, "COM")
    token = token_in(helper.get(section(complete, "COM")).text)
    foreign = next(q.id for q in catalogue.questionnaires[complete.questionnaire].section("CHK").questions)  # type: ignore[union-attr]

    def save(question: str) -> Any:
        fields = {"csrf_token": token, "question": question, f"{question}-value": "4", f"{question}-version": "1"}
        return helper.post(f"/company/assessments/{complete.id}/answers", data=fields)

    assert save("HRS-COM-01").status_code == 200
    assert save(foreign).status_code == 404
    assert save("NO-SUCH-01").status_code == 404
    with db.reading(engine) as session:
        versions = session.execute(select(AnswerRow.question_id, AnswerRow.version).where(AnswerRow.version > 1)).all()
    assert [row[0] for row in versions] == ["HRS-COM-01"]


def test_of_a_single_question_given_a_contributor_sees_no_other(
    engine: Engine, helper: FlaskClient, contributor: Person, complete: Assessment
) -> None:
    with db.writing(engine) as session, session.begin():
        member = UUID(membership_of(engine, contributor))
        work = {"assessment_id": complete.id, "section_id": "COM", "question_id": "HRS-COM-02", "given_at": NOON}
        session.add(Assignment(membership_id=member, **work))

    page = helper.get(section(complete, "COM")).text
    token = token_in(page)

    def save(question: str) -> int:
        fields = {"csrf_token": token, "question": question, f"{question}-value": "4", f"{question}-version": "1"}
        return int(helper.post(f"/company/assessments/{complete.id}/answers", data=fields).status_code)

    assert set(re.findall(r'data-question="([^"]+)"', page)) == {"HRS-COM-02"}
    assert "1 of 1" in helper.get("/company").text
    assert helper.get(section(complete, "CHK")).status_code == 404
    assert (save("HRS-COM-02"), save("HRS-COM-01")) == (200, 404)


def test_taking_a_section_back_closes_it_at_once(
    engine: Engine, owner: FlaskClient, helper: FlaskClient, contributor: Person, complete: Assessment
) -> None:
    give(owner, engine, complete, contributor, "COM", "DO")
    token = token_in(helper.get(section(complete, "COM")).text)

    give(owner, engine, complete, contributor, "DO")

    fields = {"csrf_token": token, "question": "HRS-COM-01", "HRS-COM-01-value": "4", "HRS-COM-01-version": "1"}
    assert helper.post(f"/company/assessments/{complete.id}/answers", data=fields).status_code == 404
    assert helper.get(section(complete, "COM")).status_code == 404
    assert helper.get(section(complete, "DO")).status_code == 200


def test_files_are_added_read_and_removed_only_within_the_sections_given(
    engine: Engine, owner: FlaskClient, helper: FlaskClient, contributor: Person, complete: Assessment
) -> None:
    give(owner, engine, complete, contributor, "COM")
    for number, (client, part) in enumerate(((owner, "DO"), (owner, "COM"), (helper, "COM"))):
        question = f"HRS-{part}-01"
        file = (io.BytesIO(f"Proof {number}".encode()), "proof.txt")
        post(client, section(complete, part), {f"{question}-file": file, "go": "stay"})
    with db.reading(engine) as session:
        files = session.scalars(select(Evidence).order_by(Evidence.uploaded_at)).all()
    assert [file.question_id for file in files] == ["HRS-DO-01", "HRS-COM-01", "HRS-COM-01"]

    helper.get("/company")
    answers = [helper.get(f"/company/evidence/{file.id}") for file in files]
    unknown = helper.get(f"/company/evidence/{UNKNOWN}")

    assert [answer.status_code for answer in answers] == [404, 200, 200]
    assert stripped(answers[0].text) == stripped(unknown.text)
    post(helper, section(complete, "COM"), {"remove": str(files[0].id), "go": "stay"})
    post(helper, section(complete, "COM"), {"remove": str(files[2].id), "go": "stay"})
    with db.reading(engine) as session:
        left = session.scalars(select(Evidence.id).where(Evidence.removed_at.is_(None))).all()
    assert set(left) == {files[0].id, files[1].id}


def test_the_matrix_takes_only_own_contributors_and_sections_of_the_questionnaire(
    engine: Engine, owner: FlaskClient, contributor: Person, world: World, complete: Assessment
) -> None:
    member, rival = membership_of(engine, contributor), membership_of(engine, world.rival)
    editor = membership_of(engine, world.editor)
    seen = re.search(r'name="seen" value="([^"]+)"', owner.get(matrix(complete)).text)
    assert seen

    wanted = [f"{member} COM", f"{member} NONE", f"{rival} COM", f"{editor} COM", "nonsense", f"{UNKNOWN} COM"]
    post(owner, matrix(complete), {"seen": seen[1], "given": wanted})

    with db.reading(engine) as session:
        grants = session.execute(select(Assignment.membership_id, Assignment.section_id)).all()
        events = session.scalar(
            select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "sections.given")
        )
    assert [(str(who), what) for who, what in grants] == [(member, "COM")]
    assert events == 1


def test_of_two_who_give_sections_at_once_the_second_is_told(
    engine: Engine, owner: FlaskClient, editor: FlaskClient, contributor: Person, complete: Assessment
) -> None:
    seen = re.search(r'name="seen" value="([^"]+)"', editor.get(matrix(complete)).text)
    assert seen
    give(owner, engine, complete, contributor, "COM")

    response = post(editor, matrix(complete), {"seen": seen[1], "given": []})

    assert response.status_code == 409
    assert "A colleague changed this in the meantime" in response.text
    with db.reading(engine) as session:
        assert session.scalars(select(Assignment.section_id)).all() == ["COM"]


def test_a_contributor_costs_no_more_statements_than_the_limits_allow(
    app: Any, engine: Engine, owner: FlaskClient, helper: FlaskClient, contributor: Person, complete: Assessment
) -> None:
    give(owner, engine, complete, contributor, "COM")
    token = token_in(helper.get(section(complete, "COM")).text)
    fields = {"csrf_token": token, "question": "HRS-COM-01", "HRS-COM-01-value": "4", "HRS-COM-01-version": "1"}
    statements: list[str] = []
    used = app.extensions["portal"].engine
    event.listen(used, "before_cursor_execute", lambda *args: statements.append(args[2]))

    assert helper.get(section(complete, "COM")).status_code == 200
    reading = len(statements)
    assert helper.post(f"/company/assessments/{complete.id}/answers", data=fields).status_code == 200

    assert 0 < reading <= 8
    # One more than for an editor: whether the section was given.
    assert 0 < len(statements) - reading <= 7
