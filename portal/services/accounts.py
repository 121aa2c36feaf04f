"""Sign in and out: passwords, server-side sign-ins that end at once, and slowed-down guessing."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Row, bindparam, exists, select, update
from sqlalchemy.orm import Session, aliased

from portal.authz import Principal
from portal.models import Authenticator, Login, Membership, Organisation, OrganisationKind, SignInThrottle, User
from portal.services import audit

#: Longest password accepted, in bytes; longer ones are refused, never cut.
PASSWORD_BYTES = 1024
#: Failures of one account, or of one network, within WINDOW before guessing is held up.
ACCOUNT_FAILURES, NETWORK_FAILURES = 10, 50
WINDOW = timedelta(minutes=5)
LONGEST_BLOCK = timedelta(hours=1)

_hasher = PasswordHasher()
#: Each check takes 64 MiB, so only so many run at once.
_slots = BoundedSemaphore(4)
#: Verified when nobody has that address, so that known and unknown take the same time: the hash of random bytes that
#: were thrown away, made with the settings above.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$VwQZFjLAaCUoJV/1rHdA4g$bu+59rLEEbGIRLkhHB6qrULALVeP49K6XI5AOwRVtB4"


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


class SignInFailed(Exception):
    """Wrong address or password; which of the two is not said."""


class SignInBlocked(Exception):
    """Too many failures; try again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"blocked for {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the password is checked against, read before the check so that no transaction is held during it."""

    user_id: UUID | None
    password_hash: str


def hash_password(password: str) -> str:
    return _hasher.hash(unicodedata.normalize("NFC", password))


def credentials_of(session: Session, email: str) -> Credentials:
    row = session.execute(
        select(User.id, User.password_hash).where(User.email == fold(email), User.disabled_at.is_(None))
    ).first()
    return Credentials(row.id, row.password_hash) if row else Credentials(None, _NOBODY)


def password_matches(credentials: Credentials, password: str) -> bool:
    """Whether the password is right. Takes the same time for known and unknown addresses."""
    if len(password.encode()) > PASSWORD_BYTES:
        password = ""
    with _slots:
        try:
            _hasher.verify(credentials.password_hash, unicodedata.normalize("NFC", password))
        except (VerifyMismatchError, InvalidHashError):
            return False
    return credentials.user_id is not None


def refuse_if_blocked(session: Session, keys: tuple[str, ...], *, at: datetime) -> None:
    """Raise SignInBlocked while any of the throttle keys is held up."""
    until = session.scalars(select(SignInThrottle.blocked_until).where(SignInThrottle.key.in_(keys))).all()
    if left := [moment - at for moment in until if moment and moment > at]:
        raise SignInBlocked(int(max(left).total_seconds()) + 1)


def throttle_keys(email: str, network: str) -> tuple[str, str]:
    """The account's and the network's key, hashed so that the table names nobody."""
    return _key(f"account:{fold(email)}"), _key(f"network:{network}")


def count_failure(session: Session, keys: tuple[str, str], *, at: datetime) -> None:
    """Count one failure for the account and the network; past the limit the wait doubles each time."""
    for key, limit in zip(keys, (ACCOUNT_FAILURES, NETWORK_FAILURES), strict=True):
        row = session.get(SignInThrottle, key)
        if row is None:
            row = SignInThrottle(key=key, failures=0, window_started_at=at)
            session.add(row)
        elif at - row.window_started_at > WINDOW and not (row.blocked_until and row.blocked_until > at):
            row.failures = max(0, row.failures - limit)
            row.window_started_at = at
        row.failures += 1
        if row.failures > limit:
            row.blocked_until = at + min(LONGEST_BLOCK, timedelta(seconds=15 * 2 ** min(8, row.failures - limit)))
    session.flush()


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


def open_login(session: Session, user_id: UUID, *, at: datetime, proof: Proof = Proof()) -> str:
    """Open a sign-in and return the token for the cookie. A person with one organisation works for it at once."""
    token = secrets.token_urlsafe(32)
    memberships = session.scalars(select(Membership.id).where(Membership.user_id == user_id)).all()
    session.add(
        Login(
            id=_key(token),
            user_id=user_id,
            membership_id=memberships[0] if len(memberships) == 1 else None,
            method=proof.method,
            mfa_at=at if proof.two_factors else None,
            proved_at=at,
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


def forget_failures(session: Session, keys: tuple[str, str]) -> None:
    """After a success the account starts afresh; the network keeps its count."""
    if row := session.get(SignInThrottle, keys[0]):
        session.delete(row)


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
    return list(
        session.scalars(
            select(Membership)
            .join(Membership.organisation)
            .where(Membership.user_id == principal.user_id)
            .order_by(Organisation.name)
        )
    )


def choose_membership(session: Session, principal: Principal, membership_id: UUID, *, at: datetime) -> bool:
    """Work for another of one's own organisations from now on; False if the membership is not the person's own."""
    own = session.scalar(
        select(Membership).where(Membership.id == membership_id, Membership.user_id == principal.user_id)
    )
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


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a sign-in lives: without a request (company, government), and in all."""

    idle: timedelta
    idle_government: timedelta
    absolute: timedelta


def principal_of(session: Session, token: str, limits: SessionLimits, *, at: datetime) -> tuple[Principal, datetime]:
    """Return who holds this token and when they were last seen, in one statement.

    Raises LookupError when the sign-in is unknown, ended, too old, or of a disabled person.
    """
    row = session.connection().execute(_PRINCIPAL, {"token": _key(token)}).first()
    if row is None or not _is_alive(row, limits, at):
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
    )
    return principal, row.seen_at


def touch_login(session: Session, principal: Principal, *, at: datetime) -> None:
    """Remember that the person was here; called at most once a minute."""
    session.execute(update(Login).where(Login.id == principal.login_id).values(seen_at=at))


def fold(email: str) -> str:
    return unicodedata.normalize("NFC", email).strip().casefold()


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _is_alive(row: Row, limits: SessionLimits, at: datetime) -> bool:  # type: ignore[type-arg]
    idle = limits.idle if row.kind in (OrganisationKind.COMPANY, None) else limits.idle_government
    return bool(at - row.seen_at <= idle and at - row.created_at <= limits.absolute)
