"""Browsers a person has signed in with: guessing elsewhere does not shut them out there."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import KnownDevice

#: How long a browser is known after its last sign-in.
KEPT = timedelta(days=365)


def known_device(session: Session, user_id: UUID | None, token: str, *, at: datetime) -> str:
    """Return the id of this browser if the person has used it, else nothing. One statement for everybody."""
    known = KnownDevice.id == _device_id(user_id, token)
    return session.scalar(select(KnownDevice.id).where(known, KnownDevice.seen_at > at - KEPT)) or ""


def devices_of(session: Session, user_id: UUID) -> list[str]:
    return list(session.scalars(select(KnownDevice.id).where(KnownDevice.user_id == user_id)))


def remember_device(session: Session, user_id: UUID, token: str, *, at: datetime) -> str:
    """Note that the person uses this browser, and return the token for its cookie.

    Several people may share one browser and its token: the row is named by both.
    """
    token = token or secrets.token_urlsafe(32)
    if row := session.get(KnownDevice, _device_id(user_id, token)):
        row.seen_at = at
    else:
        session.add(KnownDevice(id=_device_id(user_id, token), user_id=user_id, created_at=at, seen_at=at))
    return token


def _device_id(user_id: UUID | None, token: str) -> str:
    return hashlib.sha256(f"{user_id}:{token}".encode()).hexdigest()
