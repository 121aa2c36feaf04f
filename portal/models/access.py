"""Who read what a company shared, and alerts about unusual reading."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey


class SharedRead(Base):
    """One look of an official at a shared submission, or at a file of it. Only ever inserted."""

    __tablename__ = "shared_read"
    __table_args__ = (
        Index("ix_shared_read_user_id_at", "user_id", "at"),
        Index("ix_shared_read_submission_id_at", "submission_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    #: The company whose submission it is, for counting companies without a join.
    company_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    government_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    #: page, report, bundle, evidence or list.
    what: Mapped[str]
    at: Mapped[datetime]


class Alert(Base):
    """Something a person should look at: an official who reads very much, a log that does not fit together."""

    __tablename__ = "alert"

    id: Mapped[PrimaryKey]
    #: read_burst or log_refused.
    kind: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    #: Figures and ids, never words of people.
    details: Mapped[dict[str, Any]]
    raised_at: Mapped[datetime] = mapped_column(index=True)
    seen_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    seen_at: Mapped[datetime | None]
