"""What a government does: its queue, one shared submission, and the decision with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.lifecycle import AssessmentStatus
from portal.models import Assessment, Organisation, Review, ReviewState, Submission
from portal.services import audit

PAGE = 50


class AlreadyDecided(Exception):
    """A colleague decided in between, or the review changed since the page was made."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the queue is narrowed to; empty means any. `text` looks in company names and references."""

    state: str = ""
    sector: str = ""
    band: str = ""
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
    red_flags: Mapping[str, str]
    submitted_at: datetime
    version: int
    state: ReviewState
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    lines: list[QueueLine]
    total: int
    #: Sectors that occur in what this government may see, for the filter.
    sectors: list[str]


def review_queue(session: Session, principal: Principal, wanted: QueueFilter, *, at: datetime) -> Queue:
    """The submissions shared with this government, the longest waiting first."""
    shared = visible(principal, Review, at=at).join(Submission, Submission.id == Review.submission_id)
    shared = shared.join(Organisation, Organisation.id == Submission.organisation_id)
    sectors = session.scalars(shared.with_only_columns(Submission.sector).distinct().order_by(Submission.sector)).all()
    narrowed = _narrow(shared, wanted)
    total = session.scalar(narrowed.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    page = narrowed.with_only_columns(
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
    ).order_by(Review.decided_at.is_not(None), Submission.submitted_at, Submission.id)
    rows = session.execute(page.limit(PAGE).offset((max(1, wanted.page) - 1) * PAGE)).all()
    return Queue([_line(row) for row in rows], total, [sector for sector in sectors if sector])


def _narrow(shared: Select, wanted: QueueFilter) -> Select:  # type: ignore[type-arg]
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


def _line(row: tuple) -> QueueLine:  # type: ignore[type-arg]
    (submission_id, reference, company, local_name, country, sector, questionnaire, card, band, *rest) = row
    return QueueLine(
        submission_id,
        reference,
        company,
        local_name,
        country,
        sector,
        questionnaire,
        card["score"],
        band,
        card["red_flags"],
        *rest,
    )


def find_review(session: Session, principal: Principal, submission_id: UUID, *, at: datetime) -> Review | None:
    """This government's review of a submission shared with it now."""
    return session.scalar(visible(principal, Review, at=at).where(Review.submission_id == submission_id))


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
    """Record the decision; returning reopens the assessment for a corrected version. Raises AlreadyDecided."""
    changed = session.execute(
        update(Review)
        .where(Review.id == review.id, Review.version == version, Review.state == ReviewState.WAITING)
        .values(state=state, reason=reason, decided_by_id=principal.actor, decided_at=at, version=version + 1)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise AlreadyDecided
    _move_assessment(session, review.submission_id, state)
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


def _move_assessment(session: Session, submission_id: UUID, state: ReviewState) -> None:
    """A return reopens the assessment, unless a newer version is in already or another government accepted."""
    submission = session.get_one(Submission, submission_id)
    newer = session.scalar(
        select(func.count()).where(
            Submission.assessment_id == submission.assessment_id, Submission.version > submission.version
        )
    )
    if newer:
        return
    after = AssessmentStatus.RETURNED if state is ReviewState.RETURNED else AssessmentStatus.ACCEPTED
    session.execute(
        update(Assessment)
        .where(Assessment.id == submission.assessment_id, Assessment.status == AssessmentStatus.SUBMITTED)
        .values(status=after, version=Assessment.version + 1)
        .execution_options(synchronize_session=False)
    )
