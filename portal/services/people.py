"""New accounts: a person who has shown that an address is theirs chooses a name and a password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.models import Membership, Role, User
from portal.services import passwords


def new_token() -> str:
    """256 random bits for a link in a mail."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_person(session: Session, email: str) -> User | None:
    """The person with this address, unless disabled."""
    return session.scalar(select(User).where(User.email == passwords.fold(email), User.disabled_at.is_(None)))


def add_account(session: Session, *, email: str, name: str, password_hash: str, at: datetime) -> User:
    """Raises LookupError if the address was taken meanwhile, or belongs to an account that is about to be erased."""
    user = User(id=uuid4(), email=passwords.fold(email), name=name, password_hash=password_hash, created_at=at)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:
        raise LookupError("the address is taken") from None
    return user


def add_membership(session: Session, user_id: UUID, organisation_id: UUID, role: Role, *, at: datetime) -> Membership:
    membership = Membership(id=uuid4(), user_id=user_id, organisation_id=organisation_id, role=role, created_at=at)
    session.add(membership)
    session.flush()
    return membership
