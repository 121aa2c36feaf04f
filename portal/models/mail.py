"""Mail that waits to be sent, or was."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey, enum_column


class MailState(StrEnum):
    WAITING = "waiting"
    #: Handed to the mail server, whose answer is not yet known.
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class OutboxMail(Base):
    """Written in the transaction of what it tells about, sent by the worker. Address and words are sealed, because
    links in them open accounts, and forgotten once sent."""

    __tablename__ = "outbox_mail"

    id: Mapped[PrimaryKey]
    #: What it is for, such as "invitation"; for the list of administrators.
    kind: Mapped[str]
    #: JSON of address, subject, body and language, sealed; empty once sent.
    sealed: Mapped[str] = mapped_column(Text)
    state: Mapped[MailState] = mapped_column(enum_column(MailState), default=MailState.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    #: Why the last attempt failed: a code, never an address.
    message: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
