"""What is noted about the questions of an assessment beside their answers: read in one statement for a whole page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, bindparam, cast, delete, func, insert, literal, null, select, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import Assessment, Assignment, Bookmark, Comment, Membership, SectionDone, User
from portal.services import audit


@dataclass(frozen=True, slots=True)
class Holder:
    """Who was given a question or section, and until when."""

    name: str
    due_on: date | None
    user_id: UUID


@dataclass(frozen=True, slots=True)
class Marks:
    """Of one assessment: question id -> what is noted there; section id -> what is said of the whole section."""

    comments: Mapping[str, int] = field(default_factory=dict)
    bookmarks: frozenset[str] = frozenset()
    holders: Mapping[str, tuple[Holder, ...]] = field(default_factory=dict)
    section_holders: Mapping[str, tuple[Holder, ...]] = field(default_factory=dict)
    done: frozenset[str] = frozenset()


NO_MARKS = Marks()

_OF = bindparam("assessment", type_=Assessment.__table__.c.id.type)
_NO_DAY, _NOBODY = cast(null(), Date), cast(null(), User.__table__.c.id.type)
_NOTED = union_all(
    select(literal("comment"), Comment.question_id, literal(""), func.count(), literal(""), _NO_DAY, _NOBODY)
    .where(Comment.assessment_id == _OF, Comment.settled_at.is_(None), Comment.withdrawn_at.is_(None))
    .group_by(Comment.question_id),
    select(literal("mark"), Bookmark.question_id, literal(""), literal(1), literal(""), _NO_DAY, _NOBODY).where(
        Bookmark.assessment_id == _OF
    ),
    select(literal("done"), literal(""), SectionDone.section_id, literal(1), literal(""), _NO_DAY, _NOBODY).where(
        SectionDone.assessment_id == _OF
    ),
    select(
        literal("held"),
        Assignment.question_id,
        Assignment.section_id,
        literal(1),
        User.name,
        Assignment.due_on,
        User.id,
    )
    .join(Membership, Membership.id == Assignment.membership_id)
    .join(User, User.id == Membership.user_id)
    .where(Assignment.assessment_id == _OF, Assignment.handed_back_at.is_(None)),
)


def marks_of(session: Session, assessment: Assessment) -> Marks:
    """Open comments, bookmarks, who holds what, and which sections somebody called complete."""
    comments: dict[str, int] = {}
    bookmarks, done = set(), set()
    holders: dict[str, tuple[Holder, ...]] = {}
    section_holders: dict[str, tuple[Holder, ...]] = {}
    for kind, question, section, count, name, due_on, user in session.connection().execute(
        _NOTED, {"assessment": assessment.id}
    ):
        match kind:
            case "comment":
                comments[question] = count
            case "mark":
                bookmarks.add(question)
            case "done":
                done.add(section)
            case _:
                place, key = (holders, question) if question else (section_holders, section)
                place[key] = (*place.get(key, ()), Holder(name, due_on, user))
    return Marks(comments, frozenset(bookmarks), holders, section_holders, frozenset(done))


def set_bookmark(
    session: Session, principal: Principal, assessment: Assessment, question_id: str, *, marked: bool, at: datetime
) -> bool:
    """Mark a question to come back to, or take the mark away; False where it was so already."""
    key = {"assessment_id": assessment.id, "question_id": question_id}
    changed = _put(session, Bookmark, key, {"marked_by_id": principal.actor, "marked_at": at}, wanted=marked)
    if changed:
        subject = ("answer", f"{assessment.id}/{question_id}")
        action = "question.marked" if marked else "question.unmarked"
        by, organisation = principal.actor, assessment.organisation_id
        audit.record(session, action, subject=subject, at=at, by=by, organisation=organisation)
    return changed


def set_done(
    session: Session, principal: Principal, assessment: Assessment, section_id: str, *, done: bool, at: datetime
) -> bool:
    """Say that a section is complete, or that it is not; False where that was said already."""
    key = {"assessment_id": assessment.id, "section_id": section_id}
    changed = _put(session, SectionDone, key, {"done_by_id": principal.actor, "done_at": at}, wanted=done)
    if changed:
        audit.record(
            session,
            "section.completed" if done else "section.reopened",
            subject=("assessment", assessment.id),
            at=at,
            by=principal.actor,
            organisation=assessment.organisation_id,
            section=section_id,
        )
    return changed


def _put(
    session: Session,
    model: type[Bookmark | SectionDone],
    key: Mapping[str, object],
    values: Mapping[str, object],
    *,
    wanted: bool,
) -> bool:
    """Make the row be there or not; whether that changed anything."""
    if wanted:
        try:
            with session.begin_nested():
                session.execute(insert(model).values(**key, **values))
        except IntegrityError:
            return False
        return True
    gone = session.execute(delete(model).filter_by(**key).execution_options(synchronize_session=False))
    return bool(gone.rowcount)  # type: ignore[attr-defined]
