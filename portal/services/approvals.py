"""What takes two people: one asks, another approves; neither can do both, and nothing is approved twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from portal.authz import Principal, visible
from portal.authz.groups import MANAGERS
from portal.models import Approval, Membership, Organisation, Submission, User
from portal.services import audit
from portal.services.jobs import BELL

#: What an owner may ask for; the worker does it once it is approved (portal.services.erasure).
ERASE_SUBMISSION, ERASE_ORGANISATION = "erase_submission", "erase_organisation"


class AskedAlready(Exception):
    """The same was asked for before and is still open."""


class SamePerson(Exception):
    """Who asked cannot approve."""


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """An open request as the people see it who may approve it."""

    id: UUID
    kind: str
    organisation: str
    #: Reference of the submission; empty where it is about the whole organisation.
    reference: str
    asked_by: str
    asked_by_id: UUID
    asked_at: datetime


def ask(session: Session, principal: Principal, kind: str, subject_id: UUID, *, at: datetime) -> Approval:
    """Ask for something about one's own organisation. The caller has found the subject. Raises AskedAlready."""
    same = visible(principal, Approval, at=at).where(Approval.kind == kind, Approval.subject_id == subject_id)
    if session.scalar(same.where(Approval.approved_at.is_(None), Approval.withdrawn_at.is_(None))):
        raise AskedAlready
    approval = Approval(
        id=uuid4(),
        kind=kind,
        subject_id=subject_id,
        organisation_id=principal.organisation,
        asked_by_id=principal.actor,
        asked_at=at,
    )
    session.add(approval)
    session.flush()
    _record(session, principal, "approval.asked", approval, at)
    return approval


def approve(session: Session, principal: Principal, approval_id: UUID, *, at: datetime) -> Approval:
    """Approve what somebody else asked for. Raises LookupError where there is no such open request, SamePerson."""
    approval = _open(session, principal, approval_id, at)
    if approval.asked_by_id == principal.actor:
        raise SamePerson
    _settle(session, approval, approved_by_id=principal.actor, approved_at=at)
    session.info[BELL] = True
    _record(session, principal, "approval.given", approval, at)
    return approval


def withdraw(session: Session, principal: Principal, approval_id: UUID, *, at: datetime) -> None:
    """Take a request back, or turn it down: nothing happens. Raises LookupError."""
    approval = _open(session, principal, approval_id, at)
    _settle(session, approval, withdrawn_at=at)
    _record(session, principal, "approval.withdrawn", approval, at)


def erase_own_account(session: Session, principal: Principal, *, at: datetime) -> None:
    """Ask for the erasure of one's own account. It needs nobody's approval; the person is signed out everywhere."""
    approval = Approval(
        id=uuid4(),
        kind="erase_person",
        subject_id=principal.actor,
        asked_by_id=principal.actor,
        asked_at=at,
        approved_at=at,
    )
    session.add(approval)
    session.flush()
    session.execute(update(User).where(User.id == principal.actor).values(disabled_at=at))
    session.info[BELL] = True
    audit.record(
        session,
        "user.erasure_asked",
        subject=("user", principal.actor),
        at=at,
        by=principal.actor,
        organisation=principal.organisation_id,
    )


def left_without_manager(session: Session, user_id: UUID) -> list[str]:
    """Names of the organisations that nobody but this person manages."""
    other = aliased(Membership)
    managed = select(Organisation.name).join(Membership, Membership.organisation_id == Organisation.id)
    nobody_else = ~exists().where(
        other.organisation_id == Membership.organisation_id, other.user_id != user_id, other.role.in_(MANAGERS)
    ).correlate(Membership)
    return list(
        session.scalars(
            managed.where(Membership.user_id == user_id, Membership.role.in_(MANAGERS), nobody_else).order_by(
                Organisation.name
            )
        )
    )


def open_erasures(session: Session, principal: Principal, *, at: datetime) -> list[ApprovalLine]:
    """Open erasures this person may see, the oldest first. No answers, no scores."""
    asker = aliased(User)
    rows = session.execute(
        visible(principal, Approval, at=at)
        .where(Approval.kind.in_((ERASE_SUBMISSION, ERASE_ORGANISATION)))
        .where(Approval.approved_at.is_(None), Approval.withdrawn_at.is_(None))
        .join(Organisation, Organisation.id == Approval.organisation_id)
        .join(asker, asker.id == Approval.asked_by_id)
        .outerjoin(Submission, Submission.id == Approval.subject_id)
        .with_only_columns(
            Approval.id,
            Approval.kind,
            Organisation.name,
            Submission.reference,
            asker.name,
            Approval.asked_by_id,
            Approval.asked_at,
        )
        .order_by(Approval.asked_at, Approval.id)
    )
    return [ApprovalLine(row[0], row[1], row[2], row[3] or "", *row[4:]) for row in rows]


def _open(session: Session, principal: Principal, approval_id: UUID, at: datetime) -> Approval:
    found: Approval | None = session.scalar(
        visible(principal, Approval, at=at).where(
            Approval.id == approval_id,
            Approval.kind.in_((ERASE_SUBMISSION, ERASE_ORGANISATION)),
            Approval.approved_at.is_(None),
            Approval.withdrawn_at.is_(None),
        )
    )
    if found is None:
        raise LookupError("no such open request")
    return found


def _settle(session: Session, approval: Approval, **values: object) -> None:
    """Only from the open state: of two who decide at once, one is told that it is decided."""
    settled = session.execute(
        update(Approval)
        .where(Approval.id == approval.id, Approval.approved_at.is_(None), Approval.withdrawn_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not settled.rowcount:  # type: ignore[attr-defined]
        raise LookupError("decided in the meantime")


def _record(session: Session, principal: Principal, action: str, approval: Approval, at: datetime) -> None:
    audit.record(
        session,
        action,
        subject=("approval", approval.id),
        at=at,
        by=principal.actor,
        organisation=approval.organisation_id,
        kind=approval.kind,
        about=str(approval.subject_id),
    )
