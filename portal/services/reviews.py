"""What a government does: its queue, one shared submission, and the decision with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.scope import scope_of
from portal.domain.lifecycle import AssessmentStatus, next_status
from portal.models import Assessment, Organisation, Review, ReviewState, Submission, User
from portal.services import audit

#: Submissions on one page of the queue.
PAGE = 25
#: Shorter than this is no reason a company could act on; longer is a report of its own. In characters.
SHORTEST_REASON, LONGEST_REASON = 10, 5_000
#: The step a decision is for the assessment.
STEPS = {ReviewState.ACCEPTED: "accept", ReviewState.RETURNED: "return"}

Reviews = Select[tuple[Review]]


class AlreadyDecided(Exception):
    """A colleague decided in between, or the review changed since the page was made."""


class ReasonTooShort(ValueError):
    """A decision the company cannot understand is none."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the queue is narrowed to; empty means any. `text` looks in company names and references."""

    state: str = ""
    sector: str = ""
    band: str = ""
    #: open, remediating, unknown, or "none" for no known harm.
    red_flag: str = ""
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class QueueLine:
    submission_id: UUID
    reference: str
    company: str
    local_name: str
    country: str
    sector: str
    questionnaire: str
    score: str | None
    band: str | None
    #: Question -> state, for every red flag that is open, remediating or unknown.
    red_flags: Mapping[str, str]
    submitted_at: datetime
    version: int
    state: ReviewState
    decided_at: datetime | None
    #: Whole days since it was submitted.
    days: int


@dataclass(frozen=True, slots=True)
class Queue:
    lines: list[QueueLine]
    #: How many submissions the filter leaves, on all pages.
    total: int
    page: int
    pages: int
    #: Number of the first line among all.
    first: int
    #: How many there are by state of their review, whatever the filter.
    counts: Mapping[ReviewState, int]
    #: Days the longest waiting one has waited; none where nothing waits.
    longest: int | None
    #: Sectors that occur in what this government may see, for the filter.
    sectors: list[str]


def review_queue(session: Session, principal: Principal, wanted: QueueFilter, *, at: datetime) -> Queue:
    """The submissions shared with this government: the longest waiting first, then the latest decided."""
    shared = visible(principal, Review, at=at).join(Submission, Submission.id == Review.submission_id)
    shared = shared.join(Organisation, Organisation.id == Submission.organisation_id)
    counts, oldest, sectors = _counts(session, shared)
    narrowed = _narrow(shared, wanted)
    total = sum(counts.values()) if narrowed is shared else _total(session, narrowed)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, wanted.page), pages)
    return Queue(
        lines=_lines(session, narrowed, page, at),
        total=total,
        page=page,
        pages=pages,
        first=(page - 1) * PAGE + 1,
        counts=counts,
        longest=(at - oldest).days if oldest else None,
        sectors=sectors,
    )


def find_review(session: Session, principal: Principal, submission_id: UUID, *, at: datetime) -> Review | None:
    """This government's review of a submission shared with it now."""
    found: Review | None = session.scalar(
        visible(principal, Review, at=at).where(Review.submission_id == submission_id)
    )
    return found


def decider_of(session: Session, principal: Principal, review: Review, *, at: datetime) -> str:
    """The name of the colleague who decided; empty while nobody has."""
    deciders = visible(principal, Review, at=at).join(User, User.id == Review.decided_by_id)
    name: str | None = session.scalar(deciders.with_only_columns(User.name).where(Review.id == review.id))
    return name or ""


def decide_review(
    session: Session,
    principal: Principal,
    review: Review,
    *,
    state: ReviewState,
    reason: str,
    version: int,
    at: datetime,
) -> None:
    """Record the decision; returning reopens the assessment for a corrected version.

    Raises AlreadyDecided, and ReasonTooShort.
    """
    if len(reason) < SHORTEST_REASON:
        raise ReasonTooShort
    step = STEPS[state]
    changed = session.execute(
        update(Review)
        .where(Review.id == review.id, Review.version == version, Review.state == ReviewState.WAITING)
        .where(scope_of(principal, Review, at=at))
        .values(state=state, reason=reason, decided_by_id=principal.actor, decided_at=at, version=version + 1)
        .execution_options(synchronize_session=False)
    )
    session.expire(review)
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise AlreadyDecided
    _move_assessment(session, review.submission_id, step)
    audit.record(
        session,
        "review.decided",
        subject=("review", review.id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
        submission=str(review.submission_id),
        state=str(state),
    )


def _counts(session: Session, shared: Reviews) -> tuple[Mapping[ReviewState, int], datetime | None, list[str]]:
    """How many there are by state, when the longest waiting one came, and which sectors occur; in one statement."""
    grouped = shared.with_only_columns(
        Review.state, Submission.sector, func.count().label("number"), func.min(Submission.submitted_at).label("first")
    )
    rows = session.execute(grouped.group_by(Review.state, Submission.sector)).all()
    counts: dict[ReviewState, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + row.number
    oldest = min((row.first for row in rows if row.state is ReviewState.WAITING), default=None)
    return counts, oldest, sorted({row.sector for row in rows if row.sector})


def _total(session: Session, narrowed: Reviews) -> int:
    return session.scalar(narrowed.with_only_columns(func.count(), maintain_column_froms=True)) or 0


def _narrow(shared: Reviews, wanted: QueueFilter) -> Reviews:
    if wanted.state in set(ReviewState):
        shared = shared.where(Review.state == ReviewState(wanted.state))
    if wanted.sector:
        shared = shared.where(Submission.sector == wanted.sector)
    if wanted.band:
        shared = shared.where(Submission.band == wanted.band)
    if wanted.red_flag:
        shared = shared.where(Submission.red_flag == ("" if wanted.red_flag == "none" else wanted.red_flag))
    if wanted.text:
        like = "%" + wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        shared = shared.where(
            or_(
                Organisation.name.ilike(like, escape="\\"),
                Organisation.local_name.ilike(like, escape="\\"),
                Submission.reference.ilike(like, escape="\\"),
            )
        )
    return shared


def _lines(session: Session, narrowed: Reviews, page: int, at: datetime) -> list[QueueLine]:
    columns = narrowed.with_only_columns(
        Submission.id,
        Submission.reference,
        Organisation.name,
        Organisation.local_name,
        Submission.country,
        Submission.sector,
        Submission.questionnaire,
        Submission.scorecard,
        Submission.band,
        Submission.submitted_at,
        Submission.version,
        Review.state,
        Review.decided_at,
    )
    # Of those that wait none has a day of decision, so that among them the day of submission decides.
    ordered = columns.order_by(
        Review.decided_at.is_not(None), Review.decided_at.desc(), Submission.submitted_at, Submission.id
    )
    rows = session.execute(ordered.limit(PAGE).offset((page - 1) * PAGE)).all()
    return [_line(row, at) for row in rows]


def _line(row: Row[Any], at: datetime) -> QueueLine:
    return QueueLine(
        submission_id=row.id,
        reference=row.reference,
        company=row.name,
        local_name=row.local_name,
        country=row.country,
        sector=row.sector,
        questionnaire=row.questionnaire,
        score=row.scorecard["score"],
        band=row.band,
        red_flags=row.scorecard["red_flags"],
        submitted_at=row.submitted_at,
        version=row.version,
        state=row.state,
        decided_at=row.decided_at,
        days=max(0, (at - row.submitted_at).days),
    )


def _move_assessment(session: Session, submission_id: UUID, step: str) -> None:
    """A return reopens the assessment, unless a newer version is in already or another government accepted."""
    submission = session.get_one(Submission, submission_id)
    newer = session.scalar(
        select(func.count()).where(
            Submission.assessment_id == submission.assessment_id, Submission.version > submission.version
        )
    )
    if newer:
        return
    session.execute(
        update(Assessment)
        .where(Assessment.id == submission.assessment_id, Assessment.status == AssessmentStatus.SUBMITTED)
        .values(status=next_status(AssessmentStatus.SUBMITTED, step), version=Assessment.version + 1)
        .execution_options(synchronize_session=False)
    )
