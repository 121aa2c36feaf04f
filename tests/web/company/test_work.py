"""A section or a question is given until a day, seen, handed back, given again and taken back; workers have a say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import Assignment, Membership, Organisation, OutboxMail, Role, WorkerStatement
from tests import builders
from tests.builders import Person, World

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def place(engine: Engine, world: World, catalogue: Catalogue) -> str:
    with db.writing(engine) as session, session.begin():
        return f"/company/assessments/{builders.make_assessment(session, world.owner, catalogue, at=NOW).id}"


@pytest.fixture
def owner(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.owner.email)


def joined(engine: Engine, world: World, role: Role) -> Person:
    with db.writing(engine) as session, session.begin():
        company = session.get_one(Organisation, world.owner.principal.organisation_id)
        return builders.make_person(session, company, role, at=NOW)


def give(engine: Engine, owner: FlaskClient, place: str, person: Person, what: str, **more: str) -> int:
    with db.reading(engine) as session:
        member = session.scalars(select(Membership.id).where(Membership.user_id == person.principal.actor)).one()
    form = {"member": str(member), "what": what} | more
    return int(builders.post(owner, f"{place}/assignments", form).status_code)


def held(engine: Engine) -> Assignment | None:
    with db.reading(engine) as session:
        return session.scalars(select(Assignment)).one_or_none()


def test_one_question_is_given_and_nothing_else_is_seen(
    engine: Engine, owner: FlaskClient, place: str, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    contributor = joined(engine, world, Role.CONTRIBUTOR)
    assert give(engine, owner, place, contributor, "HRS-COM-02", due_on="2027-01-31", note="ถามฝ่ายบุคคล") == 302
    client = sign_in(contributor.email)

    overview = client.get(place).text
    assert "ถามฝ่ายบุคคล" in overview
    assert client.get(f"{place}/questions/HRS-COM-02").status_code == 200
    assert client.get(f"{place}/questions/HRS-COM-01").status_code == 404
    section = client.get(f"{place}/sections/COM").text
    assert "HRS-COM-02" in section
    assert "HRS-COM-01" not in section
    form = {"question": "HRS-COM-01", "HRS-COM-01-version": "1", "HRS-COM-01-comment": "No"}
    assert builders.post(client, f"{place}/answers", form, page=place).status_code == 404


def test_it_is_handed_back_and_given_again(
    engine: Engine, app: Flask, owner: FlaskClient, place: str, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    give(engine, owner, place, world.editor, "COM")
    first = held(engine)
    assert first is not None
    editor, address = sign_in(world.editor.email), f"{place}/assignments/{first.id}/hand-back"
    builders.post(editor, address, {"version": "1", "note": "Done but for one"}, page=place)
    twice = builders.post(editor, address, {"version": "1"}, page=place)
    page = owner.get(f"{place}/assignments").text

    assert "Done but for one" in page
    assert twice.status_code == 302
    assert give(engine, owner, place, world.editor, "COM") == 302
    again = held(engine)
    assert again is not None
    assert (again.handed_back_at, again.version) == (None, 3)
    assert give(engine, owner, place, world.editor, "COM") == 409
    with db.reading(engine) as session:
        sealer = app.extensions["portal"].sealer
        mails = [json.loads(sealer.open(one)) for one in session.scalars(select(OutboxMail.sealed))]
        assert len(builders.events(session, "work.given", "work.handed_back")) == 3
    assert sorted(mail["to"] for mail in mails) == sorted([world.editor.email, world.owner.email, world.editor.email])
    assert not any("Done but for one" in mail["body"] for mail in mails)


@pytest.mark.parametrize("what", ["", "NOPE", "HRC-GOV-01"])
def test_what_is_not_of_this_questionnaire_is_not_given(
    engine: Engine, owner: FlaskClient, place: str, world: World, what: str
) -> None:
    assert give(engine, owner, place, world.editor, what, note="Kept") == 422
    assert give(engine, owner, place, world.rival, "COM") == 422
    assert held(engine) is None


def test_taken_back_it_is_gone_at_once(
    engine: Engine, owner: FlaskClient, place: str, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    contributor = joined(engine, world, Role.CONTRIBUTOR)
    give(engine, owner, place, contributor, "COM")
    client, row = sign_in(contributor.email), held(engine)
    assert row is not None
    assert client.get(f"{place}/sections/COM").status_code == 200
    builders.post(owner, f"{place}/assignments/{row.id}/removal", {"version": "1"}, page=f"{place}/assignments")

    assert held(engine) is None
    assert client.get(f"{place}/sections/COM").status_code == 404


def test_worker_representatives_read_what_is_given_write_no_answer_and_have_a_say(
    engine: Engine, owner: FlaskClient, place: str, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    speaker = joined(engine, world, Role.WORKER_REPRESENTATIVE)
    give(engine, owner, place, speaker, "COM")
    client = sign_in(speaker.email)
    said = {"version": "0", "body_name": "สหภาพแรงงาน", "words": "کارکنوں سے پوچھا نہیں گیا"}

    assert client.get(f"{place}/sections/COM").status_code == 200
    assert builders.post(client, f"{place}/sections/COM", {}, page=place).status_code == 403
    assert builders.post(client, f"{place}/worker-statements", said).status_code == 302
    assert builders.post(client, f"{place}/worker-statements", said | {"words": "Other"}).status_code == 409
    assert "کارکنوں سے پوچھا نہیں گیا" in owner.get(f"{place}/worker-statements").text
    assert builders.post(owner, f"{place}/worker-statements", said).status_code == 403
    with db.reading(engine) as session:
        assert session.scalars(select(WorkerStatement.body_name)).all() == ["สหภาพแรงงาน"]


def test_another_day_and_note_are_set_and_told(
    engine: Engine, app: Flask, owner: FlaskClient, place: str, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    give(engine, owner, place, world.editor, "COM", due_on="2027-01-31", note="First")
    row = held(engine)
    assert row is not None
    address = f"{place}/assignments/{row.id}"
    assert f'href="{address}"' in owner.get(f"{place}/assignments").text
    form = {"version": "1", "due_on": "28 2 2027", "note": "ขอเพิ่มอีกหน่อย"}
    assert builders.post(owner, address, form).status_code == 302
    assert builders.post(owner, address, form | {"version": "2"}).status_code == 302, "the same once more"

    changed = held(engine)
    assert changed is not None
    assert (str(changed.due_on), changed.note, changed.version) == ("2027-02-28", "ขอเพิ่มอีกหน่อย", 2)
    assert "ขอเพิ่มอีกหน่อย" in sign_in(world.editor.email).get(place).text
    with db.reading(engine) as session:
        sealer = app.extensions["portal"].sealer
        told = [json.loads(sealer.open(one)) for one in session.scalars(select(OutboxMail.sealed))]
        assert len(builders.events(session, "work.changed")) == 1
    assert [mail["to"] for mail in told] == [world.editor.email] * 2
    assert not any("ขอเพิ่ม" in mail["body"] + mail["subject"] for mail in told)


def test_of_two_who_change_it_the_second_reads_both_notes(
    engine: Engine, owner: FlaskClient, place: str, world: World
) -> None:
    give(engine, owner, place, world.editor, "COM")
    row = held(engine)
    assert row is not None
    address = f"{place}/assignments/{row.id}"
    builders.post(owner, address, {"version": "1", "due_on": "", "note": "Theirs"})
    answer = builders.post(owner, address, {"version": "1", "due_on": "2027-03-01", "note": "Mine"})

    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    assert "2027-03-01" in answer.text
    assert builders.post(owner, address, {"version": "2", "due_on": "someday", "note": "Kept"}).status_code == 422
    assert builders.post(owner, address, {"version": "2", "due_on": "2027-03-01", "note": "Mine"}).status_code == 302
    after = held(engine)
    assert after is not None
    assert (after.note, after.version) == ("Mine", 3)


def test_what_was_handed_back_is_given_again_and_not_changed(
    engine: Engine, owner: FlaskClient, place: str, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    give(engine, owner, place, world.editor, "COM")
    row = held(engine)
    assert row is not None
    editor, address = sign_in(world.editor.email), f"{place}/assignments/{row.id}"
    builders.post(editor, f"{address}/hand-back", {"version": "1"}, page=place)
    answer = builders.post(owner, address, {"version": "2", "note": "More"}, page=f"{place}/assignments")

    assert answer.status_code == 302
    assert "give it again" in owner.get(answer.headers["Location"]).text
    assert f'href="{address}"' not in owner.get(f"{place}/assignments").text
    unknown = f"{place}/assignments/00000000-0000-4000-8000-000000000000"
    assert owner.get(unknown).status_code == 404
