"""Colleagues write to each other about a question: who reads it, who is told, what can be taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import Assignment, Comment, Membership, Mention, Organisation, OutboxMail, Role, User
from portal.services.erasure import erase_person
from tests import builders
from tests.builders import Person, World
from tests.web.company.test_sections import count_statements

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUESTION, OTHER = "HRS-COM-02", "HRS-KNO-02"
WORDS = "ถามฝ่ายบุคคลก่อน <b>\nپھر جواب دیں"


@pytest.fixture
def place(engine: Engine, world: World, catalogue: Catalogue) -> str:
    with db.writing(engine) as session, session.begin():
        return f"/company/assessments/{builders.make_assessment(session, world.owner, catalogue, at=NOW).id}"


@pytest.fixture
def owner(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.owner.email)


@pytest.fixture
def editor(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.editor.email)


def joined(engine: Engine, world: World, role: Role, place: str, *, section: str = "", question: str = "") -> Person:
    """A member who was given one section or question."""
    with db.writing(engine) as session, session.begin():
        company = session.get_one(Organisation, world.owner.principal.organisation_id)
        person = builders.make_person(session, company, role, at=NOW)
        member = session.scalars(select(Membership.id).where(Membership.user_id == person.principal.actor)).one()
        if section:
            assessment_id = place.rsplit("/", 1)[1]
            what = {"section_id": section, "question_id": question, "given_at": NOW}
            session.add(Assignment(membership_id=member, assessment_id=UUID(assessment_id), **what))
    return person


def write(client: FlaskClient, place: str, body: str, *tell: Person, question: str = QUESTION, key: str = "1") -> int:
    address = f"{place}/questions/{question}/comments"
    form = {"body": body, "key": key, "tell": [str(one.principal.user_id) for one in tell]}
    return int(builders.post(client, address, form, page=place).status_code)


def written(engine: Engine) -> list[Comment]:
    with db.reading(engine) as session:
        return list(session.scalars(select(Comment).order_by(Comment.written_at, Comment.body)))


def mails(app: Flask) -> list[dict[str, str]]:
    portal = app.extensions["portal"]
    with db.reading(portal.engine) as session:
        return [json.loads(portal.sealer.open(one)) for one in session.scalars(select(OutboxMail.sealed))]


def test_a_comment_is_read_by_colleagues_as_it_was_typed(
    owner: FlaskClient, editor: FlaskClient, place: str, engine: Engine
) -> None:
    assert write(owner, place, f"  {WORDS}\r\n") == 302
    page = editor.get(f"{place}/questions/{QUESTION}").text

    assert [one.body for one in written(engine)] == [WORDS]
    assert "ถามฝ่ายบุคคลก่อน &lt;b&gt;\nپھر جواب دیں" in page
    assert "no government and nobody outside reads it" in page
    assert "1 open comment" in editor.get(f"{place}/sections/COM").text
    assert "(1 open)" in editor.get(place).text
    with db.reading(engine) as session:
        (event,) = builders.events(session, "comment.written")
    assert "ถาม" not in json.dumps(event.details)


@pytest.mark.parametrize(("body", "says"), [(" \n ", "Write what you want to say"), ("x" * 5001, "Shorten the text")])
def test_what_cannot_be_kept_stays_in_the_box(
    owner: FlaskClient, place: str, engine: Engine, body: str, says: str
) -> None:
    answer = builders.post(owner, f"{place}/questions/{QUESTION}/comments", {"body": body})

    assert answer.status_code == 422
    assert says in answer.text
    assert body.strip() in answer.text
    assert written(engine) == []


def test_pressed_twice_it_is_one_comment_and_one_mail(
    owner: FlaskClient, place: str, world: World, engine: Engine, app: Flask
) -> None:
    for _time in range(2):
        assert write(owner, place, "Look", world.editor) == 302
    assert write(owner, place, "Look again", world.editor) == 302

    assert [one.body for one in written(engine)] == ["Look", "Look again"]
    assert len(mails(app)) == 2


def test_whoever_is_named_or_ticked_is_told_in_their_language_without_the_words(
    owner: FlaskClient, place: str, world: World, engine: Engine, app: Flask
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(User).where(User.email == world.editor.email).values(name="نور علی", language="ar"))
    write(owner, place, "@نور علی and others: SECRET", world.signatory, world.owner, world.rival)

    told = mails(app)
    assert sorted(mail["to"] for mail in told) == sorted([world.editor.email, world.signatory.email])
    assert {mail["to"]: mail["language"] for mail in told}[world.editor.email] == "ar"
    for mail in told:
        assert "SECRET" not in mail["body"]
        assert f"{place}/questions/{QUESTION}#comments" in mail["body"]
        assert not re.search(r"token|[?&]", mail["body"])
        assert world.owner.principal.name not in mail["subject"]
        assert QUESTION not in mail["subject"]


def test_only_colleagues_who_see_the_question_can_be_told(
    owner: FlaskClient, place: str, world: World, engine: Engine, app: Flask
) -> None:
    here = joined(engine, world, Role.CONTRIBUTOR, place, section="COM")
    speaker = joined(engine, world, Role.WORKER_REPRESENTATIVE, place, section="KNO", question=OTHER)
    page = owner.get(f"{place}/questions/{QUESTION}").text
    answer = builders.post(
        owner,
        f"{place}/questions/{QUESTION}/comments",
        {"body": f"@{here.principal.name} @{speaker.principal.name}", "tell": str(speaker.principal.user_id)},
        page=place,
    )

    assert f'value="{here.principal.user_id}"' in page
    assert f'value="{speaker.principal.user_id}"' not in page
    assert [mail["to"] for mail in mails(app)] == [here.email]
    after = owner.get(answer.headers["Location"]).text
    assert f"Told by mail: {here.principal.name}." in after
    assert f"do not see this question: {speaker.principal.name}." in after


def test_who_sees_a_part_learns_nothing_of_who_does_not_see_it(
    place: str, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]
) -> None:
    here = joined(engine, world, Role.CONTRIBUTOR, place, section="COM")
    speaker = joined(engine, world, Role.WORKER_REPRESENTATIVE, place)
    client = sign_in(here.email)
    write(client, place, f"@{speaker.principal.name}")

    assert "do not see this question" not in client.get(f"{place}/questions/{QUESTION}").text


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.WORKER_REPRESENTATIVE])
def test_who_sees_a_part_reads_and_writes_comments_on_that_part_alone(
    owner: FlaskClient, place: str, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient], role: Role
) -> None:
    person = joined(engine, world, role, place, section="COM", question=QUESTION)
    write(owner, place, "About this")
    write(owner, place, "About that", question="HRS-COM-01")
    client = sign_in(person.email)
    hidden = next(one for one in written(engine) if one.body == "About that")

    assert write(client, place, "From me") == 302
    assert write(client, place, "No", question="HRS-COM-01") == 404
    assert "About this" in client.get(f"{place}/questions/{QUESTION}").text
    assert client.get(f"{place}/questions/HRS-COM-01/comments").status_code == 404
    for act in ("state", "withdrawal"):
        assert builders.post(client, f"{place}/comments/{hidden.id}/{act}", page=place).status_code == 404
    listed = client.get(f"{place}/comments").text
    assert "From me" in listed
    assert "About that" not in listed
    assert "From me" in owner.get(f"{place}/comments").text


def test_another_company_finds_no_comment(
    owner: FlaskClient, place: str, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]
) -> None:
    write(owner, place, "Ours")
    rival, (comment,) = sign_in(world.rival.email), written(engine)

    assert rival.get(f"{place}/comments").status_code == 404
    assert builders.post(rival, f"{place}/comments/{comment.id}/state", page="/company").status_code == 404
    address = f"{place}/questions/{QUESTION}/comments"
    assert builders.post(rival, address, {"body": "Theirs"}, page="/company").status_code == 404


def test_its_author_takes_it_back_and_the_words_are_gone(
    owner: FlaskClient, editor: FlaskClient, place: str, world: World, engine: Engine
) -> None:
    write(owner, place, "Somchai said so", world.editor)
    (comment,) = written(engine)
    address = f"{place}/comments/{comment.id}/withdrawal"
    builders.post(editor, address, page=place)
    assert written(engine)[0].body == "Somchai said so"
    builders.post(owner, address, page=place)
    builders.post(owner, address, page=place)

    (comment,) = written(engine)
    assert comment.body == ""
    page = editor.get(f"{place}/questions/{QUESTION}").text
    assert "Somchai" not in page
    assert "Taken back on" in page
    assert "open comment" not in editor.get(f"{place}/sections/COM").text
    with db.reading(engine) as session:
        assert session.scalars(select(Mention)).all() == []
        assert len(builders.events(session, "comment.withdrawn")) == 1


def test_an_owner_takes_back_what_somebody_who_left_wrote(
    owner: FlaskClient, editor: FlaskClient, place: str, world: World, engine: Engine
) -> None:
    write(editor, place, "Words that must go")
    (comment,) = written(engine)
    address = f"{place}/comments/{comment.id}/withdrawal"
    builders.post(owner, address, page=place)
    assert written(engine)[0].body
    with db.writing(engine) as session, session.begin():
        session.execute(delete(Membership).where(Membership.user_id == world.editor.principal.user_id))
    builders.post(owner, address, page=place)

    assert written(engine)[0].body == ""


def test_dealt_with_it_closes_and_is_opened_again(
    owner: FlaskClient, editor: FlaskClient, place: str, world: World, engine: Engine
) -> None:
    write(owner, place, "Who checks this?")
    (comment,) = written(engine)
    address = f"{place}/comments/{comment.id}/state"
    for _time in range(2):
        builders.post(editor, address, {"settled": "yes"}, page=place)
    closed = owner.get(f"{place}/questions/{QUESTION}").text
    listed = owner.get(f"{place}/comments?show=settled").text
    builders.post(owner, address, {"settled": "no"}, page=place)

    assert "1 comment was dealt with" in closed
    assert world.editor.principal.name in closed
    assert "Who checks this?" in listed
    assert "Who checks this?" in owner.get(f"{place}/comments").text
    with db.reading(engine) as session:
        assert [one.action for one in builders.events(session, "comment.settled", "comment.reopened")] == [
            "comment.settled",
            "comment.reopened",
        ]


def test_the_list_leads_to_each_question_and_knows_what_is_for_oneself(
    owner: FlaskClient, editor: FlaskClient, place: str, world: World
) -> None:
    write(owner, place, "For the editor", world.editor)
    write(owner, place, "For nobody in particular", question=OTHER)
    mine = editor.get(f"{place}/comments?show=you").text
    every = editor.get(f"{place}/comments").text

    assert "1 open comment is for you" in editor.get(place).text
    assert "for you" not in owner.get(place).text
    assert "For the editor" in mine
    assert "nobody in particular" not in mine
    assert every.index("For the editor") < every.index("nobody in particular")
    assert f"{place}/questions/{OTHER}#comment-" in every


def test_who_is_erased_leaves_neither_words_nor_name(
    owner: FlaskClient, editor: FlaskClient, place: str, world: World, engine: Engine
) -> None:
    write(editor, place, "By the editor")
    write(owner, place, f"@{world.editor.principal.name}: and you?")
    assert world.editor.principal.name in owner.get(f"{place}/questions/{QUESTION}").text
    with db.writing(engine) as session, session.begin():
        erase_person(session, world.editor.principal.actor, at=NOW)
    page = owner.get(f"{place}/questions/{QUESTION}").text

    assert "By the editor" not in page
    assert world.editor.principal.name not in page
    assert ": and you?" in page
    assert "a former member" in page


@pytest.mark.parametrize("count", [0, 40])
def test_the_page_of_a_question_takes_as_many_statements_whatever_was_said(
    owner: FlaskClient, place: str, engine: Engine, world: World, app: Flask, count: int
) -> None:
    with db.writing(engine) as session, session.begin():
        for number in range(count):
            session.add(
                Comment(
                    assessment_id=UUID(place.rsplit("/", 1)[1]),
                    question_id=QUESTION,
                    author_id=world.editor.principal.actor,
                    body=f"{number}",
                    written_at=NOW,
                )
            )
    used = app.extensions["portal"].engine
    statements = count_statements(used, lambda: owner.get(f"{place}/questions/{QUESTION}"))

    assert 0 < statements <= 16
