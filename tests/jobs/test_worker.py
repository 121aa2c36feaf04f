"""The worker: a report for every submission, one line for every job, and nothing lost when something fails."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.jobs.worker import work_off
from portal.jobs.workplace import Workplace, warm_printer
from portal.models import Job, JobState, MailState, OutboxMail, ReportFile, Submission
from portal.reports.pdf import Attachment, PdfError, PdfTimeout, PdfUnavailable, Printed
from portal.services import assessments, jobs, outbox
from portal.settings import Settings, sealer_of
from portal.storage import FileStore
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_one

SECRET = "a sentence that only the company may have written"


class PaperPrinter:
    """Stands for the renderer: keeps what it is given and returns the attached bundle as the file."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.printed: list[str] = []
        self.during: Callable[[], None] = lambda: None

    def print(self, html: str, *, identifier: str, attachments: Sequence[Attachment] = ()) -> Printed:
        self.printed.append(html)
        self.during()
        if self.failure:
            raise self.failure
        return Printed(b"%PDF-" + attachments[0].data, seconds=0.0, processor=0.0)

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def printer() -> PaperPrinter:
    return PaperPrinter()


@pytest.fixture
def place(settings: Settings, engine: Engine, catalogue: Catalogue, printer: PaperPrinter) -> Workplace:
    store = FileStore(settings.storage_folder)
    return Workplace(settings, engine, catalogue, store, printer=lambda: printer, clock=lambda: NOON)  # type: ignore[arg-type,return-value]


@pytest.fixture
def submission(engine: Engine, world: World, catalogue: Catalogue) -> Submission:
    answers = builders.modest_answers(catalogue) | {"HRS-COM-01": Answer(value=2, comment=SECRET)}
    with db.writing(engine) as session, session.begin():
        return share_one(session, world, catalogue, at=NOON, answers=answers)


def stored(engine: Engine) -> tuple[Job, list[ReportFile]]:
    with db.reading(engine) as session:
        return session.scalars(select(Job)).one(), list(session.scalars(select(ReportFile)))


def test_the_report_holds_the_frozen_bundle_and_lies_in_the_store(
    place: Workplace, engine: Engine, submission: Submission, printer: PaperPrinter
) -> None:
    assert work_off(place) == 1

    job, [file] = stored(engine)
    content = place.store.read(file.sha256)
    assert (job.state, job.message, file.submission_id) == (JobState.DONE, "", submission.id)
    assert (content, file.size) == (b"%PDF-" + submission.bundle.encode(), len(content))
    assert submission.reference in printer.printed[0]
    assert SECRET in printer.printed[0]
    assert work_off(place) == 0


@pytest.mark.parametrize(
    ("failure", "message", "state"),
    [
        (PdfUnavailable("PDF reports need pango"), "unavailable: PDF reports need pango", JobState.FAILED),
        (PdfTimeout("not ready after 20 seconds"), "timeout: not ready after 20 seconds", JobState.FAILED),
        (PdfError("the renderer stopped"), "failed: the renderer stopped", JobState.WAITING),
        (ZeroDivisionError(SECRET), "unexpected: ZeroDivisionError", JobState.WAITING),
    ],
)
def test_a_failure_is_noted_without_the_company_s_words(
    place: Workplace,
    engine: Engine,
    submission: Submission,
    printer: PaperPrinter,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    message: str,
    state: JobState,
) -> None:
    printer.failure = failure

    with caplog.at_level(logging.INFO, "portal.jobs"):
        work_off(place)

    job, files = stored(engine)
    assert (job.state, job.message, files) == (state, message, [])
    assert SECRET not in caplog.text


def test_every_job_says_one_line_of_ids(
    place: Workplace, submission: Submission, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "portal.jobs"):
        work_off(place)

    [line] = [json.loads(record.message) for record in caplog.records if record.name == "portal.jobs.worker"]
    assert line.keys() == {"at", "event", "state", "job", "kind", "submission", "attempt", "seconds", "bytes"}
    assert (line["state"], line["submission"], line["attempt"]) == ("done", str(submission.id), 1)


def test_a_failed_attempt_succeeds_later(
    place: Workplace, engine: Engine, submission: Submission, printer: PaperPrinter
) -> None:
    printer.failure = PdfError("the renderer stopped")
    work_off(place)
    printer.failure = None

    assert work_off(replace(place, clock=lambda: NOON + timedelta(minutes=1))) == 1

    job, files = stored(engine)
    assert (job.state, job.attempts, len(files)) == (JobState.DONE, 2, 1)


def test_a_worker_that_comes_late_stores_nothing_beside_its_successor(
    place: Workplace, engine: Engine, submission: Submission, printer: PaperPrinter
) -> None:
    later = NOON + timedelta(minutes=5)

    def another_takes_over() -> None:
        with db.writing(engine) as session, session.begin():
            assert jobs.claim_job(session, at=later)

    printer.during = another_takes_over
    work_off(place)

    job, files = stored(engine)
    assert (job.state, job.attempts, files) == (JobState.RUNNING, 2, [])


def test_a_stopping_worker_begins_nothing(place: Workplace, engine: Engine, submission: Submission) -> None:
    assert work_off(place, stopping=lambda: True) == 0

    assert stored(engine)[0].state is JobState.WAITING


def test_rendering_holds_no_lock(
    place: Workplace, engine: Engine, submission: Submission, printer: PaperPrinter, world: World
) -> None:
    def somebody_writes() -> None:
        with Session(engine.execution_options(portal_write=True)) as session, session.begin():
            jobs.order_report(session, world.owner.principal, submission.id, at=NOON)

    printer.during = somebody_writes

    assert work_off(place) == 1


def test_mail_waits_for_one_report_and_not_for_all(
    place: Workplace, engine: Engine, world: World, catalogue: Catalogue, printer: PaperPrinter, settings: Settings
) -> None:
    """Somebody who registers while a hundred reports are made would wait for the link for minutes."""
    with db.writing(engine) as session, session.begin():
        sealer = sealer_of(settings)
        outbox.post(session, sealer, outbox.Letter("somebody@new.example", "A link", "Here."), kind="test", at=NOON)
        for year in (0, 1):
            period = tuple(day.replace(year=day.year - year) for day in builders.PERIOD)
            form = catalogue.questionnaires[builders.SHORT_FORM]
            if year == 0:
                made = builders.make_assessment(session, world.owner, catalogue, at=NOON)
            else:
                made = assessments.start_assessment(session, world.owner.principal, form, period=period, at=NOON)  # type: ignore[arg-type]
                for key, answer in builders.modest_answers(catalogue).items():
                    by = world.owner.principal.actor
                    assessments.save_answer(session, made, key, answer, version=0, by=by, at=NOON)
            builders.submit(session, world.owner, made, catalogue, at=NOON, key=f"a key of the year {year}")
    waiting: list[int] = []

    def count() -> None:
        with db.reading(engine) as session:
            states = session.scalars(select(OutboxMail.state)).all()
        waiting.append(sum(state is MailState.WAITING for state in states))

    printer.during = count

    assert work_off(place) == 2
    assert waiting == [1, 0]


def test_the_real_renderer_makes_a_pdf(place: Workplace, engine: Engine, submission: Submission) -> None:
    work_off(replace(place, printer=warm_printer))

    job, [file] = stored(engine)
    assert job.message == ""
    assert place.store.read(file.sha256).startswith(b"%PDF-")
