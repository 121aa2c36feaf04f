"""Deleting by rule, with a moved clock: warned twice, then gone, and nothing that somebody still needs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.domain.retention import months_after
from portal.jobs.retiring import retire
from portal.jobs.workplace import Workplace
from portal.models import (
    AnswerRow,
    AnswerVersion,
    Assessment,
    AuditContent,
    AuditEvent,
    Comment,
    Evidence,
    OutboxMail,
    Reminder,
    Review,
    ReviewState,
    Submission,
    User,
)
from portal.services import evidence
from portal.settings import Settings, sealer_of
from portal.storage import FileStore
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.jobs.test_cleaning import CANARY, age_files, leaves_fit, left_on_disk

IDLE = months_after(NOON.date(), 24)


@pytest.fixture
def place(engine: Engine, settings: Settings, catalogue: Catalogue) -> Workplace:
    return Workplace(settings, engine, catalogue, FileStore(settings.storage_folder), clock=lambda: NOON)


@pytest.fixture
def draft(engine: Engine, world: World, catalogue: Catalogue, place: Workplace) -> Assessment:
    """With the name in an answer, in a comment and in a file."""
    by = world.owner.principal.actor
    answers = dict(list(builders.modest_answers(catalogue).items())[:5])
    answers["HRS-COM-01"] = Answer(value=2, comment=f"{CANARY} told us")
    with db.writing(engine) as session, session.begin():
        made = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers=answers)
        file = evidence.receive_file(place.store, [f"name,{CANARY}\n".encode()], f"{CANARY}.csv", limit=1000)
        evidence.attach_evidence(session, made, "HRS-COM-01", file, by=by, at=NOON)
        session.add(
            Comment(assessment_id=made.id, question_id="HRS-COM-01", author_id=by, body=CANARY, written_at=NOON)
        )
    return made


@pytest.fixture
def submission(engine: Engine, world: World, catalogue: Catalogue) -> Submission:
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        government = {world.reviewer.principal.organisation: None}
        return builders.submit(session, world.owner, assessment, catalogue, at=NOON, governments=government)


def on(place: Workplace, day: date) -> Workplace:
    return replace(place, clock=lambda: datetime.combine(day, time(9), UTC))


def letters(place: Workplace) -> list[dict[str, str]]:
    with db.reading(place.engine) as session:
        sealer = sealer_of(place.settings)
        return [json.loads(sealer.open(one)) for one in session.scalars(select(OutboxMail.sealed))]


def count(engine: Engine, model: type) -> int:
    with db.reading(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def days_before(place: Workplace, day: date, *left: int) -> list[int]:
    """How many were deleted on each of these days before the day."""
    return [retire(on(place, day - timedelta(days=number))) for number in left]


def test_an_idle_draft_goes_after_two_warnings_and_is_nowhere_any_more(
    engine: Engine, settings: Settings, draft: Assessment, world: World, place: Workplace
) -> None:
    age_files(settings.storage_folder)

    assert days_before(place, IDLE, 31, 30, 29, 4, 3, 2, 1) == [0] * 7
    assert [letter["to"] for letter in letters(place)] == [world.owner.email] * 2
    assert days_before(place, IDLE, 0, -1) == [1, 0]

    for model in (Assessment, AnswerRow, AnswerVersion, Comment, Evidence, Reminder):
        assert count(engine, model) == 0
    with db.reading(engine) as session:
        events = select(AuditContent.details).join(AuditEvent, AuditEvent.sequence == AuditContent.sequence)
        assert session.scalars(events.where(AuditEvent.action == "assessment.deleted")).all() == [{"by_rule": True}]
        assert leaves_fit(session)
    assert not any(CANARY in letter["body"] for letter in letters(place))
    assert left_on_disk(engine, settings, CANARY) == []


def test_work_after_the_warning_begins_the_time_anew(engine: Engine, draft: Assessment, place: Workplace) -> None:
    days_before(place, IDLE, 30, 3)
    with db.writing(engine) as session, session.begin():
        day = IDLE - timedelta(days=2)
        worked = datetime.combine(day, time(9), UTC)
        first = select(AnswerRow.question_id).limit(1).scalar_subquery()
        session.execute(update(AnswerRow).where(AnswerRow.question_id == first).values(updated_at=worked))

    later = months_after(day, 24)
    assert days_before(place, IDLE, 0, -1) == [0, 0]
    assert days_before(place, later, 31, 30, 3, 1, 0) == [0, 0, 0, 0, 1]
    assert len(letters(place)) == 4


def test_where_the_rule_comes_late_the_day_moves_and_not_the_warning(draft: Assessment, place: Workplace) -> None:
    long_after = IDLE + timedelta(days=400)

    assert days_before(place, long_after, 0, -26, -27, -29, -30) == [0, 0, 0, 0, 1]


def test_owners_are_warned_who_want_no_other_mail(
    engine: Engine, draft: Assessment, world: World, place: Workplace
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(User).values(reminders_off_at=NOON, language="ar"))
    days_before(place, IDLE, 30)

    [letter] = letters(place)
    assert (letter["to"], letter["language"]) == (world.owner.email, "ar")
    assert f"/company/assessments/{draft.id}" in letter["body"]


def test_a_submission_goes_after_the_term_of_its_country(
    engine: Engine, submission: Submission, place: Workplace
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(Review).values(state=ReviewState.ACCEPTED, decided_at=NOON))
        country = session.get_one(Submission, submission.id).country or "TH"
    settings = place.settings.model_copy(update={"keep_submissions_countries": {country: 12}})
    short, end = replace(place, settings=settings), months_after(submission.valid_until, 12)

    assert days_before(place, end, 30, 3, 0) == [0, 0, 0]
    assert days_before(short, end, 30, 3, 1, 0) == [0, 0, 0, 1]
    with db.reading(engine) as session:
        assert session.get_one(Submission, submission.id).bundle == "{}"


def test_nothing_is_deleted_that_a_government_still_reviews(
    engine: Engine, submission: Submission, place: Workplace
) -> None:
    end = months_after(submission.valid_until, 60)
    assert days_before(place, end, 30, 3, 0, -100) == [0, 0, 0, 0]
    assert letters(place) == []

    with db.writing(engine) as session, session.begin():
        session.execute(update(Review).values(state=ReviewState.RETURNED, decided_at=NOON))
    decided = end + timedelta(days=130)

    assert days_before(place, decided, 30, 3, 1, 0) == [0, 0, 0, 1]


def test_a_review_begun_after_the_warning_has_it_announced_anew(
    engine: Engine, submission: Submission, place: Workplace
) -> None:
    end = months_after(submission.valid_until, 60)
    for state, day in ((ReviewState.ACCEPTED, 30), (ReviewState.WAITING, 20), (ReviewState.ACCEPTED, 0)):
        with db.writing(engine) as session, session.begin():
            session.execute(update(Review).values(state=state))
        assert days_before(place, end, day) == [0]

    assert days_before(place, end, -3, -27, -29, -30) == [0, 0, 0, 1]


def test_the_working_copy_of_an_erased_submission_goes_too_and_its_row_stays(
    engine: Engine, submission: Submission, place: Workplace
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(Review).values(state=ReviewState.ACCEPTED, decided_at=NOON))
    end = months_after(submission.valid_until, 60)
    days_before(place, end, 30, 3, 0)

    assert days_before(place, end + timedelta(days=40), 39, 12, 0, -1) == [0, 0, 1, 0]
    assert (count(engine, AnswerRow), count(engine, Assessment), count(engine, Submission)) == (0, 1, 1)
