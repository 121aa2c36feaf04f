"""What colleagues say to each other about a question: written, taken back, dealt with; never part of a submission."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from portal.authz import Principal, visible
from portal.authz.groups import NARROWED
from portal.domain.mentions import mentioned
from portal.domain.questionnaire import Questionnaire
from portal.models import Assessment, Assignment, Comment, Membership, Mention, Role, User
from portal.services import audit
from portal.services.sections import own_work


class NotYours(Exception):
    """Only its author takes a comment back."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the company, and whether the question is one that they see."""

    user_id: UUID
    name: str
    email: str
    language: str
    role: Role
    sees: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One comment. Names are empty for people whose account was erased."""

    id: UUID
    question_id: str
    author_id: UUID
    author: str
    body: str
    written_at: datetime
    withdrawn_at: datetime | None
    settled_by: str
    settled_at: datetime | None
    #: Who was told of it by mail.
    told: tuple[str, ...] = ()
    told_ids: frozenset[UUID] = frozenset()
    #: Whether the person who reads may take it back.
    withdrawable: bool = False

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None and self.settled_at is None


@dataclass(frozen=True, slots=True)
class Written:
    """Whom to tell by mail; and who was named although the question is none that they see."""

    comment_id: UUID
    tell: tuple[Colleague, ...]
    out_of_reach: tuple[str, ...]


def comments_on(session: Session, principal: Principal, assessment: Assessment, question_id: str) -> list[Said]:
    """Everything said about a question that this person sees, the oldest first. The caller checks that they see it."""
    return _said(session, principal, (Comment.assessment_id == assessment.id) & (Comment.question_id == question_id))


def all_comments(
    session: Session, principal: Principal, assessment: Assessment, questionnaire: Questionnaire
) -> list[Said]:
    """Everything said about the assessment, in the order of its questions; of those shown a part of it, that part."""
    work = own_work(session, principal, assessment.id)
    section_of = questionnaire.section_of
    places = {question.id: place for place, question in enumerate(questionnaire.questions)}
    said = [
        one
        for one in _said(session, principal, Comment.assessment_id == assessment.id)
        if one.question_id in places and (work is None or work.covers(section_of[one.question_id].id, one.question_id))
    ]
    return sorted(said, key=lambda one: (places[one.question_id], one.written_at))


def open_for(session: Session, principal: Principal, assessment: Assessment) -> list[str]:
    """The questions of open comments that name this person, one for each comment; the caller leaves out those that
    they no longer see."""
    mine = (
        visible(principal, Comment)
        .where(Comment.assessment_id == assessment.id, Comment.settled_at.is_(None), Comment.withdrawn_at.is_(None))
        .join(Mention, Mention.comment_id == Comment.id)
        .where(Mention.user_id == principal.actor)
        .with_only_columns(Comment.question_id)
    )
    return list(session.scalars(mine))


def colleagues_at(
    session: Session, principal: Principal, assessment: Assessment, section_id: str, question_id: str
) -> list[Colleague]:
    """Everybody else in the company, by name, and whether they see this question.

    The same rule as `portal.authz.scope` and `portal.services.sections` have for the person who asks.
    """
    given = exists().where(
        Assignment.membership_id == Membership.id,
        Assignment.assessment_id == assessment.id,
        or_(
            (Assignment.section_id == section_id) & (Assignment.question_id == ""),
            Assignment.question_id == question_id,
        ),
    )
    rows = session.execute(
        select(User.id, User.name, User.email, User.language, Membership.role, given.label("given"))
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == principal.organisation, User.disabled_at.is_(None))
        .where(User.id != principal.actor)
        .order_by(User.name, User.id)
    )
    return [Colleague(row[0], row[1], row[2], row[3], row[4], row[4] not in NARROWED or row[5]) for row in rows]


def write_comment(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    where: tuple[str, str],
    body: str,
    *,
    chosen: Collection[UUID],
    key: str,
    at: datetime,
) -> Written:
    """Say something about the question `where` (section, question) and note who is told: those chosen, those named.

    `key` comes from the form: pressed twice, it is one comment, and nobody is told twice.
    """
    section_id, question_id = where
    others = colleagues_at(session, principal, assessment, section_id, question_id)
    named = mentioned(body, [one.name for one in others])
    meant = [one for one in others if one.user_id in chosen or one.name in named]
    tell = tuple(one for one in meant if one.sees)
    comment_id = uuid5(principal.actor, f"{assessment.id}/{question_id}/{key}/{body}")
    row = {"id": comment_id, "assessment_id": assessment.id, "question_id": question_id, "body": body}
    try:
        with session.begin_nested():
            session.execute(insert(Comment).values(author_id=principal.actor, written_at=at, **row))
    except IntegrityError:
        return Written(comment_id, (), ())
    if tell:
        session.execute(insert(Mention), [{"comment_id": comment_id, "user_id": one.user_id} for one in tell])
    told = [str(one.user_id) for one in tell]
    _record(session, principal, assessment, "comment.written", question_id, at, comment=str(comment_id), told=told)
    # Who sees only a part learns of nobody whom they cannot reach.
    far = () if principal.role in NARROWED else tuple(one.name for one in meant if not one.sees)
    return Written(comment_id, tell, far)


def find_comment(session: Session, principal: Principal, assessment: Assessment, comment_id: UUID) -> Comment | None:
    """A comment of this assessment; the caller checks that its question is one the person sees."""
    wanted = visible(principal, Comment).where(Comment.assessment_id == assessment.id, Comment.id == comment_id)
    found: Comment | None = session.scalar(wanted)
    return found


def withdraw_comment(
    session: Session, principal: Principal, assessment: Assessment, comment: Comment, *, at: datetime
) -> bool:
    """Take one's own comment back: its words go for good. False if they were gone already. Raises NotYours."""
    if not session.scalar(select(_removable(principal)).where(Comment.id == comment.id)):
        raise NotYours
    if not _changed(session, comment.id, Comment.withdrawn_at.is_(None), {"body": "", "withdrawn_at": at}):
        return False
    gone = delete(Mention).where(Mention.comment_id == comment.id)
    session.execute(gone.execution_options(synchronize_session=False))
    _record(session, principal, assessment, "comment.withdrawn", comment.question_id, at, comment=str(comment.id))
    return True


def settle_comment(
    session: Session, principal: Principal, assessment: Assessment, comment: Comment, *, settled: bool, at: datetime
) -> bool:
    """Say that it is dealt with, or open it again; False where that was so already, or its words were taken back."""
    stands = Comment.settled_at.is_(None) if settled else Comment.settled_at.is_not(None)
    values = {"settled_by_id": principal.actor if settled else None, "settled_at": at if settled else None}
    if not _changed(session, comment.id, stands & Comment.withdrawn_at.is_(None), values):
        return False
    action = "comment.settled" if settled else "comment.reopened"
    _record(session, principal, assessment, action, comment.question_id, at, comment=str(comment.id))
    return True


def _said(session: Session, principal: Principal, which: ColumnElement[bool]) -> list[Said]:
    scope = visible(principal, Comment).where(which)
    told: dict[UUID, list[tuple[str, UUID]]] = {}
    for comment_id, name, user_id in session.execute(
        select(Mention.comment_id, User.name, User.id)
        .join(User, User.id == Mention.user_id)
        .where(Mention.comment_id.in_(scope.with_only_columns(Comment.id)))
        .order_by(User.name)
    ):
        told.setdefault(comment_id, []).append((name, user_id))
    settler = aliased(User)
    rows = session.execute(
        scope.join(User, User.id == Comment.author_id)
        .outerjoin(settler, settler.id == Comment.settled_by_id)
        .add_columns(User.name, settler.name, _removable(principal))
        .order_by(Comment.written_at, Comment.id)
    )
    return [_one(row[0], (row[1], row[2] or ""), told.get(row[0].id, []), row[3]) for row in rows]


def _one(comment: Comment, names: tuple[str, str], told: list[tuple[str, UUID]], removable: bool) -> Said:
    author, settled_by = names
    return Said(
        comment.id,
        comment.question_id,
        comment.author_id,
        author,
        comment.body,
        comment.written_at,
        comment.withdrawn_at,
        settled_by,
        comment.settled_at,
        tuple(name for name, _id in told),
        frozenset(user_id for _name, user_id in told),
        bool(removable) and comment.withdrawn_at is None,
    )


def _removable(principal: Principal) -> ColumnElement[bool]:
    """One's own; and for owners those of people who have left, so that words that must not be kept can always go."""
    own: ColumnElement[bool] = Comment.author_id == principal.actor
    if principal.role is not Role.OWNER:
        return own
    member = exists().where(
        Membership.user_id == Comment.author_id, Membership.organisation_id == principal.organisation
    )
    return own | ~member.correlate(Comment)


def _changed(session: Session, comment_id: UUID, stands: ColumnElement[bool], values: dict[str, Any]) -> bool:
    """Whether the comment was still as the person saw it, and is changed now."""
    done = session.execute(
        update(Comment)
        .where(Comment.id == comment_id, stands)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _record(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    action: str,
    question_id: str,
    at: datetime,
    **details: Any,
) -> None:
    subject, organisation = ("answer", f"{assessment.id}/{question_id}"), assessment.organisation_id
    audit.record(session, action, subject=subject, at=at, by=principal.actor, organisation=organisation, **details)
