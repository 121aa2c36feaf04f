"""Sign-ins: server-side rows that end at once, their tokens, and the organisation each works for."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Select, bindparam, exists, select, update
from sqlalchemy.orm import Session, aliased

from portal.authz import Principal
from portal.models import Authenticator, IdentityProvider, Login, Membership, Organisation, OrganisationKind, User
from portal.services import audit

_absorbed = aliased(Organisation)
_PRINCIPAL = (
    select(
        Login.id,
        Login.user_id,
        Login.created_at,
        Login.seen_at,
        Login.mfa_at,
        Login.proved_at,
        Login.method,
        Login.provider_id,
        User.name,
        User.is_demonstration,
        User.one_question_per_page,
        Membership.id.label("membership_id"),
        Membership.role,
        Organisation.id.label("organisation_id"),
        Organisation.name.label("organisation_name"),
        Organisation.kind,
        exists().where(_absorbed.merged_into_id == Organisation.id).correlate(Organisation).label("has_absorbed"),
        exists()
        .where(Authenticator.user_id == Login.user_id, Authenticator.confirmed_at.is_not(None))
        .correlate(Login)
        .label("has_factor"),
    )
    .join(User, User.id == Login.user_id)
    .outerjoin(Membership, (Membership.id == Login.membership_id) & (Membership.user_id == Login.user_id))
    .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
    .where(Login.id == bindparam("token"), Login.ended_at.is_(None), User.disabled_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Proof:
    """How somebody proved who they are when a sign-in was opened."""

    #: password, passkey, provider or demonstration.
    method: str = "password"
    #: Whether two factors were shown (a passkey is two in one).
    two_factors: bool = False
    provider_id: UUID | None = None
    #: Browser and system in a few words.
    device: str = ""
    #: Whether it was given just now; one an identity provider remembered serves for nothing that asks for a new one.
    fresh: bool = True


def open_login(
    session: Session, user_id: UUID, *, at: datetime, proof: Proof = Proof(), membership_id: UUID | None = None
) -> str:
    """Open a sign-in and return the token for the cookie.

    It works for `membership_id`, if that is the person's own; a person with one organisation works for it at once.
    """
    token = secrets.token_urlsafe(32)
    own = session.scalars(_choices(user_id, proof.provider_id).with_only_columns(Membership.id)).all()
    memberships = [chosen for chosen in own if membership_id in (None, chosen)]
    session.add(
        Login(
            id=_key(token),
            user_id=user_id,
            membership_id=memberships[0] if len(memberships) == 1 else None,
            method=proof.method,
            mfa_at=at if proof.two_factors else None,
            proved_at=at if proof.fresh else None,
            provider_id=proof.provider_id,
            device=proof.device,
            created_at=at,
            seen_at=at,
        )
    )
    audit.record(
        session, "login.opened", subject=("user", user_id), at=at, by=user_id, organisation=None, method=proof.method
    )
    return token


def renew_login(session: Session, principal: Principal, *, at: datetime, two_factors: bool = False) -> str:
    """Put down a new proof of who the person is, and return the new token for the cookie: the old one is dead.

    With `two_factors` the proof was a second factor or a passkey. Raises LookupError if the sign-in has ended.
    """
    token = secrets.token_urlsafe(32)
    values: dict[str, object] = {"id": _key(token), "proved_at": at, "seen_at": at}
    if two_factors:
        values["mfa_at"] = at
    renewed = update(Login).where(Login.id == principal.login_id, Login.ended_at.is_(None)).values(values)
    if not _rows(session, renewed):
        raise LookupError("no such sign-in")
    return token


def replace_login(session: Session, principal: Principal, *, at: datetime) -> None:
    """End the sign-in a browser had before it opened another one."""
    if principal.is_signed_in:
        session.execute(update(Login).where(Login.id == principal.login_id).values(ended_at=at))


def has_factor(session: Session, user_id: UUID) -> bool:
    """Whether a second factor is owed after the person's password."""
    factor = exists().where(Authenticator.user_id == user_id, Authenticator.confirmed_at.is_not(None))
    return bool(session.scalar(select(factor)))


def end_logins(
    session: Session,
    *,
    user_id: UUID,
    membership_id: UUID | None = None,
    except_login: str | None = None,
    at: datetime,
) -> int:
    """End a person's sign-ins and return how many: all, or those that work for one membership.

    `except_login` (a `principal.login_id`) stays open. Call it before a membership is deleted, which would be forgotten
    by its sign-ins. What it belongs to is recorded by the caller.
    """
    ended = update(Login).where(Login.user_id == user_id, Login.ended_at.is_(None)).values(ended_at=at)
    if membership_id is not None:
        ended = ended.where(Login.membership_id == membership_id)
    if except_login is not None:
        ended = ended.where(Login.id != except_login)
    return _rows(session, ended)


def close_login(session: Session, principal: Principal, *, at: datetime) -> None:
    session.execute(update(Login).where(Login.id == principal.login_id).values(ended_at=at))
    audit.record(
        session,
        "login.closed",
        subject=("user", principal.user_id),
        at=at,
        by=principal.user_id,
        organisation=principal.organisation_id,
    )


def memberships_of(session: Session, principal: Principal) -> list[Membership]:
    """The person's memberships that this sign-in may work for, by name of the organisation."""
    choices = _choices(principal.actor, principal.provider_id)
    return list(session.scalars(choices.join(Membership.organisation).order_by(Organisation.name)))


def choose_membership(session: Session, principal: Principal, membership_id: UUID, *, at: datetime) -> bool:
    """Work for another of one's own organisations from now on; False if the sign-in may not."""
    own = session.scalar(_choices(principal.actor, principal.provider_id).where(Membership.id == membership_id))
    if own is None:
        return False
    session.execute(update(Login).where(Login.id == principal.login_id).values(membership_id=own.id))
    audit.record(
        session,
        "login.organisation_chosen",
        subject=("membership", own.id),
        at=at,
        by=principal.user_id,
        organisation=own.organisation_id,
    )
    return True


def work_for(session: Session, principal: Principal, membership_id: UUID) -> None:
    """Let this sign-in work for a membership just given to the person. What gave it is recorded by the caller."""
    session.execute(update(Login).where(Login.id == principal.login_id).values(membership_id=membership_id))


def _choices(user_id: UUID, provider_id: UUID | None) -> Select[Membership]:
    """An identity provider vouches for its own organisation only."""
    own = select(Membership).where(Membership.user_id == user_id)
    if provider_id is None:
        return own
    vouched = select(IdentityProvider.organisation_id).where(IdentityProvider.id == provider_id)
    return own.where(Membership.organisation_id.in_(vouched))


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a sign-in lives: without a request (company, government), and in all."""

    idle: timedelta
    idle_government: timedelta
    absolute: timedelta

    def idle_of(self, kind: OrganisationKind | None) -> timedelta:
        return self.idle if kind in (OrganisationKind.COMPANY, None) else self.idle_government


def principal_of(session: Session, token: str, limits: SessionLimits, *, at: datetime) -> tuple[Principal, datetime]:
    """Return who holds this token and when they were last seen, in one statement.

    Raises LookupError when the sign-in is unknown, ended, too old, or of a disabled person.
    """
    row = session.connection().execute(_PRINCIPAL, {"token": _key(token)}).first()
    if row is None or not is_alive(row.seen_at, row.created_at, row.kind, limits, at):
        raise LookupError("no such sign-in")
    principal = Principal(
        user_id=row.user_id,
        name=row.name,
        login_id=row.id,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation_name or "",
        kind=row.kind,
        role=row.role,
        membership_id=row.membership_id,
        has_absorbed=row.has_absorbed,
        owes_factor=row.mfa_at is None and row.has_factor,
        mfa_at=row.mfa_at,
        proved_at=row.proved_at,
        provider_id=row.provider_id,
        is_demonstration=row.is_demonstration,
        one_question_per_page=row.one_question_per_page,
        idle=limits.idle_of(row.kind),
        ends_at=row.created_at + limits.absolute,
    )
    return principal, row.seen_at


def is_alive(
    seen_at: datetime, created_at: datetime, kind: OrganisationKind | None, limits: SessionLimits, at: datetime
) -> bool:
    """Whether a sign-in was used lately and is not too old."""
    return at - seen_at <= limits.idle_of(kind) and at - created_at <= limits.absolute


def touch_login(session: Session, principal: Principal, *, at: datetime) -> None:
    """Remember that the person was here; called at most once a minute."""
    session.execute(update(Login).where(Login.id == principal.login_id).values(seen_at=at))


def _rows(session: Session, statement: Any) -> int:
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
