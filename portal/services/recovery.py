"""Recovery codes: ten per person, shown once, each usable once in place of a lost factor."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import RecoveryCode
from portal.services import audit, factors

CODES = 10
#: Without letters that are read for others (Crockford); 24 of 32 are 120 bits.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH, GROUP = 24, 4
MISREAD = str.maketrans("oil", "011")


class NoFactor(Exception):
    """Recovery codes stand in for a factor, and the person has none."""


def make_codes(session: Session, principal: Principal, *, at: datetime) -> list[str]:
    """Return ten new codes, to be shown once; earlier ones no longer work. Raises NoFactor, factors.NotHere."""
    codes = first_codes(session, principal, at=at)
    audit.record(
        session,
        "recovery_codes.made",
        subject=("user", principal.actor),
        at=at,
        by=principal.actor,
        organisation=principal.organisation_id,
    )
    return codes


def first_codes(session: Session, principal: Principal, *, at: datetime) -> list[str]:
    """The same together with a first factor, whose event tells of both."""
    if not factors.may_change(principal):
        raise factors.NotHere
    if not factors.authenticators_of(session, principal.actor):
        raise NoFactor
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == principal.actor))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(CODES)]
    session.add_all(
        RecoveryCode(id=uuid4(), user_id=principal.actor, code_hash=_digest(code), created_at=at) for code in codes
    )
    session.flush()
    return ["-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP)) for code in codes]


def take_code(session: Session, user_id: UUID, text: str, *, at: datetime) -> bool:
    """Whether the text is an unused recovery code of the person; it is used by this."""
    code = letters_of(text)
    if len(code) != LENGTH:
        return False
    used = update(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _digest(code), RecoveryCode.used_at.is_(None)
    )
    return bool(cast(CursorResult[Any], session.execute(used.values(used_at=at))).rowcount)


def codes_left(session: Session, user_id: UUID) -> int:
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def letters_of(text: str) -> str:
    """A code as people type it from paper: any case, any blanks and dashes, o for 0, i and l for 1, any digits."""
    letters = []
    for character in unicodedata.normalize("NFKC", text).casefold():
        value = unicodedata.decimal(character, None)
        letters.append(character if value is None else str(value))
    return "".join(letter for letter in "".join(letters).translate(MISREAD) if letter in ALPHABET)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
