"""All factors of a person are lost: a manager of their organisation asks, a second person approves, they begin anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, Select, delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from portal.authz import Principal, visible
from portal.models import (
    Approval,
    Authenticator,
    Membership,
    Organisation,
    OrganisationKind,
    RecoveryCode,
    User,
)
from portal.services import audit, factors, logins, throttles

KIND = "reset_factors"
#: A request that nobody approved by then is void.
LASTS = timedelta(days=7)


class NothingToReset(Exception):
    """The person has no second factor."""


class OwnFactors(Exception):
    """Nobody has a hand in the reset of their own factors."""


class AskedAlready(Exception):
    """The same was asked for before and is still open."""


class SamePerson(Exception):
    """Who asked cannot approve."""


class NeedsAdministrator(Exception):
    """The person works for other organisations too: one of them alone must not open the others."""


@dataclass(frozen=True, slots=True)
class ResetLine:
    """An open request as the people see it who may approve it."""

    id: UUID
    person: str
    organisation: str
    asked_by: str
    asked_by_id: UUID
    asked_at: datetime
    #: Works for other organisations too, so only an administrator can approve it.
    works_elsewhere: bool


def ask(session: Session, principal: Principal, membership_id: UUID, *, at: datetime) -> str:
    """Ask for the reset of a member of one's own organisation; return where to tell the person.

    Raises LookupError for anybody else's membership, OwnFactors, NothingToReset, AskedAlready.
    """
    user = session.scalar(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.id == membership_id, Membership.organisation_id == principal.organisation)
        .with_for_update(of=User)
    )
    if user is None:
        raise LookupError("no such member")
    if user.id == principal.actor:
        raise OwnFactors
    if not factors.authenticators_of(session, user.id):
        raise NothingToReset
    if session.scalar(_open(principal, at).where(Approval.subject_id == user.id)):
        raise AskedAlready
    approval = Approval(
        id=uuid4(),
        kind=KIND,
        subject_id=user.id,
        organisation_id=principal.organisation,
        asked_by_id=principal.actor,
        asked_at=at,
    )
    session.add(approval)
    session.flush()
    _record(session, principal, "factor_reset.asked", approval, at)
    return user.email


def approve(session: Session, principal: Principal, approval_id: UUID, *, at: datetime) -> str:
    """Remove all factors and recovery codes of the person, end their sign-ins, and return where to tell them.

    Raises LookupError where there is no such open request, SamePerson, OwnFactors, NeedsAdministrator.
    """
    approval = _found(session, principal, approval_id, at)
    if approval.asked_by_id == principal.actor:
        raise SamePerson
    if approval.subject_id == principal.actor:
        raise OwnFactors
    if principal.kind is not OrganisationKind.ADMINISTRATION and session.scalar(select(_works_elsewhere(approval))):
        raise NeedsAdministrator
    _settle(session, approval, approved_by_id=principal.actor, approved_at=at, done_at=at)
    _forget(session, approval.subject_id, at)
    throttles.reopen(session, throttles.factor_keys(approval.subject_id))
    _record(session, principal, "factor_reset.approved", approval, at)
    return factors.address_of(session, approval.subject_id)


def reset_by_operator(session: Session, email: str, *, at: datetime) -> None:
    """Remove a person's factors where no second manager or administrator is left to approve it.

    For the command line of whoever runs the machine; the log names the portal itself. Raises LookupError,
    NothingToReset.
    """
    user_id = session.scalar(select(User.id).where(User.email == email))
    if user_id is None:
        raise LookupError("nobody has this address")
    if not factors.authenticators_of(session, user_id):
        raise NothingToReset
    _forget(session, user_id, at)
    audit.record(session, "factor_reset.by_operator", subject=("user", user_id), at=at, by=None, organisation=None)


def withdraw(session: Session, principal: Principal, approval_id: UUID, *, at: datetime) -> None:
    """Take a request back, or turn it down. Raises LookupError where there is no such open request."""
    approval = _found(session, principal, approval_id, at)
    _settle(session, approval, withdrawn_at=at)
    _record(session, principal, "factor_reset.withdrawn", approval, at)


def open_requests(session: Session, principal: Principal, *, at: datetime) -> list[ResetLine]:
    """Open requests this person may see, the oldest first."""
    asker, person = aliased(User), aliased(User)
    rows = session.execute(
        _open(principal, at)
        .join(Organisation, Organisation.id == Approval.organisation_id)
        .join(asker, asker.id == Approval.asked_by_id)
        .join(person, person.id == Approval.subject_id)
        .with_only_columns(
            Approval.id,
            person.name,
            Organisation.name,
            asker.name,
            Approval.asked_by_id,
            Approval.asked_at,
            _works_elsewhere(Approval),
        )
        .order_by(Approval.asked_at, Approval.id)
    )
    return [ResetLine(*row) for row in rows]


def _forget(session: Session, user_id: UUID, at: datetime) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(Authenticator).where(Authenticator.user_id == user_id))
    logins.end_logins(session, user_id=user_id, at=at)


def _open(principal: Principal, at: datetime) -> Select[Any]:
    """Open requests about people who still belong to the organisation that asked."""
    member = exists().where(
        Membership.user_id == Approval.subject_id, Membership.organisation_id == Approval.organisation_id
    )
    return visible(principal, Approval, at=at).where(
        Approval.kind == KIND,
        Approval.approved_at.is_(None),
        Approval.withdrawn_at.is_(None),
        Approval.asked_at > at - LASTS,
        member,
    )


def _found(session: Session, principal: Principal, approval_id: UUID, at: datetime) -> Approval:
    found: Approval | None = session.scalar(_open(principal, at).where(Approval.id == approval_id))
    if found is None:
        raise LookupError("no such open request")
    return found


def _works_elsewhere(approval: Any) -> Any:
    return exists().where(
        Membership.user_id == approval.subject_id, Membership.organisation_id != approval.organisation_id
    )


def _settle(session: Session, approval: Approval, **values: object) -> None:
    """Only from the open state: of two who decide at once, one is told that it is decided."""
    settled = (
        update(Approval)
        .where(Approval.id == approval.id, Approval.approved_at.is_(None), Approval.withdrawn_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not cast(CursorResult[Any], session.execute(settled)).rowcount:
        raise LookupError("decided in the meantime")


def _record(session: Session, principal: Principal, action: str, approval: Approval, at: datetime) -> None:
    audit.record(
        session,
        action,
        subject=("user", approval.subject_id),
        at=at,
        by=principal.actor,
        organisation=approval.organisation_id,
        request=str(approval.id),
    )
