"""Background work: what waits, what runs, what came of it. The table is the truth, the queue only a bell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import Job, JobState, ReportFile
from portal.services import audit

#: A job that has run for this long has lost its worker: a report takes 20 seconds at most, then it is stopped.
LOST_AFTER = timedelta(minutes=2)
#: An attempt that failed is not repeated at once: what stood in its way may pass.
RETRY_AFTER = timedelta(seconds=30)
ATTEMPTS = 3
#: Key in `Session.info` that says that work was asked for in this transaction: ring the bell after the commit.
BELL = "portal.jobs.bell"
#: First word of the message of a job that failed because the machine cannot do it.
UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to one attempt. It lapses when the job is taken for lost and claimed again."""

    job_id: UUID
    kind: str
    submission_id: UUID
    attempt: int


def add_job(session: Session, kind: str, submission_id: UUID, *, at: datetime) -> None:
    """Ask for work in the caller's transaction: no work for something that was never stored."""
    session.add(Job(id=uuid4(), kind=kind, submission_id=submission_id, created_at=at))
    session.info[BELL] = True


def was_asked(session: Session) -> bool:
    """Whether this session asked for work since the last call; the caller has committed and now rings."""
    return bool(session.info.pop(BELL, False))


def claim_job(session: Session, *, at: datetime) -> Claim | None:
    """Take the oldest job that waits, or whose worker was lost; nobody else gets it. The caller commits at once."""
    due = (Job.state == JobState.WAITING) & or_(Job.finished_at.is_(None), Job.finished_at <= at - RETRY_AFTER)
    lost = (Job.state == JobState.RUNNING) & (Job.started_at < at - LOST_AFTER)
    job = session.scalar(
        select(Job)
        .where(or_(due, lost), Job.attempts < ATTEMPTS)
        .order_by(Job.created_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is None:
        return None
    claim = Claim(job.id, job.kind, job.submission_id, job.attempts + 1)
    taken = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.attempts == job.attempts, Job.state == job.state)
        .values(state=JobState.RUNNING, started_at=at, finished_at=None, attempts=claim.attempt)
        .execution_options(synchronize_session=False)
    )
    return claim if taken.rowcount else None  # type: ignore[attr-defined]


def finish_job(session: Session, claim: Claim, *, at: datetime) -> bool:
    """Note that the work is done. False if the claim has lapsed: then the caller stores nothing."""
    return _end(session, claim, JobState.DONE, "", at)


def fail_job(session: Session, claim: Claim, *, message: str, for_good: bool, at: datetime) -> bool:
    """Note that the attempt failed; unless `for_good`, another follows until ATTEMPTS are used up."""
    over = for_good or claim.attempt >= ATTEMPTS
    return _end(session, claim, JobState.FAILED if over else JobState.WAITING, message[:500], at)


def give_up_lost(session: Session, *, at: datetime) -> None:
    """A job whose last attempt lost its worker too has failed; nobody may wait for it for ever."""
    session.execute(
        update(Job)
        .where(Job.state == JobState.RUNNING, Job.started_at < at - LOST_AFTER, Job.attempts >= ATTEMPTS)
        .values(state=JobState.FAILED, message="lost: the worker ended during every attempt", finished_at=at)
        .execution_options(synchronize_session=False)
    )


def reopen_unavailable(session: Session) -> None:
    """Try again what the machine could not do: called at the start of a worker, when something may be installed."""
    session.execute(
        update(Job)
        .where(Job.state == JobState.FAILED, Job.message.startswith(UNAVAILABLE))
        .values(state=JobState.WAITING, attempts=0, finished_at=None)
        .execution_options(synchronize_session=False)
    )


def report_job(session: Session, principal: Principal, submission_id: UUID, *, at: datetime) -> Job | None:
    """The job that makes a submission's report, under the same scope as the submission."""
    found: Job | None = session.scalar(
        visible(principal, Job, at=at).where(Job.submission_id == submission_id, Job.kind == "report")
    )
    return found


def order_report(session: Session, principal: Principal, submission_id: UUID, *, at: datetime) -> None:
    """Ask for a report that was never asked for, could not be made, or is gone. The caller has found the submission.

    What waits or runs already is left alone, so pressing the button twice makes one report.
    """
    job = report_job(session, principal, submission_id, at=at)
    if job is None:
        add_job(session, "report", submission_id, at=at)
    elif job.state in (JobState.FAILED, JobState.DONE):
        job.state, job.attempts, job.finished_at, job.message = JobState.WAITING, 0, None, ""
        session.info[BELL] = True
    else:
        return
    audit.record(
        session,
        "report.ordered",
        subject=("submission", submission_id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
    )


def find_report(
    session: Session, principal: Principal, submission_id: UUID, *, at: datetime, language: str = "en"
) -> ReportFile | None:
    """The finished report of a submission, under the same scope as the submission."""
    found: ReportFile | None = session.scalar(
        visible(principal, ReportFile, at=at).where(
            ReportFile.submission_id == submission_id, ReportFile.language == language
        )
    )
    return found


def store_report(session: Session, submission_id: UUID, *, language: str, sha256: str, size: int, at: datetime) -> None:
    """Note where the finished report lies. Called in the transaction that ends its job."""
    existing = session.scalar(
        select(ReportFile).where(ReportFile.submission_id == submission_id, ReportFile.language == language)
    )
    if existing:
        existing.sha256, existing.size, existing.made_at = sha256, size, at
    else:
        session.add(ReportFile(submission_id=submission_id, language=language, sha256=sha256, size=size, made_at=at))
    audit.record(
        session,
        "report.made",
        subject=("submission", submission_id),
        at=at,
        by=None,
        organisation=None,
        language=language,
        sha256=sha256,
    )


def _end(session: Session, claim: Claim, state: JobState, message: str, at: datetime) -> bool:
    ended = session.execute(
        update(Job)
        .where(Job.id == claim.job_id, Job.attempts == claim.attempt, Job.state == JobState.RUNNING)
        .values(state=state, message=message, finished_at=at)
        .execution_options(synchronize_session=False)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]
