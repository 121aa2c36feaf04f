"""People, their open sign-ins, and the count of failed ones."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey


class User(Base):
    __tablename__ = "user"

    id: Mapped[PrimaryKey]
    #: Lower case, so that one address is one person.
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    #: A sample account of the demonstration; production refuses to start while one exists.
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Login(Base):
    """An open sign-in. The cookie holds a random token, and here stands its SHA-256: a leaked table opens nothing."""

    __tablename__ = "login"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    #: The organisation the person works for in this sign-in; none until chosen.
    membership_id: Mapped[UUID | None] = mapped_column(ForeignKey("membership.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInThrottle(Base):
    """Failed sign-ins for one key (an account or a network), so that guessing slows down across restarts."""

    __tablename__ = "sign_in_throttle"

    #: SHA-256 of "account:<address>" or "network:<prefix>"; no address is stored in the clear.
    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    window_started_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
