"""An export of everything a company has here, made for one person and gone an hour later."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey, enum_column
from portal.models.job import JobState


class DataExport(Base):
    """Belongs to who asked for it; nobody else of the company can open it."""

    __tablename__ = "data_export"

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    #: When it was made; an hour later row and file are removed.
    made_at: Mapped[datetime | None]
    #: Hex SHA-256 of the ZIP and the key in the store.
    sha256: Mapped[str | None]
    #: Length in bytes.
    size: Mapped[int | None]
