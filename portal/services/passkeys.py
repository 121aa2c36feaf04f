"""Passkeys (WebAuthn): challenges that serve once, keys that are added, and assertions that prove who one is."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import webauthn
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.authz import Principal
from portal.models import Authenticator, AuthenticatorKind, Ceremony, User
from portal.services import audit, factors

REGISTER, SIGN_IN, PROVE = "register", "sign_in", "prove"
#: How long a challenge waits for its answer.
LASTS = timedelta(minutes=5)
#: Far more than any authenticator sends; longer ones are not parsed.
LONGEST_ANSWER = 16_384
VERIFIED = UserVerificationRequirement.REQUIRED


class Refused(Exception):
    """The answer does not belong to an open challenge, a known passkey, or this portal."""


class WentBack(Refused):
    """The passkey counts fewer uses than before: it may have been copied."""


@dataclass(frozen=True, slots=True)
class Site:
    """For whom passkeys are made: they work at this name and nowhere else."""

    #: The host name, without a port.
    id: str
    #: What people see when their device asks.
    name: str
    #: Scheme, host and port of our pages.
    origin: str


def begin_adding(session: Session, principal: Principal, site: Site, *, at: datetime) -> str:
    """Return the options for a new passkey as JSON. Raises factors.NotHere, factors.TooMany."""
    known = factors.ready_for_another(session, principal)
    user = session.get_one(User, principal.actor)
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=site.name,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name,
        challenge=_challenge(session, REGISTER, principal.actor, at),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=VERIFIED
        ),
        exclude_credentials=_descriptors(known),
    )
    return webauthn.options_to_json(options)


def add(session: Session, principal: Principal, site: Site, answer: str, *, name: str, at: datetime) -> str:
    """Add the passkey of this answer, end other sign-ins, and return the new token of this one.

    The challenge is used up even when this raises Refused; the caller commits. Raises factors.NotHere, factors.TooMany.
    """
    factors.ready_for_another(session, principal)
    credential, challenge = _taken(session, answer, REGISTER, principal.actor, at)
    try:
        proven = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except WebAuthnException:
        raise Refused from None
    if session.scalar(select(Authenticator.id).where(Authenticator.credential_id == proven.credential_id)):
        raise Refused
    authenticator = Authenticator(
        id=uuid4(),
        user_id=principal.actor,
        kind=AuthenticatorKind.PASSKEY,
        name=name[: factors.LONGEST_NAME],
        credential_id=proven.credential_id,
        public_key=proven.credential_public_key,
        sign_count=proven.sign_count,
        confirmed_at=at,
        used_at=at,
        created_at=at,
    )
    return factors.added(session, principal, authenticator, at=at)


def begin(session: Session, site: Site, user_id: UUID | None, *, at: datetime) -> str:
    """Return the options for an assertion as JSON: by this person's passkeys, or by any (the whole sign-in)."""
    allowed = _descriptors(factors.authenticators_of(session, user_id)) if user_id else None
    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=_challenge(session, PROVE if user_id else SIGN_IN, user_id, at),
        allow_credentials=allowed,
        user_verification=VERIFIED,
    )
    return webauthn.options_to_json(options)


def take(session: Session, site: Site, user_id: UUID | None, answer: str, *, at: datetime) -> UUID:
    """Return whose passkey made this assertion: this person's, or with None anybody's who may sign in.

    The challenge is used up even when this raises Refused or WentBack; the caller commits.
    """
    credential, challenge = _taken(session, answer, PROVE if user_id else SIGN_IN, user_id, at)
    authenticator = _authenticator(session, credential, user_id)
    try:
        proven = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=authenticator.public_key or b"",
            # Compared below, in the statement that stores it: two copies may answer at the same moment.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except WebAuthnException:
        raise Refused from None
    if not _counted(session, authenticator, proven.new_sign_count, at):
        audit.record(
            session,
            "passkey.count_went_back",
            subject=("authenticator", authenticator.id),
            at=at,
            by=authenticator.user_id,
            organisation=None,
        )
        raise WentBack
    return authenticator.user_id


def _challenge(session: Session, purpose: str, user_id: UUID | None, at: datetime) -> bytes:
    challenge = secrets.token_bytes(32)
    session.execute(
        delete(Ceremony).where(Ceremony.created_at < at - LASTS, Ceremony.purpose.in_((REGISTER, SIGN_IN, PROVE)))
    )
    session.add(Ceremony(id=_digest(challenge), purpose=purpose, user_id=user_id, details={}, created_at=at))
    return challenge


def _taken(
    session: Session, answer: str, purpose: str, user_id: UUID | None, at: datetime
) -> tuple[dict[str, Any], bytes]:
    """Return the credential and the open challenge it answers, which is used up by this. Raises Refused."""
    credential, challenge = _read(answer)
    bound = Ceremony.user_id == user_id if user_id else Ceremony.user_id.is_(None)
    used = delete(Ceremony).where(
        Ceremony.id == _digest(challenge), Ceremony.purpose == purpose, bound, Ceremony.created_at >= at - LASTS
    )
    if not _rows(session, used):
        raise Refused
    return credential, challenge


def _read(answer: str) -> tuple[dict[str, Any], bytes]:
    """The credential and the challenge its device was given. Nothing in it is believed before it is verified."""
    if len(answer) > LONGEST_ANSWER:
        raise Refused
    try:
        credential = json.loads(answer)
        said = json.loads(_bytes(credential["response"]["clientDataJSON"]))
        return credential, _bytes(said["challenge"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused from None


def _authenticator(session: Session, credential: dict[str, Any], user_id: UUID | None) -> Authenticator:
    try:
        credential_id = _bytes(credential["rawId"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused from None
    found = session.scalar(
        select(Authenticator)
        .join(User, User.id == Authenticator.user_id)
        .where(
            Authenticator.credential_id == credential_id,
            Authenticator.kind == AuthenticatorKind.PASSKEY,
            Authenticator.confirmed_at.is_not(None),
            User.disabled_at.is_(None),
        )
    )
    if found is None or (user_id and found.user_id != user_id):
        raise Refused
    return found


def _counted(session: Session, authenticator: Authenticator, count: int, at: datetime) -> bool:
    """Store the count of uses if it grew; many passkeys always say 0, which is no regression."""
    grew = Authenticator.sign_count == 0 if count == 0 else Authenticator.sign_count < count
    stored = update(Authenticator).where(Authenticator.id == authenticator.id, grew)
    return bool(_rows(session, stored.values(sign_count=count, used_at=at)))


def _descriptors(known: list[Authenticator]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential_id) for one in known if one.credential_id]


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error:
        raise ValueError("not base64url") from None


def _digest(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()


def _rows(session: Session, statement: Any) -> int:
    return cast(CursorResult[Any], session.execute(statement)).rowcount
