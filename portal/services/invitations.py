"""Invitations: a role in an organisation, bound to one address, for seven days, by a link that works once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import Invitation, Membership, Organisation, OrganisationKind, Role, User
from portal.services import audit, passwords, people
from portal.services.members import ROLES, UnfittingRole

LASTS = timedelta(days=7)


class OtherAddress(Exception):
    """Somebody is signed in with another address than the one invited."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the invited person sees."""

    id: UUID
    email: str
    role: Role
    organisation_id: UUID
    organisation: str
    kind: OrganisationKind
    invited_by: str
    #: Whether somebody with this address has an account already.
    has_account: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation to be mailed; the token is nowhere else."""

    email: str
    token: str
    organisation: str
    role: Role


def invite(session: Session, principal: Principal, email: str, role: Role, *, at: datetime) -> Sent:
    """Invite an address to one's own organisation; an earlier open invitation of it is withdrawn.

    What comes back does not tell whether the address has an account. Raises UnfittingRole.
    """
    if principal.kind is None or role not in ROLES[principal.kind]:
        raise UnfittingRole(role)
    return invite_to(
        session, principal.organisation, principal.organisation_name, email, role, by=principal.actor, at=at
    )


def invite_to(
    session: Session, organisation_id: UUID, name: str, email: str, role: Role, *, by: UUID | None, at: datetime
) -> Sent:
    """Invite an address to any organisation: for administrators who add the first person of one."""
    email = passwords.fold(email)
    _withdraw(session, Invitation.email == email, Invitation.organisation_id == organisation_id, at=at)
    token = people.new_token()
    invitation = Invitation(
        id=uuid4(),
        organisation_id=organisation_id,
        email=email,
        role=role,
        token_hash=people.token_hash(token),
        invited_by_id=by,
        created_at=at,
        expires_at=at + LASTS,
    )
    session.add(invitation)
    session.flush()
    _record(session, "invitation.sent", invitation.id, organisation_id, by, at, role=str(role))
    return Sent(email, token, name, role)


def open_invitations(session: Session, principal: Principal, *, at: datetime) -> list[Invitation]:
    """Invitations to the manager's organisation that nobody has accepted yet, the newest first."""
    mine = visible(principal, Invitation).where(Invitation.organisation_id == principal.organisation, *_open(at))
    return list(session.scalars(mine.order_by(Invitation.created_at.desc(), Invitation.id)))


def withdraw(session: Session, principal: Principal, invitation_id: UUID, *, at: datetime) -> None:
    """Take an open invitation back. Raises LookupError."""
    found = _own(session, principal, invitation_id, at)
    if not _withdraw(session, Invitation.id == found.id, at=at):
        raise LookupError("no such open invitation")
    _record(session, "invitation.withdrawn", found.id, found.organisation_id, principal.actor, at)


def send_again(session: Session, principal: Principal, invitation_id: UUID, *, at: datetime) -> Sent:
    """The same offer with a new link and seven new days; the old link is dead. Raises LookupError."""
    found = _own(session, principal, invitation_id, at)
    return invite_to(
        session,
        found.organisation_id,
        principal.organisation_name,
        found.email,
        found.role,
        by=principal.actor,
        at=at,
    )


def find_offer(session: Session, token: str, *, at: datetime) -> Offer:
    """What a link offers. Raises LookupError alike for links that are unknown, used, withdrawn or too old."""
    return _found(session, Invitation.token_hash == people.token_hash(token), at)


def offer_to(session: Session, organisation_id: UUID, email: str, *, at: datetime) -> Offer | None:
    """The open invitation of an address to an organisation: for a person whom its identity provider vouches for."""
    mine = (Invitation.organisation_id == organisation_id) & (Invitation.email == email)
    try:
        return _found(session, mine, at)
    except LookupError:
        return None


def _found(session: Session, which: Any, at: datetime) -> Offer:
    row = session.execute(
        select(Invitation, Organisation.name, Organisation.kind, User.name)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .outerjoin(User, User.id == Invitation.invited_by_id)
        .where(which, *_open(at))
        .where(Organisation.merged_into_id.is_(None), Organisation.erased_at.is_(None))
    ).first()
    if row is None:
        raise LookupError("no such invitation")
    invitation, organisation, kind, inviter = row
    known = people.find_person(session, invitation.email) is not None
    return Offer(
        invitation.id,
        invitation.email,
        invitation.role,
        invitation.organisation_id,
        organisation,
        kind,
        inviter or "",
        known,
    )


def accept(session: Session, offer: Offer, user_id: UUID, *, at: datetime) -> UUID:
    """Make the person what the invitation says, once; return the membership. Members keep the role they have.

    Raises LookupError if the invitation was used meanwhile, OtherAddress if it is somebody else's.
    """
    if session.get_one(User, user_id).email != offer.email:
        raise OtherAddress
    used = update(Invitation).where(Invitation.id == offer.id, *_open(at)).values(accepted_at=at)
    if not _rows(session, used):
        raise LookupError("no such invitation")
    membership = session.scalar(
        select(Membership).where(Membership.user_id == user_id, Membership.organisation_id == offer.organisation_id)
    )
    if membership is None:
        membership = people.add_membership(session, user_id, offer.organisation_id, offer.role, at=at)
    _record(session, "invitation.accepted", offer.id, offer.organisation_id, user_id, at, role=str(membership.role))
    return membership.id


def accept_as_new(session: Session, offer: Offer, *, name: str, password_hash: str, at: datetime) -> UUID:
    """Open an account for the invited address and accept; return the person. Raises LookupError."""
    if people.find_person(session, offer.email) is not None:
        raise LookupError("the address has an account")
    user = people.add_account(session, email=offer.email, name=name, password_hash=password_hash, at=at)
    accept(session, offer, user.id, at=at)
    return user.id


def _own(session: Session, principal: Principal, invitation_id: UUID, at: datetime) -> Invitation:
    found: Invitation | None = session.scalar(
        visible(principal, Invitation).where(
            Invitation.id == invitation_id, Invitation.organisation_id == principal.organisation, *_open(at)
        )
    )
    if found is None:
        raise LookupError("no such open invitation")
    return found


def _open(at: datetime) -> tuple[Any, ...]:
    return Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > at


def _withdraw(session: Session, *which: Any, at: datetime) -> int:
    return _rows(session, update(Invitation).where(*which, *_open(at)).values(withdrawn_at=at))


def _rows(session: Session, statement: Any) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], done).rowcount


def _record(
    session: Session,
    action: str,
    invitation_id: UUID,
    organisation_id: UUID,
    by: UUID | None,
    at: datetime,
    **details: str,
) -> None:
    audit.record(
        session, action, subject=("invitation", invitation_id), at=at, by=by, organisation=organisation_id, **details
    )
