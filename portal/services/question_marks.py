"""What is noted about the questions of an assessment beside their answers: read in one statement for a whole page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Integer, String, Uuid, bindparam, column, delete, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.db import UTCDateTime
from portal.models import Assessment, Bookmark, SectionDone
from portal.services import audit
from portal.services.presence import LASTS, Present


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
    #: Who has a page of the assessment open, whoever asks among them.
    here: tuple[Present, ...] = ()


NO_MARKS = Marks()

#: Written out: it belongs to a page that many open, and building so long a statement costs more than running it.
_NOTED = (
    text("""
        SELECT 'comment' AS kind, question_id, '' AS section_id, count(*) AS number, '' AS name,
            CAST(NULL AS DATE) AS due_on, CAST(NULL AS UUID) AS user_id
        FROM comment WHERE assessment_id = :assessment AND settled_at IS NULL AND withdrawn_at IS NULL
        GROUP BY question_id
        UNION ALL SELECT 'mark', question_id, '', 1, '', NULL, NULL FROM bookmark WHERE assessment_id = :assessment
        UNION ALL SELECT 'done', '', section_id, 1, '', NULL, NULL FROM section_done WHERE assessment_id = :assessment
        UNION ALL SELECT 'held', held.question_id, held.section_id, 1, person.name, held.due_on, person.id
        FROM assignment AS held JOIN membership ON membership.id = held.membership_id
        JOIN "user" AS person ON person.id = membership.user_id
        WHERE held.assessment_id = :assessment AND held.handed_back_at IS NULL
        UNION ALL SELECT 'here', '', presence.section_id, 1, person.name, NULL, person.id
        FROM presence JOIN "user" AS person ON person.id = presence.user_id
        WHERE presence.assessment_id = :assessment AND presence.seen_at >= :since
    """)
    .bindparams(bindparam("assessment", type_=Uuid()), bindparam("since", type_=UTCDateTime()))
    .columns(
        column("kind", String),
        column("question_id", String),
        column("section_id", String),
        column("number", Integer),
        column("name", String),
        column("due_on", Date),
        column("user_id", Uuid()),
    )
)


def marks_of(session: Session, assessment: Assessment, *, at: datetime) -> Marks:
    """Open comments, bookmarks, who holds what, which sections somebody called complete, and who is there."""
    comments: dict[str, int] = {}
    bookmarks, done = set(), set()
    holders: dict[str, tuple[Holder, ...]] = {}
    section_holders: dict[str, tuple[Holder, ...]] = {}
    here: list[Present] = []
    for kind, question, section, count, name, due_on, user in session.connection().execute(
        _NOTED, {"assessment": assessment.id, "since": at - LASTS}
    ):
        match kind:
            case "comment":
                comments[question] = count
            case "mark":
                bookmarks.add(question)
            case "done":
                done.add(section)
            case "here":
                here.append(Present(user, name, section))
            case _:
                place, key = (holders, question) if question else (section_holders, section)
                place[key] = (*place.get(key, ()), Holder(name, due_on, user))
    here.sort(key=lambda one: one.name)
    return Marks(comments, frozenset(bookmarks), holders, section_holders, frozenset(done), tuple(here))


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
