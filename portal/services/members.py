"""Who belongs to an organisation and as what: new roles, removal, leaving, handing over; one manager always stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, exists, func, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.groups import MANAGERS
from portal.models import Assignment, Authenticator, Login, Membership, Organisation, OrganisationKind, Role, User
from portal.services import audit, logins

#: Roles a manager may give, by kind of organisation, the usual one first.
ROLES = {
    OrganisationKind.COMPANY: (
        Role.EDITOR,
        Role.CONTRIBUTOR,
        Role.SIGNATORY,
        Role.WORKER_REPRESENTATIVE,
        Role.OWNER,
    ),
    OrganisationKind.GOVERNMENT: (Role.REVIEWER, Role.SUPERVISOR),
    OrganisationKind.ADMINISTRATION: (Role.METHODOLOGY_EDITOR, Role.ADMINISTRATOR),
}


class LastManager(Exception):
    """Without this person nobody could manage the organisation."""


class ChangedMeanwhile(Exception):
    """The role is another one than the page showed."""


class UnfittingRole(ValueError):
    """Organisations of this kind have no such role."""


@dataclass(frozen=True, slots=True)
class Member:
    membership_id: UUID
    user_id: UUID
    name: str
    email: str
    role: Role
    since: datetime
    has_factor: bool
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """Whom to tell what happened."""

    email: str
    organisation: str


def list_members(session: Session, principal: Principal) -> list[Member]:
    """Everybody in the manager's organisation, by name."""
    return [_member(row) for row in session.execute(_members(principal).order_by(User.name, User.email))]


def find_member(session: Session, principal: Principal, membership_id: UUID) -> Member:
    """A member of the manager's organisation. Raises LookupError for anybody else."""
    row = session.execute(_members(principal).where(Membership.id == membership_id)).first()
    if row is None:
        raise LookupError("no such member")
    return _member(row)


def change_role(
    session: Session, principal: Principal, membership_id: UUID, role: Role, *, seen: str, at: datetime
) -> Told:
    """Give a member another role; their sign-ins for this organisation end.

    Raises LookupError, UnfittingRole, ChangedMeanwhile, LastManager.
    """
    if principal.kind is None or role not in ROLES[principal.kind]:
        raise UnfittingRole(role)
    member = _locked(session, principal, membership_id)
    if member.role != seen:
        raise ChangedMeanwhile
    if member.role in MANAGERS and role not in MANAGERS:
        _keep_a_manager(session, principal.organisation, member.user_id)
    changed = update(Membership).where(Membership.id == member.membership_id, Membership.role == member.role)
    if not _rows(session, changed.values(role=role)):
        raise ChangedMeanwhile
    session.execute(delete(Assignment).where(Assignment.membership_id == membership_id))
    logins.end_logins(session, user_id=member.user_id, membership_id=membership_id, at=at)
    _record(session, principal, "membership.role_changed", membership_id, at, before=str(member.role), after=str(role))
    return Told(member.email, principal.organisation_name)


def hand_over(session: Session, principal: Principal, membership_id: UUID, *, seen: str, at: datetime) -> Told:
    """Make another member manager in one's own place; one's own role becomes the usual one of the organisation.

    Raises LookupError, ChangedMeanwhile; LookupError also for oneself.
    """
    member = _locked(session, principal, membership_id)
    if member.user_id == principal.actor or principal.kind is None or principal.role is None:
        raise LookupError("nobody hands over to themselves")
    if member.role != seen:
        raise ChangedMeanwhile
    usual = ROLES[principal.kind][0]
    for user_id, was, becomes in (
        (member.user_id, member.role, principal.role),
        (principal.actor, principal.role, usual),
    ):
        mine = (Membership.user_id == user_id, Membership.organisation_id == principal.organisation)
        if not _rows(session, update(Membership).where(*mine, Membership.role == was).values(role=becomes)):
            raise ChangedMeanwhile
    session.execute(delete(Assignment).where(Assignment.membership_id == membership_id))
    for user_id, ended in ((member.user_id, membership_id), (principal.actor, principal.membership_id)):
        logins.end_logins(session, user_id=user_id, membership_id=ended, at=at)
    _record(session, principal, "membership.handed_over", membership_id, at)
    return Told(member.email, principal.organisation_name)


def remove_member(session: Session, principal: Principal, membership_id: UUID, *, seen: str, at: datetime) -> Told:
    """Take a member out of the organisation at once. Raises LookupError, ChangedMeanwhile, LastManager."""
    member = _locked(session, principal, membership_id)
    if member.role != seen:
        raise ChangedMeanwhile
    if member.role in MANAGERS:
        _keep_a_manager(session, principal.organisation, member.user_id)
    _end(session, member.user_id, membership_id, at)
    _record(session, principal, "membership.removed", membership_id, at, role=str(member.role))
    return Told(member.email, principal.organisation_name)


def leave(session: Session, principal: Principal, membership_id: UUID, *, at: datetime) -> str:
    """Leave one of one's own organisations; return its name. Raises LookupError, LastManager."""
    own = session.execute(
        visible(principal, Membership)
        .where(Membership.id == membership_id, Membership.user_id == principal.actor)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .with_only_columns(Membership.organisation_id, Membership.role, Organisation.name)
    ).first()
    if own is None:
        raise LookupError("no such membership")
    _lock(session, own.organisation_id)
    if own.role in MANAGERS:
        _keep_a_manager(session, own.organisation_id, principal.actor)
    _end(session, principal.actor, membership_id, at)
    subject = ("membership", membership_id)
    audit.record(
        session, "membership.left", subject=subject, at=at, by=principal.actor, organisation=own.organisation_id
    )
    return str(own.name)


def _members(principal: Principal) -> Any:
    # Only sign-ins for this organisation: when somebody works elsewhere is none of its business.
    here = select(func.max(Login.seen_at)).where(Login.membership_id == Membership.id)
    seen = here.correlate(Membership).scalar_subquery()
    factor = exists().where(Authenticator.user_id == User.id, Authenticator.confirmed_at.is_not(None)).correlate(User)
    return (
        visible(principal, Membership)
        .where(Membership.organisation_id == principal.organisation)
        .join(User, User.id == Membership.user_id)
        .with_only_columns(
            Membership.id, User.id, User.name, User.email, Membership.role, Membership.created_at, factor, seen
        )
    )


def _member(row: Any) -> Member:
    return Member(*row)


def _locked(session: Session, principal: Principal, membership_id: UUID) -> Member:
    """The member, while nobody else changes who belongs to the organisation."""
    _lock(session, principal.organisation)
    return find_member(session, principal, membership_id)


def _lock(session: Session, organisation_id: UUID) -> None:
    """Of two managers who leave at the same moment, the second must see that the first is gone."""
    session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())


def _keep_a_manager(session: Session, organisation_id: UUID, but: UUID) -> None:
    others = exists().where(
        Membership.organisation_id == organisation_id,
        Membership.role.in_(MANAGERS),
        Membership.user_id != but,
        Membership.user_id == User.id,
        User.disabled_at.is_(None),
    )
    if not session.scalar(select(others)):
        raise LastManager


def _end(session: Session, user_id: UUID, membership_id: UUID, at: datetime) -> None:
    logins.end_logins(session, user_id=user_id, membership_id=membership_id, at=at)
    session.execute(update(Login).where(Login.membership_id == membership_id).values(membership_id=None))
    session.execute(delete(Assignment).where(Assignment.membership_id == membership_id))
    session.execute(delete(Membership).where(Membership.id == membership_id))


def _rows(session: Session, statement: Any) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], done).rowcount


def _record(
    session: Session, principal: Principal, action: str, membership_id: UUID, at: datetime, **details: str
) -> None:
    audit.record(
        session,
        action,
        subject=("membership", membership_id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
        **details,
    )
