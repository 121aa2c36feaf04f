"""A review: one government's examination of one submission, ending in a decision."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey, enum_column


class ReviewState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Review(Base):
    """Opened with the share. Determinations on single questions will hang from it."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("submission_id", "government_id"),)

    id: Mapped[PrimaryKey]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    government_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[ReviewState] = mapped_column(enum_column(ReviewState), default=ReviewState.WAITING)
    #: What the company is told; required with a decision.
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]


class Declaration(Base):
    """What a government says it will and will not do with answers about harm; shown before those are asked."""

    __tablename__ = "declaration"

    government_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    will: Mapped[str] = mapped_column(Text)
    will_not: Mapped[str] = mapped_column(Text)
    #: Tag of the language it is written in.
    language: Mapped[str] = mapped_column(default="en")
    declared_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    declared_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
