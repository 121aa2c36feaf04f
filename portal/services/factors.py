"""Second factors of a person: authenticator apps and their codes, and what every change of factors brings with it."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pyotp
from sqlalchemy import CursorResult, delete, exists, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.authz.groups import MFA_ROLES
from portal.models import Authenticator, AuthenticatorKind, Membership, RecoveryCode, User
from portal.sealing import Sealer, Unsealable
from portal.services import audit, logins

#: 160 bits, as RFC 4226 recommends.
SECRET_CHARACTERS = 32
DIGITS, PERIOD = 6, 30
#: Steps before and after the present one that are taken too: clocks of phones go wrong by seconds.
WINDOW = (0, -1, 1)
#: How long a page that shows a new secret may stand open.
OFFER_LASTS = timedelta(minutes=30)
LONGEST_NAME = 60
#: What counts as a second factor when it is shown; a recovery code stands in for a lost one.
APP, PASSKEY, RECOVERY, PASSWORD, DEMONSTRATION = "app", "passkey", "recovery", "password", "demonstration"
SECOND_FACTORS = frozenset({APP, PASSKEY, RECOVERY})
#: More factors than anybody needs, and few enough to check a code against each.
MOST_FACTORS = 10


class WrongCode(Exception):
    """The code is not right, was used before, or is too old; which of these is not said."""


class StaleOffer(Exception):
    """The page with the secret stood open for too long, or belongs to somebody else."""


class LastFactor(Exception):
    """A role of the person demands a second factor, and this is the only one."""


class TooMany(Exception):
    """The person has as many factors as fit."""


class NotHere(Exception):
    """This sign-in may not change factors: see `may_change`."""


@dataclass(frozen=True, slots=True)
class AppOffer:
    """A secret that an authenticator app is to take over; nothing is stored before its first code."""

    secret: str
    #: The secret, its person and its time, for the form that brings the code.
    sealed: str


def may_change(principal: Principal) -> bool:
    """Whether this sign-in may change the person's factors.

    Not for sample accounts, which everybody shares. Not when an organisation's provider vouched for the person: that
    opens one organisation, and a passkey added then would open all the others.
    """
    return principal.provider_id is None and not principal.is_demonstration


def authenticators_of(session: Session, user_id: UUID) -> list[Authenticator]:
    found = select(Authenticator).where(Authenticator.user_id == user_id, Authenticator.confirmed_at.is_not(None))
    return list(session.scalars(found.order_by(Authenticator.created_at, Authenticator.id)))


def role_demands_factor(session: Session, user_id: UUID) -> bool:
    """Whether any role of the person, in whichever organisation, demands a second factor."""
    demanding = exists().where(Membership.user_id == user_id, Membership.role.in_(MFA_ROLES))
    return bool(session.scalar(select(demanding)))


def offer_app(sealer: Sealer, principal: Principal, *, at: datetime) -> AppOffer:
    secret = pyotp.random_base32(SECRET_CHARACTERS)
    return AppOffer(secret, sealer.seal(json.dumps([str(principal.actor), secret, at.isoformat()])))


def open_offer(sealer: Sealer, principal: Principal, sealed: str, *, at: datetime) -> AppOffer:
    """Return the offer that a form brought back. Raises StaleOffer."""
    try:
        user_id, secret, offered_at = json.loads(sealer.open(sealed))
    except Unsealable:
        raise StaleOffer from None
    if user_id != str(principal.actor) or at - datetime.fromisoformat(offered_at) > OFFER_LASTS:
        raise StaleOffer
    return AppOffer(secret, sealed)


def app_address(secret: str, *, account: str, portal: str) -> str:
    """The otpauth address that an app reads from the QR code."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD).provisioning_uri(name=account, issuer_name=portal)


def add_app(
    session: Session, sealer: Sealer, principal: Principal, offer: AppOffer, code: str, *, name: str, at: datetime,
    shown_at: datetime,
) -> str:  # fmt: skip
    """Add the app that showed this code, end the person's other sign-ins, and return the token of this one.

    `shown_at` is the machine's time, by which apps compute. Raises WrongCode, TooMany, NotHere.
    """
    known = ready_for_another(session, principal)
    step = _step_of(offer.secret, digits_of(code), shown_at)
    # The same secret twice would make every code work twice.
    if step is None or any(_opened(sealer, one.sealed_secret) == offer.secret for one in known):
        raise WrongCode
    authenticator = Authenticator(
        id=uuid4(),
        user_id=principal.actor,
        kind=AuthenticatorKind.TOTP,
        name=name[:LONGEST_NAME],
        sealed_secret=sealer.seal(offer.secret),
        last_step=step,
        confirmed_at=at,
        used_at=at,
        created_at=at,
    )
    return added(session, principal, authenticator, at=at)


def added(session: Session, principal: Principal, authenticator: Authenticator, *, at: datetime) -> str:
    """Store a proven factor; its proof counts for this sign-in, whose new token is returned, and others end."""
    session.add(authenticator)
    session.flush()
    _record(session, principal, "factor.added", authenticator, at, kind=str(authenticator.kind))
    return _renewed(session, principal, at=at, two_factors=True)


def ready_for_another(session: Session, principal: Principal) -> list[Authenticator]:
    """Return the factors the person has, if one more may be added. Raises NotHere, TooMany."""
    if not may_change(principal):
        raise NotHere
    _lock(session, principal.actor)
    known = authenticators_of(session, principal.actor)
    if len(known) >= MOST_FACTORS:
        raise TooMany
    return known


def take_code(session: Session, sealer: Sealer, user_id: UUID, text: str, *, at: datetime, shown_at: datetime) -> bool:
    """Whether the text is a code of one of the person's apps, not taken before; it is taken by this.

    Each time step serves once for each app, and never an older step after a newer one.
    """
    code = digits_of(text)
    for app in authenticators_of(session, user_id):
        if app.kind is not AuthenticatorKind.TOTP:
            continue
        step = _step_of(_opened(sealer, app.sealed_secret), code, shown_at)
        if step is not None:
            taken = update(Authenticator).where(Authenticator.id == app.id, Authenticator.last_step < step)
            return bool(_rows(session, taken.values(last_step=step, used_at=at)))
    return False


def rename(session: Session, principal: Principal, authenticator_id: UUID, name: str, *, at: datetime) -> None:
    """Raises LookupError unless it is one of the person's own, NotHere."""
    if not may_change(principal):
        raise NotHere
    authenticator = own(session, principal, authenticator_id)
    authenticator.name = name[:LONGEST_NAME]
    _record(session, principal, "factor.renamed", authenticator, at)


def remove(session: Session, principal: Principal, authenticator_id: UUID, *, at: datetime) -> str:
    """Remove a factor, end the person's other sign-ins, and return the new token of this one.

    With the last factor go the recovery codes. Raises LookupError, LastFactor, NotHere.
    """
    if not may_change(principal):
        raise NotHere
    _lock(session, principal.actor)
    authenticator = own(session, principal, authenticator_id)
    if len(authenticators_of(session, principal.actor)) == 1:
        if role_demands_factor(session, principal.actor):
            raise LastFactor
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == principal.actor))
    session.delete(authenticator)
    _record(session, principal, "factor.removed", authenticator, at, kind=str(authenticator.kind))
    return _renewed(session, principal, at=at, two_factors=False)


def own(session: Session, principal: Principal, authenticator_id: UUID) -> Authenticator:
    """One of the person's own factors. Raises LookupError for any other."""
    for authenticator in authenticators_of(session, principal.actor):
        if authenticator.id == authenticator_id:
            return authenticator
    raise LookupError("no such factor")


def digits_of(text: str) -> str:
    """The digits of a code as people type and paste them: with blanks, in any script, full width; else empty."""
    digits = []
    for character in unicodedata.normalize("NFKC", text):
        value = unicodedata.decimal(character, None)
        if value is not None:
            digits.append(str(value))
        elif not (character.isspace() or unicodedata.category(character) in ("Cf", "Pd")):
            return ""
    return "".join(digits)


def proved(session: Session, principal: Principal, how: str, *, at: datetime) -> str:
    """Put down that the person proved who they are, and how; return the new token of this sign-in, the old one is dead.

    Raises LookupError if the sign-in has ended.
    """
    token = logins.renew_login(session, principal, at=at, two_factors=how in SECOND_FACTORS)
    audit.record(
        session,
        "login.proved",
        subject=("user", principal.actor),
        at=at,
        by=principal.actor,
        organisation=principal.organisation_id,
        how=how,
    )
    return token


def address_of(session: Session, user_id: UUID) -> str:
    """Where mails to the person go."""
    return session.get_one(User, user_id).email


def _step_of(secret: str, code: str, shown_at: datetime) -> int | None:
    """The time step whose code this is, or None."""
    if len(code) != DIGITS or not secret:
        return None
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD)
    now = totp.timecode(shown_at)
    return next((now + near for near in WINDOW if pyotp.utils.strings_equal(totp.generate_otp(now + near), code)), None)


def _opened(sealer: Sealer, sealed: str) -> str:
    """The secret; empty for a passkey, and where the key that sealed it is lost (a recovery code still works)."""
    try:
        return sealer.open(sealed) if sealed else ""
    except Unsealable:
        return ""


def _renewed(session: Session, principal: Principal, *, at: datetime, two_factors: bool) -> str:
    logins.end_logins(session, user_id=principal.actor, except_login=principal.login_id, at=at)
    return logins.renew_login(session, principal, at=at, two_factors=two_factors)


def _lock(session: Session, user_id: UUID) -> None:
    """One change of a person's factors at a time: of two last ones, two requests at once could remove both."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update())


def _rows(session: Session, statement: Any) -> int:
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def _record(
    session: Session, principal: Principal, action: str, authenticator: Authenticator, at: datetime, **more: str
) -> None:
    audit.record(
        session,
        action,
        subject=("authenticator", authenticator.id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation_id,
        **more,
    )
