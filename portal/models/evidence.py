"""Evidence: a file a company attached to an answer, stored by the hash of its content."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey


class Evidence(Base):
    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_assessment_id_question_id", "assessment_id", "question_id"),)

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    question_id: Mapped[str]
    #: The name as the company gave it, cleaned; never used as a path.
    name: Mapped[str]
    media_type: Mapped[str]
    #: Length in bytes.
    size: Mapped[int]
    #: Hex SHA-256 of the content and the key in the store.
    sha256: Mapped[str]
    uploaded_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]
    #: Taken back from the draft; earlier submissions still name it.
    removed_at: Mapped[datetime | None]
