"""Passwords: how they are stored and checked, at the same price for known and unknown addresses."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import User
from portal.services.password_rules import LONGEST_BYTES

_hasher = PasswordHasher()
#: Each takes 64 MiB, so only so many run at once.
_slots = BoundedSemaphore(4)
#: Verified when nobody has that address, so that known and unknown take the same time: the hash of random bytes that
#: were thrown away, made with the settings above.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$VwQZFjLAaCUoJV/1rHdA4g$bu+59rLEEbGIRLkhHB6qrULALVeP49K6XI5AOwRVtB4"


class SignInFailed(Exception):
    """Wrong address or password; which of the two is not said."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the password is checked against, read before the check so that no transaction is held during it."""

    user_id: UUID | None
    password_hash: str


def hash_password(password: str) -> str:
    with _slots:
        return _hasher.hash(unicodedata.normalize("NFC", password))


def credentials_of(session: Session, email: str) -> Credentials:
    row = session.execute(
        select(User.id, User.password_hash).where(User.email == fold(email), User.disabled_at.is_(None))
    ).first()
    return Credentials(row.id, row.password_hash) if row else Credentials(None, _NOBODY)


def password_matches(credentials: Credentials, password: str) -> bool:
    """Whether the password is right. Takes the same time for known and unknown addresses."""
    if len(password.encode()) > LONGEST_BYTES:
        password = ""
    with _slots:
        try:
            _hasher.verify(credentials.password_hash, unicodedata.normalize("NFC", password))
        except VerifyMismatchError:
            return False
        except InvalidHashError:
            # An account without a password, such as one that its provider vouches for: it takes as long as any other.
            with suppress(VerifyMismatchError):
                _hasher.verify(_NOBODY, password)
            return False
    return credentials.user_id is not None


def fold(email: str) -> str:
    return unicodedata.normalize("NFC", email).strip().casefold()
