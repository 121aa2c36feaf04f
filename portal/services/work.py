"""Work that is given to a member: a section or one question, until a day; handed back, or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import Assessment, Assignment, Membership, Organisation, Role, User
from portal.services import audit


class AlreadyGiven(Exception):
    """This member holds exactly that already."""


class NotOpen(Exception):
    """It was handed back or taken back in between."""


class ChangedMeanwhile(Exception):
    """A colleague changed it since the page was made; carries how it stands now."""

    def __init__(self, now: Work) -> None:
        super().__init__("changed in between")
        self.now = now


@dataclass(frozen=True, slots=True)
class Colleague:
    membership_id: UUID
    user_id: UUID
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Work:
    """One assignment with the names of both people; of whom an account was erased the name is empty."""

    id: UUID
    section_id: str
    question_id: str
    holder: str
    holder_id: UUID
    given_by: str
    due_on: date | None
    note: str
    handed_back_at: datetime | None
    hand_back_note: str
    version: int


@dataclass(frozen=True, slots=True)
class Told:
    """Whom to tell by mail, and in whose name."""

    email: str
    organisation: str


def colleagues(session: Session, principal: Principal) -> list[Colleague]:
    rows = session.execute(
        select(Membership.id, User.id, User.name, Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id == principal.organisation, User.disabled_at.is_(None))
        .order_by(User.name, Membership.id)
    )
    return [Colleague(row[0], row[1], row[2], row[3]) for row in rows]


def list_work(session: Session, principal: Principal, assessment: Assessment) -> list[Work]:
    """What is given of an assessment: first what is still in hand, by day."""
    giver = select(User.name).where(User.id == Assignment.given_by_id).correlate(Assignment).scalar_subquery()
    rows = session.execute(
        visible(principal, Assignment)
        .where(Assignment.assessment_id == assessment.id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(User, User.id == Membership.user_id)
        .with_only_columns(
            Assignment.id,
            Assignment.section_id,
            Assignment.question_id,
            User.name,
            User.id.label("holder_id"),
            giver.label("given_by"),
            Assignment.due_on,
            Assignment.note,
            Assignment.handed_back_at,
            Assignment.hand_back_note,
            Assignment.version,
        )
    )
    work = [Work(*tuple(row)) for row in rows]
    return sorted(work, key=lambda one: (one.handed_back_at is not None, one.due_on or date.max, one.section_id))


def give_work(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    membership_id: UUID,
    *,
    section_id: str,
    question_id: str,
    due_on: date | None,
    note: str,
    at: datetime,
) -> Told:
    """Give a section, or one question of it. What was handed back is given again. Raises LookupError, AlreadyGiven."""
    if membership_id not in {one.membership_id for one in colleagues(session, principal)}:
        raise LookupError("nobody here")
    key = {"membership_id": membership_id, "section_id": section_id, "question_id": question_id}
    values: dict[str, Any] = {"due_on": due_on, "note": note, "given_by_id": principal.actor, "given_at": at}
    again = session.execute(
        update(Assignment)
        .where(Assignment.assessment_id == assessment.id, Assignment.handed_back_at.is_not(None))
        .filter_by(**key)
        .values(handed_back_at=None, hand_back_note="", version=Assignment.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if not again.rowcount:  # type: ignore[attr-defined]
        try:
            with session.begin_nested():
                session.add(Assignment(id=uuid4(), assessment_id=assessment.id, **key, **values))
        except IntegrityError:
            raise AlreadyGiven from None
    what = {"membership": str(membership_id), "section": section_id, "question": question_id}
    _record(session, principal, assessment, "work.given", at, **what)
    return _told(session, principal, select(Membership.user_id).where(Membership.id == membership_id))


def change_work(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    work_id: UUID,
    *,
    due_on: date | None,
    note: str,
    version: int,
    at: datetime,
) -> Told | None:
    """Set another day or note for what is in hand; return whom to tell, nobody where nothing changed.

    Raises NotOpen for what was handed back or taken back, ChangedMeanwhile for a version that no longer stands.
    """
    now = next((one for one in list_work(session, principal, assessment) if one.id == work_id), None)
    if now is None or now.handed_back_at:
        raise NotOpen
    if (now.due_on, now.note) == (due_on, note):
        return None
    changed = session.execute(
        update(Assignment)
        .where(Assignment.id == work_id, Assignment.assessment_id == assessment.id, Assignment.version == version)
        .where(Assignment.handed_back_at.is_(None))
        .values(due_on=due_on, note=note, version=version + 1)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise ChangedMeanwhile(now)
    day = due_on.isoformat() if due_on else ""
    _record(session, principal, assessment, "work.changed", at, assignment=str(work_id), due_on=day)
    return _told(session, principal, select(User.id).where(User.id == now.holder_id))


def hand_back(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    work_id: UUID,
    note: str,
    *,
    version: int,
    at: datetime,
) -> Told | None:
    """The holder says it is done; return whom to tell. Raises NotOpen."""
    changed = session.execute(
        update(Assignment)
        .where(Assignment.id == work_id, Assignment.assessment_id == assessment.id, Assignment.version == version)
        .where(Assignment.membership_id == principal.membership_id, Assignment.handed_back_at.is_(None))
        .values(handed_back_at=at, hand_back_note=note, version=version + 1)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise NotOpen
    _record(session, principal, assessment, "work.handed_back", at, assignment=str(work_id))
    giver = select(Assignment.given_by_id).where(Assignment.id == work_id)
    return _told(session, principal, giver) if session.scalar(giver) else None


def take_back(
    session: Session, principal: Principal, assessment: Assessment, work_id: UUID, *, version: int, at: datetime
) -> None:
    """Whoever manages the assessment takes it back; a contributor sees it no more. Raises NotOpen."""
    gone = session.execute(
        delete(Assignment)
        .where(Assignment.id == work_id, Assignment.assessment_id == assessment.id, Assignment.version == version)
        .execution_options(synchronize_session=False)
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        raise NotOpen
    _record(session, principal, assessment, "work.taken_back", at, assignment=str(work_id))


def _told(session: Session, principal: Principal, user_id: Any) -> Told:
    email = session.scalars(select(User.email).where(User.id.in_(user_id))).one()
    name = session.scalars(select(Organisation.name).where(Organisation.id == principal.organisation)).one()
    return Told(email, name)


def _record(
    session: Session, principal: Principal, assessment: Assessment, action: str, at: datetime, **details: str
) -> None:
    subject, organisation = ("assessment", assessment.id), assessment.organisation_id
    audit.record(session, action, subject=subject, at=at, by=principal.actor, organisation=organisation, **details)
