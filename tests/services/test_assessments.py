"""Saving answers: by the version the client saw, one event each, nothing lost when two people write."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import AuditEvent
from portal.services.assessments import (
    AlreadyStarted,
    NotEditable,
    SavedAnswer,
    StaleAnswer,
    find_assessment,
    latest_plan_end,
    record_plan,
    save_answer,
    saved_answers,
)
from tests import builders
from tests.builders import World

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_an_answer_is_saved_and_read_back_whole(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})
    answer = Answer(value="found_remediating", plan_end=date(2027, 4, 30), comment="นานาชาติ اردو")

    version = save_answer(session, assessment, "HRS-DO-03", answer, version=0, by=world.owner.principal.actor, at=NOON)
    session.commit()

    assert saved_answers(session, assessment)["HRS-DO-03"] == SavedAnswer(answer, version)


def test_the_slower_of_two_is_told_and_the_faster_stands(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})
    by = world.owner.principal.actor
    save_answer(session, assessment, "HRS-COM-01", Answer(value=1), version=0, by=by, at=NOON)
    save_answer(session, assessment, "HRS-COM-01", Answer(value=2), version=1, by=by, at=NOON)

    with pytest.raises(StaleAnswer) as stale:
        save_answer(session, assessment, "HRS-COM-01", Answer(value=3), version=1, by=by, at=NOON)

    assert stale.value.theirs == SavedAnswer(Answer(value=2), 2)
    assert saved_answers(session, assessment)["HRS-COM-01"].answer.value == 2


def test_of_two_first_answers_one_wins(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})
    by = world.owner.principal.actor
    save_answer(session, assessment, "HRS-COM-01", Answer(value=1), version=0, by=by, at=NOON)

    with pytest.raises(StaleAnswer):
        save_answer(session, assessment, "HRS-COM-01", Answer(value=3), version=0, by=by, at=NOON)


def test_every_save_leaves_one_event_and_a_refused_one_none(
    session: Session, world: World, catalogue: Catalogue
) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})
    before = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    by = world.owner.principal.actor

    save_answer(session, assessment, "HRS-COM-01", Answer(value=1), version=0, by=by, at=NOON)
    with pytest.raises(StaleAnswer):
        save_answer(session, assessment, "HRS-COM-01", Answer(value=2), version=0, by=by, at=NOON)

    assert session.scalar(select(func.count()).select_from(AuditEvent)) == before + 1


def test_an_event_holds_no_answer(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})
    answer = Answer(value=1, comment="CANARY")
    save_answer(session, assessment, "HRS-COM-01", answer, version=0, by=world.owner.principal.actor, at=NOON)

    events = builders.events(session)

    assert events
    assert "CANARY" not in str(events)


def test_a_submitted_assessment_takes_no_answers(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    builders.submit(session, world.owner, assessment, catalogue, at=NOON)

    with pytest.raises(NotEditable):
        save_answer(
            session, assessment, "HRS-COM-01", Answer(value=4), version=1, by=world.owner.principal.actor, at=NOON
        )


def test_one_questionnaire_is_started_once_for_a_period(session: Session, world: World, catalogue: Catalogue) -> None:
    builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})

    with pytest.raises(AlreadyStarted):
        builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})


def test_another_company_finds_nothing(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})

    assert find_assessment(session, world.owner.principal, assessment.id) is not None
    assert find_assessment(session, world.rival.principal, assessment.id) is None
    assert find_assessment(session, world.reviewer.principal, assessment.id) is None


def test_a_failed_transaction_leaves_neither_answer_nor_event(
    engine: Engine, world: World, catalogue: Catalogue
) -> None:
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})
    with db.writing(engine) as session:
        by = world.owner.principal.actor
        save_answer(session, assessment, "HRS-COM-01", Answer(value=1), version=0, by=by, at=NOON)
        session.rollback()

    with db.reading(engine) as session:
        assert saved_answers(session, assessment) == {}
        assert session.scalar(select(AuditEvent.sequence).where(AuditEvent.action == "answer.saved")) is None


@pytest.mark.parametrize(
    ("value", "before", "expected"),
    [
        ("found_remediating", None, date(2026, 11, 23)),
        ("found_remediating", date(2026, 2, 1), date(2026, 2, 1)),
        ("found_open", date(2026, 2, 1), None),
    ],
    ids=["first recorded today", "kept while it stays so", "forgotten when it no longer is"],
)
def test_the_day_a_plan_was_first_recorded(value: str, before: date | None, expected: date | None) -> None:
    assert record_plan(Answer(value=value), SavedAnswer(Answer(), 1, before), on=NOON.date()) == expected


@pytest.mark.parametrize(
    ("recorded", "latest"),
    [(date(2026, 11, 23), date(2027, 11, 23)), (date(2028, 2, 29), date(2029, 2, 28))],
    ids=["a year later", "leap day"],
)
def test_a_plan_ends_within_twelve_months(recorded: date, latest: date) -> None:
    assert latest_plan_end(recorded) == latest
