"""Evidence: a file a company attached to an answer, stored by the hash of its content."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey, enum_column


class ScanState(StrEnum):
    """What the virus scanner said; where none runs, a file stays unscanned and its uploader sees that."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"


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
    #: The file this one is a newer version of.
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence.id", ondelete="SET NULL"))
    scan: Mapped[ScanState] = mapped_column(enum_column(ScanState), default=ScanState.UNSCANNED)
    scanned_at: Mapped[datetime | None]
    #: Hash of the picture drawn anew from it, without anything hidden or active; none until made or where none can be.
    preview_sha256: Mapped[str | None]
    #: When a preview was last tried, so that what cannot be drawn is not tried for ever.
    previewed_at: Mapped[datetime | None]


class Upload(Base):
    """A file that arrives in pieces, so that a broken line costs one piece and not the file."""

    __tablename__ = "upload"

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    question_id: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str]
    #: Length in bytes as announced, and how much has arrived.
    size: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
