"""Background work: what waits, what runs, what came of it. The table is the truth, the queue only a bell."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import Job, JobState, ReportFile

#: A job that has run for this long has lost its worker.
LOST_AFTER = timedelta(minutes=5)
ATTEMPTS = 3


def add_job(session: Session, kind: str, submission_id: UUID, *, at: datetime) -> None:
    """Ask for work in the caller's transaction: no work for something that was never stored."""
    session.add(Job(id=uuid4(), kind=kind, submission_id=submission_id, created_at=at))


def claim_job(session: Session, *, at: datetime) -> Job | None:
    """Take the oldest job that waits, or whose worker was lost; nobody else gets it."""
    stale = (Job.state == JobState.RUNNING) & (Job.started_at < at - LOST_AFTER)
    job = session.scalar(
        select(Job)
        .where(or_(Job.state == JobState.WAITING, stale), Job.attempts < ATTEMPTS)
        .order_by(Job.created_at)
        .limit(1)
    )
    if job is None:
        return None
    taken = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.attempts == job.attempts, Job.state == job.state)
        .values(state=JobState.RUNNING, started_at=at, attempts=Job.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    session.expire(job)
    return job if taken.rowcount else None  # type: ignore[attr-defined]


def finish_job(session: Session, job_id: UUID, *, error: str, at: datetime) -> None:
    """Note the end of an attempt; one that failed waits for another until ATTEMPTS are used up."""
    job = session.get_one(Job, job_id)
    failed_for_good = bool(error) and job.attempts >= ATTEMPTS
    job.state = JobState.DONE if not error else JobState.FAILED if failed_for_good else JobState.WAITING
    job.message, job.finished_at = error[:500], at


def report_job(session: Session, principal: Principal, submission_id: UUID) -> Job | None:
    return session.scalar(visible(principal, Job).where(Job.submission_id == submission_id, Job.kind == "report"))


def find_report(session: Session, principal: Principal, submission_id: UUID, *, at: datetime) -> ReportFile | None:
    """The finished report of a submission, under the same scope as the submission."""
    return session.scalar(visible(principal, ReportFile, at=at).where(ReportFile.submission_id == submission_id))


def store_report(session: Session, submission_id: UUID, *, language: str, sha256: str, size: int, at: datetime) -> None:
    existing = session.scalar(
        select(ReportFile).where(ReportFile.submission_id == submission_id, ReportFile.language == language)
    )
    if existing:
        existing.sha256, existing.size, existing.made_at = sha256, size, at
    else:
        session.add(ReportFile(submission_id=submission_id, language=language, sha256=sha256, size=size, made_at=at))
