"""Corrective actions: from a weak answer to done, by several people, over periods."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import ActionFile, ActionStatus, CorrectiveAction
from tests import builders
from tests.builders import World

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUESTION = "HRS-FIX-03"


@pytest.fixture
def owner(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.owner.email)


@pytest.fixture
def assessment(engine: Engine, world: World, catalogue: Catalogue) -> str:
    with db.writing(engine) as session, session.begin():
        return f"/company/assessments/{builders.make_assessment(session, world.owner, catalogue, at=NOW).id}"


@pytest.fixture
def address(owner: FlaskClient, assessment: str) -> str:
    answer = builders.post(owner, f"{assessment}/questions/{QUESTION}/actions", page=f"{assessment}/score")
    return str(answer.headers["Location"])


def action(engine: Engine) -> CorrectiveAction:
    with db.reading(engine) as session:
        return session.scalars(select(CorrectiveAction)).one()


def form(**changed: object) -> dict[str, object]:
    plain = {"version": "1", "title": "ถามคนงานโดยไม่เปิดเผยชื่อ", "status": "started", "cost": "low"}
    return plain | {"due_on": "2020-01-31", "note": "Ask first", "step": ["One", "", "Two"], "step-done": "2"} | changed


def test_a_weak_answer_becomes_an_action_in_one_step(engine: Engine, address: str, catalogue: Catalogue) -> None:
    made = action(engine)

    assert made.title == catalogue.questionnaires["hrdd-short@2026.1"].by_id[QUESTION].remedial[:300]
    assert made.status is ActionStatus.PLANNED
    with db.reading(engine) as session:
        assert len(builders.events(session, "action.started")) == 1


def test_it_is_planned_and_stands_on_board_timeline_question_and_file(
    owner: FlaskClient, engine: Engine, address: str, assessment: str, world: World
) -> None:
    builders.post(owner, address, form(owner=str(world.editor.principal.actor)))
    made = action(engine)

    assert made.steps == [{"text": "One", "done": False}, {"text": "Two", "done": True}]
    assert (made.owner_id, made.version) == (world.editor.principal.actor, 2)
    for page in ("/company/actions", "/company/actions?view=timeline", f"{assessment}/questions/{QUESTION}"):
        assert "ถามคนงานโดยไม่เปิดเผยชื่อ" in owner.get(page).text, page
    assert "Late: was due on" in owner.get("/company/actions").text
    assert "ถามคนงานโดยไม่เปิดเผยชื่อ" in owner.get("/company/actions.csv").text


def test_the_slower_of_two_keeps_what_they_typed(owner: FlaskClient, engine: Engine, address: str) -> None:
    builders.post(owner, address, form(title="First"))
    answer = builders.post(owner, address, form(title="Second"))

    assert answer.status_code == 409
    assert "First" in answer.text
    assert "Second" in answer.text
    assert action(engine).title == "First"


def test_without_words_nothing_is_stored_and_nothing_typed_is_lost(
    owner: FlaskClient, engine: Engine, address: str
) -> None:
    answer = builders.post(owner, address, form(title=" ", note="Kept"))

    assert answer.status_code == 422
    assert "Kept" in answer.text
    assert action(engine).version == 1


def test_it_moves_over_the_board_and_is_closed_when_done(owner: FlaskClient, engine: Engine, address: str) -> None:
    builders.post(owner, f"{address}/status", {"status": "done", "version": "1"}, page="/company/actions")
    late = builders.post(owner, f"{address}/status", {"status": "dropped", "version": "1"}, page="/company/actions")

    assert action(engine).status is ActionStatus.DONE
    assert action(engine).closed_at is not None
    assert late.headers["Location"] == address


def test_files_show_what_was_done(owner: FlaskClient, engine: Engine, address: str, world: World) -> None:
    good = {"file": (io.BytesIO(b"Minutes of the meeting.\n"), "minutes.txt")}
    bad = {"file": (io.BytesIO(b"<script>"), "x.svg")}
    builders.post(owner, f"{address}/files", good, page=address)
    refused = builders.post(owner, f"{address}/files", bad, page=address)
    with db.reading(engine) as session:
        file = session.scalars(select(ActionFile)).one()

    assert refused.status_code == 422
    assert owner.get(f"/company/action-files/{file.id}").data == b"Minutes of the meeting.\n"
    builders.post(owner, f"/company/action-files/{file.id}/removal", page=address)
    assert owner.get(f"/company/action-files/{file.id}").status_code == 404


def test_nobody_else_finds_it(address: str, world: World, sign_in: Callable[[str], FlaskClient]) -> None:
    assert sign_in(world.rival.email).get(address).status_code == 404
    assert sign_in(world.reviewer.email).get(address).status_code == 403
