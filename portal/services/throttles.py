"""Guessing is slowed down: failures are counted per account, browser and network, in the database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.models import SignInThrottle
from portal.services.passwords import fold

#: Failures in a row after which a key is closed until a success elsewhere or a reset (NIST SP 800-63B-4).
IN_A_ROW = 100
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures; then nothing is tried until there was none for the length of the window."""

    failures: int
    window: timedelta
    #: Whether the wait doubles each time the limit is reached again, and the key closes at IN_A_ROW.
    grows: bool = True
    #: Whether a success forgets the failures before it.
    forgives: bool = True


@dataclass(frozen=True, slots=True)
class Key:
    """What failures are counted for: a hash, so that the table names nobody."""

    id: str
    limit: Limit


ACCOUNT = Limit(10, timedelta(minutes=5))
#: Many people share one; a guesser who may try 50 accounts in five minutes still gets nowhere.
NETWORK = Limit(50, timedelta(minutes=5), grows=False, forgives=False)
MAIL = Limit(5, timedelta(hours=1), grows=False)
#: Any company may register and invite: its managers must not turn the portal into a sender of unwanted mail.
INVITATIONS = Limit(50, timedelta(hours=1), grows=False, forgives=False)
#: Governments look every company up: one person must not fill their register.
COMPANIES = Limit(10, timedelta(days=1), grows=False, forgives=False)
FACTOR = (
    Limit(5, timedelta(minutes=5)),
    Limit(20, timedelta(hours=1), grows=False),
    Limit(50, timedelta(days=1), grows=False, forgives=False),
)


class SignInBlocked(Exception):
    """Too many failures; try again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"blocked for {seconds} s")
        self.seconds = seconds


class SignInClosed(SignInBlocked):
    """Too many failures in a row: waiting does not help, a new password or a browser used before does."""


def account_keys(email: str, network: str) -> tuple[Key, ...]:
    """For attempts from a browser we do not know: the account's key and the network's."""
    return Key(_hash(f"account:{fold(email)}"), ACCOUNT), Key(_hash(f"network:{network}"), NETWORK)


def device_keys(device_id: str) -> tuple[Key, ...]:
    """For attempts from a browser the person has used (KnownDevice.id): what others do elsewhere does not count."""
    return (Key(_hash(f"device:{device_id}"), ACCOUNT),)


def factor_keys(user_id: UUID, device_id: str = "") -> tuple[Key, ...]:
    """For second factors: 5 in five minutes, 20 in an hour, 50 in a day; on a browser the person has used apart."""
    return tuple(
        Key(_hash(f"factor:{user_id}:{device_id}:{limit.window.total_seconds():.0f}"), limit) for limit in FACTOR
    )


def proof_keys(user_id: UUID) -> tuple[Key, ...]:
    """For a password asked of somebody who is signed in: guessing there shuts nobody out of signing in."""
    return (Key(_hash(f"proof:{user_id}"), ACCOUNT),)


def mail_keys(email: str, network: str) -> tuple[Key, ...]:
    """For mails anybody can ask for: nobody's letter box is filled by a stranger."""
    return Key(_hash(f"mail:{fold(email)}"), MAIL), Key(_hash(f"mails:{network}"), NETWORK)


def invitation_keys(email: str, organisation_id: UUID) -> tuple[Key, ...]:
    """For invitations: apart from other mails, so that inviting somebody keeps no reset of a password from them."""
    return Key(_hash(f"invitation:{fold(email)}"), MAIL), Key(_hash(f"invitations:{organisation_id}"), INVITATIONS)


def company_keys(user_id: UUID) -> tuple[Key, ...]:
    """For further companies of somebody who has an account."""
    return (Key(_hash(f"companies:{user_id}"), COMPANIES),)


def attempt(session: Session, keys: tuple[Key, ...], *, at: datetime) -> None:
    """Count a failure before it is known to be one, so that guesses sent at once do not slip through together.

    The caller commits, checks, and calls `forget_failures` if the guess was right. Raises SignInBlocked.
    """
    rows = [_locked(session, key, at) for key in keys]
    for row, key in zip(rows, keys, strict=True):
        _refuse(row, key, at)
    for row, key in zip(rows, keys, strict=True):
        _count(row, key, at)
    session.flush()


def refuse_if_blocked(session: Session, keys: tuple[Key, ...], *, at: datetime) -> None:
    """Raise SignInBlocked while any of the keys is held up, and SignInClosed while one is closed."""
    rows = {row.key: row for row in session.scalars(select(SignInThrottle).where(_among(keys)))}
    for key in keys:
        if key.id in rows:
            _refuse(rows[key.id], key, at)


def count_failure(session: Session, keys: tuple[Key, ...], *, at: datetime) -> None:
    for key in keys:
        _count(_locked(session, key, at), key, at)
    session.flush()


def forget_failures(session: Session, keys: tuple[Key, ...]) -> None:
    """After a success the person starts afresh; what does not forgive only takes this one attempt back."""
    for row in session.scalars(select(SignInThrottle).where(_among(keys)).with_for_update()).all():
        limit = next(key.limit for key in keys if key.id == row.key)
        if limit.forgives:
            session.delete(row)
            continue
        row.failures = max(0, row.failures - 1)
        row.in_a_row = max(0, row.in_a_row - 1)
        if row.failures < limit.failures:
            row.blocked_until = None
    session.flush()


def reopen(session: Session, keys: tuple[Key, ...]) -> None:
    """Forget all failures of these keys: the person has proved by mail who they are."""
    session.execute(delete(SignInThrottle).where(_among(keys)))


def _refuse(row: SignInThrottle, key: Key, at: datetime) -> None:
    if key.limit.grows and row.in_a_row >= IN_A_ROW:
        raise SignInClosed(int(LONGEST_WAIT.total_seconds()))
    if row.blocked_until is not None and row.blocked_until > at:
        # A process whose clock is behind must not tell people to wait for days.
        left = min(row.blocked_until - at, max(LONGEST_WAIT, key.limit.window))
        raise SignInBlocked(int(left.total_seconds()) + 1)


def _count(row: SignInThrottle, key: Key, at: datetime) -> None:
    limit = key.limit
    if at - row.failed_at >= limit.window:
        row.failures = 0
    row.failures += 1
    row.in_a_row += 1
    row.failed_at = max(at, row.failed_at)
    if row.failures >= limit.failures:
        times = min(5, max(0, row.in_a_row // limit.failures - 1)) if limit.grows else 0
        row.blocked_until = at + max(limit.window, min(LONGEST_WAIT, limit.window * 2**times))


def _locked(session: Session, key: Key, at: datetime) -> SignInThrottle:
    """The key's row, which nobody else changes until the commit."""
    row = session.get(SignInThrottle, key.id, with_for_update=True)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = SignInThrottle(key=key.id, failures=0, in_a_row=0, failed_at=at)
            session.add(row)
    except IntegrityError:
        row = session.get(SignInThrottle, key.id, with_for_update=True)
    if row is None:
        raise LookupError("the count of failures went away")
    return row


def _among(keys: tuple[Key, ...]) -> ColumnElement[bool]:
    return SignInThrottle.key.in_([key.id for key in keys])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
