"""Jobs: asked for in a transaction, claimed once, repeated when lost, and never for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import AuditEvent, Job, JobState, ReportFile, Submission
from portal.services import jobs
from portal.services.jobs import ATTEMPTS, LOST_AFTER, RETRY_AFTER, Claim
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_one

SHA = "ab" * 32


@pytest.fixture
def submission(session: Session, world: World, catalogue: Catalogue) -> Submission:
    made = share_one(session, world, catalogue, at=NOON)
    session.flush()
    return made


def claim(session: Session, at: datetime = NOON) -> Claim:
    found = jobs.claim_job(session, at=at)
    assert found
    return found


def job_of(session: Session) -> Job:
    session.expire_all()
    return session.scalars(select(Job)).one()


def test_a_submission_asks_for_its_report_and_rings_once(session: Session, submission: Submission) -> None:
    assert job_of(session).submission_id == submission.id
    assert jobs.was_asked(session)
    assert not jobs.was_asked(session)


def test_the_oldest_job_is_taken_first_and_only_once(session: Session, submission: Submission) -> None:
    jobs.add_job(session, "other", submission.id, at=NOON - timedelta(minutes=1))
    session.flush()

    first, second, none = claim(session), claim(session), jobs.claim_job(session, at=NOON)

    assert (first.kind, second.kind, none) == ("other", "report", None)


def test_two_workers_never_get_the_same_job(engine: Engine, world: World, catalogue: Catalogue) -> None:
    with db.writing(engine) as session, session.begin():
        share_one(session, world, catalogue, at=NOON)
    if engine.dialect.name == "sqlite":
        # SQLite lets one writer in at a time: the other waits at its first statement, and then finds nothing.
        with db.writing(engine) as one, one.begin():
            first = jobs.claim_job(one, at=NOON)
        with db.writing(engine) as other, other.begin():
            second = jobs.claim_job(other, at=NOON)
    else:
        with db.writing(engine) as one, db.writing(engine) as other, one.begin(), other.begin():
            first = jobs.claim_job(one, at=NOON)
            second = jobs.claim_job(other, at=NOON)

    assert first is not None
    assert second is None


def test_a_lost_worker_is_replaced_and_its_late_end_counts_for_nothing(
    session: Session, submission: Submission
) -> None:
    lost = claim(session)
    assert jobs.claim_job(session, at=NOON + LOST_AFTER) is None

    again = claim(session, NOON + LOST_AFTER + timedelta(seconds=1))

    assert (again.job_id, again.attempt) == (lost.job_id, 2)
    assert not jobs.finish_job(session, lost, at=NOON + LOST_AFTER * 2)
    assert job_of(session).state is JobState.RUNNING
    assert jobs.finish_job(session, again, at=NOON + LOST_AFTER * 2)
    assert job_of(session).state is JobState.DONE


def test_a_failed_attempt_is_repeated_after_a_pause_and_not_for_ever(session: Session, submission: Submission) -> None:
    at = NOON
    for attempt in range(1, ATTEMPTS + 1):
        taken = claim(session, at)
        assert taken.attempt == attempt
        jobs.fail_job(session, taken, message="failed: no luck", for_good=False, at=at)
        assert jobs.claim_job(session, at=at + RETRY_AFTER / 2) is None
        at += RETRY_AFTER

    assert job_of(session).state is JobState.FAILED
    assert jobs.claim_job(session, at=at + timedelta(days=1)) is None


def test_what_cannot_succeed_is_not_tried_again(session: Session, submission: Submission) -> None:
    jobs.fail_job(session, claim(session), message="too_long: 600,000", for_good=True, at=NOON)

    assert (job_of(session).state, job_of(session).message) == (JobState.FAILED, "too_long: 600,000")


def test_a_job_that_loses_every_worker_fails_in_the_end(session: Session, submission: Submission) -> None:
    at = NOON
    for _attempt in range(ATTEMPTS):
        claim(session, at)
        at += LOST_AFTER + timedelta(seconds=1)

    jobs.give_up_lost(session, at=at)

    assert job_of(session).state is JobState.FAILED
    assert job_of(session).message.startswith("lost")


def test_a_new_worker_tries_again_what_the_machine_could_not_do(session: Session, submission: Submission) -> None:
    jobs.fail_job(session, claim(session), message="unavailable: no pango", for_good=True, at=NOON)

    jobs.reopen_unavailable(session)

    session.expire_all()
    assert claim(session).attempt == 1


def test_only_those_who_may_read_the_submission_see_its_job_and_report(
    session: Session, world: World, submission: Submission
) -> None:
    jobs.store_report(session, submission.id, language="en", sha256=SHA, size=9, at=NOON)
    session.flush()

    def seen(person: builders.Person) -> tuple[bool, bool]:
        job = jobs.report_job(session, person.principal, submission.id, at=NOON)
        file = jobs.find_report(session, person.principal, submission.id, at=NOON)
        return job is not None, file is not None

    assert seen(world.owner) == seen(world.reviewer) == (True, True)
    assert seen(world.rival) == seen(world.other_reviewer) == (False, False)


def test_a_report_made_again_replaces_the_row_of_the_first(session: Session, submission: Submission) -> None:
    for size, digest in ((9, SHA), (11, "cd" * 32)):
        jobs.store_report(session, submission.id, language="en", sha256=digest, size=size, at=NOON)
        session.flush()

    file = session.scalars(select(ReportFile)).one()
    assert (file.sha256, file.size) == ("cd" * 32, 11)
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "report.made")).all()) == 2


def test_a_report_is_ordered_only_where_none_is_on_its_way(
    session: Session, world: World, submission: Submission
) -> None:
    def order() -> int:
        jobs.order_report(session, world.owner.principal, submission.id, at=NOON)
        session.flush()
        return len(session.scalars(select(AuditEvent).where(AuditEvent.action == "report.ordered")).all())

    assert order() == 0
    taken = claim(session)
    assert order() == 0
    jobs.fail_job(session, taken, message="timeout: too slow", for_good=True, at=NOON)
    session.expire_all()
    assert order() == 1
    assert (job_of(session).state, job_of(session).attempts) == (JobState.WAITING, 0)
    session.delete(job_of(session))
    session.flush()
    assert order() == 2
    assert job_of(session).state is JobState.WAITING
