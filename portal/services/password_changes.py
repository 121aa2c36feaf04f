"""New passwords: changed by who knows the old one, or set by who can read the person's mail."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import LinkToken, MailState, Membership, Organisation, OutboxMail, User
from portal.sealing import Sealer
from portal.services import audit, devices, logins, outbox, throttles
from portal.services.outbox import Letter

PURPOSE = "reset"
#: How long the link in a mail works.
LINK_LASTS = timedelta(minutes=30)
LINKS_KEPT = timedelta(days=1)


class Outdated(Exception):
    """The password was changed in the meantime."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose password it is, and what it must not be made of."""

    user_id: UUID
    email: str
    name: str
    password_hash: str
    organisations: tuple[str, ...]

    @property
    def about(self) -> tuple[str, ...]:
        return self.email, self.name, *self.organisations


@dataclass(frozen=True, slots=True)
class ResetLink:
    """A link to be mailed to `email`; nobody is known by that address if it is empty."""

    token: str
    email: str


def account_of(session: Session, user_id: UUID) -> Account:
    user = session.get_one(User, user_id)
    names = session.scalars(select(Organisation.name).join(Membership).where(Membership.user_id == user_id))
    return Account(user.id, user.email, user.name, user.password_hash, tuple(names))


def change_password(
    session: Session, principal: Principal, account: Account, password_hash: str, *, at: datetime
) -> str:
    """Set another password, end the person's other sign-ins, and return the new token of this one. Raises Outdated."""
    expected = User.password_hash == account.password_hash
    changed = update(User).where(User.id == account.user_id, expected).values(password_hash=password_hash)
    if not _rows(session, changed):
        raise Outdated
    _forget_links(session, account.user_id)
    logins.end_logins(session, user_id=account.user_id, except_login=principal.login_id, at=at)
    _record(session, "password.changed", account.user_id, at)
    return logins.renew_login(session, principal, at=at)


def ask_for_link(session: Session, email: str, *, at: datetime) -> ResetLink:
    """Make a link for the person with this address. For an address nobody has it is as much work, and opens nothing."""
    session.execute(delete(LinkToken).where(LinkToken.purpose == PURPOSE, LinkToken.expires_at < at - LINKS_KEPT))
    user = session.execute(select(User.id, User.email).where(User.email == email, User.disabled_at.is_(None))).first()
    token = secrets.token_urlsafe(32)
    session.add(
        LinkToken(
            id=_hash(token),
            purpose=PURPOSE,
            user_id=user.id if user else None,
            created_at=at,
            expires_at=at + LINK_LASTS,
        )
    )
    _record(session, "password.reset_asked", user.id if user else None, at)
    return ResetLink(token, user.email if user else "")


def post_link(session: Session, sealer: Sealer, letter: Letter, *, at: datetime) -> None:
    """Put the letter with the link into the outbox; one without an address is done with at once and goes nowhere."""
    outbox.post(session, sealer, letter, kind="password", at=at)
    for mail in session.new:
        if isinstance(mail, OutboxMail) and not letter.to:
            mail.state, mail.sealed, mail.sent_at = MailState.SENT, "", at


def account_of_link(session: Session, token: str, *, at: datetime) -> Account:
    """Return whose link this is. Raises LookupError for links that are unknown, used, too old, or nobody's any more."""
    user_id = session.scalar(
        select(LinkToken.user_id)
        .join(User, User.id == LinkToken.user_id)
        .where(_open(token, at), User.disabled_at.is_(None))
    )
    if user_id is None:
        raise LookupError("no such link")
    return account_of(session, user_id)


def reset_password(session: Session, token: str, account: Account, password_hash: str, *, at: datetime) -> None:
    """Set a new password by a link, which is used up; all sign-ins end. Raises LookupError.

    Second factors stay, and so does the count of their failures: whoever reads the mail has one factor, not two.
    """
    if not _rows(session, update(LinkToken).where(_open(token, at)).values(used_at=at)):
        raise LookupError("no such link")
    session.execute(update(User).where(User.id == account.user_id).values(password_hash=password_hash))
    _forget_links(session, account.user_id)
    logins.end_logins(session, user_id=account.user_id, at=at)
    known = [throttles.device_keys(device) for device in devices.devices_of(session, account.user_id)]
    account_key = throttles.account_keys(account.email, "")[:1]
    throttles.reopen(session, sum(known, account_key))
    _record(session, "password.reset", account.user_id, at)


def _open(token: str, at: datetime) -> Any:
    mine = LinkToken.id == _hash(token)
    return mine & (LinkToken.purpose == PURPOSE) & LinkToken.used_at.is_(None) & (LinkToken.expires_at > at)


def _forget_links(session: Session, user_id: UUID) -> None:
    """Links asked for before the password changed open nothing after it."""
    mine = (LinkToken.user_id == user_id) & (LinkToken.purpose == PURPOSE) & LinkToken.used_at.is_(None)
    session.execute(delete(LinkToken).where(mine))


def _record(session: Session, action: str, user_id: UUID | None, at: datetime) -> None:
    audit.record(session, action, subject=("user", user_id), at=at, by=user_id, organisation=None)


def _rows(session: Session, statement: Any) -> int:
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
