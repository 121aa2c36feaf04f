"""A person's open sign-ins: seen and ended by the person alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.authz.scope import scope_of
from portal.models import Login, Membership, Organisation
from portal.services import audit, logins
from portal.services.logins import SessionLimits


@dataclass(frozen=True, slots=True)
class OpenLogin:
    handle: UUID
    device: str
    method: str
    organisation_name: str
    created_at: datetime
    seen_at: datetime
    #: The one that asks.
    is_this: bool


def open_logins(session: Session, principal: Principal, limits: SessionLimits, *, at: datetime) -> list[OpenLogin]:
    """The person's sign-ins that still work: this one first, then by last use."""
    rows = session.execute(
        select(Login, Organisation.name, Organisation.kind)
        .outerjoin(Membership, Membership.id == Login.membership_id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(scope_of(principal, Login), Login.ended_at.is_(None))
        .order_by(Login.seen_at.desc())
    )
    found = [
        OpenLogin(
            handle=login.handle,
            device=login.device,
            method=login.method,
            organisation_name=name or "",
            created_at=login.created_at,
            seen_at=login.seen_at,
            is_this=login.id == principal.login_id,
        )
        for login, name, kind in rows
        if logins.is_alive(login.seen_at, login.created_at, kind, limits, at)
    ]
    return sorted(found, key=lambda login: not login.is_this)


def end_one(session: Session, principal: Principal, handle: UUID, *, at: datetime) -> bool:
    """End one of the person's sign-ins; returns whether it was this one. Raises LookupError for any other person's."""
    mine = scope_of(principal, Login)
    ended = session.scalar(
        update(Login)
        .where(mine, Login.handle == handle, Login.ended_at.is_(None))
        .values(ended_at=at)
        .returning(Login.id)
    )
    if ended is None:
        raise LookupError("no such sign-in")
    _record(session, principal, "login.ended", at, login=str(handle))
    return bool(ended == principal.login_id)


def end_others(session: Session, principal: Principal, *, at: datetime) -> int:
    count = logins.end_logins(session, user_id=principal.actor, except_login=principal.login_id, at=at)
    _record(session, principal, "login.others_ended", at, count=count)
    return count


def _record(session: Session, principal: Principal, action: str, at: datetime, **details: str | int) -> None:
    organisation = principal.organisation_id
    subject = ("user", principal.user_id)
    audit.record(session, action, subject=subject, at=at, by=principal.user_id, organisation=organisation, **details)
