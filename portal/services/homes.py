"""What waits for a person in a company, from every part of the portal: read in one statement for each kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.scope import scope_of
from portal.domain.lifecycle import AssessmentStatus, is_editable
from portal.models import (
    AnswerRow,
    Assessment,
    Assignment,
    Comment,
    CorrectiveAction,
    Membership,
    Mention,
    Organisation,
    Review,
    ReviewState,
    Share,
    Submission,
    User,
)
from portal.services.actions import CLOSED

#: Days before its day from which a corrective action, and the end of a share, is told.
ACTIONS, SHARES = 30, 30
#: Days for which something that happened is news.
NEWS = 14
OPEN = tuple(filter(is_editable, AssessmentStatus))


@dataclass(frozen=True, slots=True)
class Held:
    """A section or question that somebody works on."""

    assessment_id: UUID
    section_id: str
    question_id: str
    name: str
    due_on: date | None
    handed_back_at: datetime | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Named:
    """Open comments about a question that mention the person."""

    assessment_id: UUID
    question_id: str
    author: str


@dataclass(frozen=True, slots=True)
class Harm:
    """Remedy was under way on a plan, and the plan has ended."""

    assessment_id: UUID
    question_id: str
    plan_end: date


@dataclass(frozen=True, slots=True)
class Ending:
    """A share that ends soon."""

    submission_id: UUID
    reference: str
    government: str
    until: date


@dataclass(frozen=True, slots=True)
class Decided:
    """What a government decided lately."""

    submission_id: UUID
    reference: str
    government: str
    at: datetime


def held_by_and_for(session: Session, principal: Principal, today: date) -> list[Held]:
    """What is in the person's hands; what they gave to others that is late; what came back to them lately."""
    mine = Assignment.membership_id == principal.membership_id
    lately = today - timedelta(days=NEWS)
    given = (Assignment.given_by_id == principal.user_id) & (
        (Assignment.handed_back_at.is_(None) & (Assignment.due_on < today))
        | (Assignment.handed_back_at >= _moment(lately))
    )
    rows = session.execute(
        visible(principal, Assignment)
        .join(Assessment, Assessment.id == Assignment.assessment_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(Assessment.status.in_(OPEN), or_(mine & Assignment.handed_back_at.is_(None), given & ~mine))
        .with_only_columns(
            Assignment.assessment_id,
            Assignment.section_id,
            Assignment.question_id,
            User.name,
            Assignment.due_on,
            Assignment.handed_back_at,
            Assignment.membership_id,
        )
        .order_by(Assignment.due_on, Assignment.section_id, Assignment.question_id)
    )
    return [Held(*row[:6], is_mine=row[6] == principal.membership_id) for row in rows]


def mentions_of(session: Session, principal: Principal) -> list[Named]:
    """Open comments that name the person; whether they still see the question the page of it decides."""
    rows = session.execute(
        visible(principal, Comment)
        .join(Mention, Mention.comment_id == Comment.id)
        .join(User, User.id == Comment.author_id)
        .where(Mention.user_id == principal.user_id)
        .where(Comment.settled_at.is_(None), Comment.withdrawn_at.is_(None))
        .with_only_columns(Comment.assessment_id, Comment.question_id, User.name)
        .order_by(Comment.written_at)
    )
    return [Named(*row) for row in rows]


def ended_plans(session: Session, principal: Principal, today: date) -> list[Harm]:
    rows = session.execute(
        select(AnswerRow.assessment_id, AnswerRow.question_id, AnswerRow.plan_end, AnswerRow.value)
        .join(Assessment, Assessment.id == AnswerRow.assessment_id)
        .where(scope_of(principal, Assessment), Assessment.status.in_(OPEN), AnswerRow.plan_end < today)
        .order_by(AnswerRow.plan_end, AnswerRow.question_id)
    )
    # Compared here: what a JSON column equals is another question on each database.
    return [Harm(*row[:3]) for row in rows if row.value == "found_remediating"]


def due_actions(session: Session, principal: Principal, today: date) -> list[CorrectiveAction]:
    """Corrective actions of the person, and those of nobody, whose day is near or past."""
    own = or_(CorrectiveAction.owner_id == principal.user_id, CorrectiveAction.owner_id.is_(None))
    near = CorrectiveAction.due_on <= today + timedelta(days=ACTIONS)
    found = visible(principal, CorrectiveAction).where(own, near, CorrectiveAction.status.not_in(CLOSED))
    return list(session.scalars(found.order_by(CorrectiveAction.due_on)))


def ending_shares(session: Session, principal: Principal, today: date) -> list[Ending]:
    rows = session.execute(
        visible(principal, Share)
        .join(Submission, Submission.id == Share.submission_id)
        .join(Organisation, Organisation.id == Share.government_id)
        .where(Share.revoked_at.is_(None), Share.expired_at.is_(None), Submission.withdrawn_at.is_(None))
        .where(Share.until >= today, Share.until <= today + timedelta(days=SHARES))
        .with_only_columns(Submission.id, Submission.reference, Organisation.name, Share.until)
        .order_by(Share.until)
    )
    return [Ending(row[0], row[1], row[2], row[3]) for row in rows if row[3]]


def lately_decided(session: Session, principal: Principal, today: date) -> list[Decided]:
    rows = session.execute(
        visible(principal, Review)
        .join(Submission, Submission.id == Review.submission_id)
        .join(Organisation, Organisation.id == Review.government_id)
        .where(Review.state == ReviewState.ACCEPTED, Review.decided_at >= _moment(today - timedelta(days=NEWS)))
        .with_only_columns(Submission.id, Submission.reference, Organisation.name, Review.decided_at)
        .order_by(Review.decided_at.desc())
    )
    return [Decided(row[0], row[1], row[2], row[3]) for row in rows if row[3]]


def to_renew(submissions: Iterable[Submission], own: Iterable[Assessment], today: date) -> list[Submission]:
    """Submissions that end within two months or have ended, of which no later period was begun."""
    begun: dict[str, date] = {}
    for one in own:
        slug = one.questionnaire.partition("@")[0]
        begun[slug] = max(one.period_start, begun.get(slug, one.period_start))
    periods = {one.id: one.period_start for one in own}
    return [
        one
        for one in submissions
        if one.withdrawn_at is None
        and one.valid_until <= today + timedelta(days=60)
        and one.assessment_id in periods
        and begun[one.questionnaire.partition("@")[0]] == periods[one.assessment_id]
        and not any(other.assessment_id == one.assessment_id and other.version > one.version for other in submissions)
    ]


def _moment(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=UTC)
