"""New accounts: a person who has shown that an address is theirs chooses a name and a password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import Membership, Role, User
from portal.services import audit, passwords


def new_token() -> str:
    """256 random bits for a link in a mail."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_person(session: Session, email: str) -> User | None:
    """The person with this address, unless disabled."""
    return session.scalar(select(User).where(User.email == passwords.fold(email), User.disabled_at.is_(None)))


def address_of_person(session: Session, user_id: UUID) -> str:
    return session.scalars(select(User.email).where(User.id == user_id)).one()


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


def set_one_question_per_page(session: Session, principal: Principal, one: bool, *, at: datetime) -> None:
    """How this person wants to see questionnaires: one question on each page, or a section at a time."""
    changed = session.execute(
        update(User)
        .where(User.id == principal.actor, User.one_question_per_page.is_not(one))
        .values(one_question_per_page=one)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount:  # type: ignore[attr-defined]
        subject = ("user", principal.actor)
        audit.record(session, "user.view_chosen", subject=subject, at=at, by=principal.actor, organisation=None)


def set_mail_choices(session: Session, principal: Principal, language: str, reminders: bool, *, at: datetime) -> None:
    """In which language this person gets mail (empty: the portal's), and whether they want reminders."""
    session.execute(
        update(User)
        .where(User.id == principal.actor)
        .values(language=language, reminders_off_at=None if reminders else at)
        .execution_options(synchronize_session=False)
    )
    subject = ("user", principal.actor)
    audit.record(session, "user.mail_chosen", subject=subject, at=at, by=principal.actor, organisation=None)
