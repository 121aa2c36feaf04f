"""An uploaded workbook that waits for its confirmation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey


class PendingWorkbook(Base):
    """What one person's last upload for an assessment says; gone once confirmed, discarded, or an hour old."""

    __tablename__ = "pending_workbook"
    __table_args__ = (UniqueConstraint("assessment_id", "user_id"),)

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    #: The name as the person gave it, cleaned.
    name: Mapped[str]
    #: Answers and faults as read, and what stood there at the download; never the file itself.
    content: Mapped[dict[str, Any]]
    uploaded_at: Mapped[datetime] = mapped_column(index=True)
