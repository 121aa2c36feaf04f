"""Who has an assessment open at this moment: shown for a minute, then forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Assessment, AuditEvent, Login, Presence, Role
from portal.services import housekeeping
from tests import builders
from tests.builders import World
from tests.web.company.test_comments import joined
from tests.web.company.test_sections import count_statements


@pytest.fixture
def place(complete: Assessment) -> str:
    return f"/company/assessments/{complete.id}"


def beat(client: FlaskClient, place: str, section: str = "") -> Any:
    return builders.post(client, f"{place}/presence", {"section": section}, page="/company")


def rows(engine: Engine) -> list[Presence]:
    with db.reading(engine) as session:
        return list(session.scalars(select(Presence)))


def test_colleagues_see_each_other_and_the_section(
    owner: FlaskClient, editor: FlaskClient, place: str, world: World
) -> None:
    assert beat(owner, place, "COM").json == {"here": []}
    told = beat(editor, place).json["here"]

    assert [(one["name"], bool(one["place"])) for one in told] == [(world.owner.principal.name, True)]
    for page in ("", "/sections/KNO", "/questions/HRS-COM-02"):
        text = editor.get(f"{place}{page}").text
        assert world.owner.principal.name in text.split("data-names>")[1].split("</span>")[0]


def test_a_beat_is_one_row_for_each_person_and_no_event(owner: FlaskClient, place: str, engine: Engine) -> None:
    with db.reading(engine) as session:
        before = len(session.scalars(select(AuditEvent.sequence)).all())
    for section in ("COM", "KNO", "NOPE"):
        assert beat(owner, place, section).status_code == 200

    assert [one.section_id for one in rows(engine)] == [""]
    with db.reading(engine) as session:
        events = len(session.scalars(select(AuditEvent.sequence)).all())
    # Opening the sign-in wrote its own before.
    assert events == before


def test_after_a_minute_somebody_has_gone_and_the_sweep_forgets_them(
    owner: FlaskClient, editor: FlaskClient, place: str, world: World, engine: Engine
) -> None:
    beat(owner, place, "COM")
    now = datetime.now(UTC)
    with db.writing(engine) as session, session.begin():
        session.execute(update(Presence).values(seen_at=now - timedelta(seconds=61)))

    assert beat(editor, place).json == {"here": []}
    assert "only you" in editor.get(place).text
    housekeeping.forget_passing(engine, at=now + timedelta(minutes=8))
    assert len(rows(engine)) == 2
    housekeeping.forget_passing(engine, at=now + timedelta(minutes=9, seconds=30))
    assert [one.user_id for one in rows(engine)] == [world.editor.principal.user_id]


def test_who_sees_a_part_is_not_told_of_other_sections(
    owner: FlaskClient, place: str, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]
) -> None:
    client = sign_in(joined(engine, world, Role.CONTRIBUTOR, place, section="COM").email)
    beat(owner, place, "KNO")

    assert beat(client, place, "KNO").json == {"here": [{"name": world.owner.principal.name, "place": ""}]}
    assert {one.section_id for one in rows(engine)} == {"KNO", ""}


def test_who_speaks_for_the_workers_reads_unseen(
    owner: FlaskClient, place: str, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]
) -> None:
    speaker = sign_in(joined(engine, world, Role.WORKER_REPRESENTATIVE, place, section="COM").email)
    beat(owner, place)

    assert beat(speaker, place).status_code == 403
    page = speaker.get(f"{place}/sections/COM").text
    assert "data-here" not in page
    assert "only you" in owner.get(place).text


def test_another_company_is_neither_noted_nor_told(
    place: str, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]
) -> None:
    assert beat(sign_in(world.rival.email), place).status_code == 404
    assert rows(engine) == []


def test_a_page_left_open_keeps_no_sign_in_alive(owner: FlaskClient, place: str, engine: Engine) -> None:
    token = builders.token_in(owner.get("/company").text)
    seen = datetime.now(UTC) - timedelta(minutes=40)
    with db.writing(engine) as session, session.begin():
        session.execute(update(Login).values(seen_at=seen))
    assert owner.post(f"{place}/presence", data={"csrf_token": token}).status_code == 200

    with db.reading(engine) as session:
        assert session.scalars(select(Login.seen_at)).all() == [seen]


def test_a_beat_takes_few_statements(app: Flask, owner: FlaskClient, place: str) -> None:
    token = builders.token_in(owner.get("/company").text)

    def once() -> None:
        owner.post(f"{place}/presence", data={"csrf_token": token, "section": "COM"})

    once()
    assert 0 < count_statements(app.extensions["portal"].engine, once) <= 4
