"""Submissions: frozen answers with their score and digest, and the shares that let a government read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey


class Submission(Base):
    """Its answers are never updated: a correction is a new version."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("assessment_id", "version"),)

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    version: Mapped[int]
    #: What people quote, such as DDP-TH-2026-7K3M9P.
    reference: Mapped[str] = mapped_column(unique=True)
    questionnaire: Mapped[str] = mapped_column(index=True)
    #: The canonical bundle (submission/1), exactly the bytes that were hashed.
    bundle: Mapped[str] = mapped_column(Text)
    #: "sha256:<hex>" of the bundle.
    digest: Mapped[str] = mapped_column(unique=True)
    scorecard: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: The final score to one decimal, for sorting and filtering; none where nothing applied.
    score: Mapped[float | None] = mapped_column(Numeric(4, 1))
    band: Mapped[str | None]
    #: Worst red-flag state (open, remediating, unknown) or empty, for the queue.
    red_flag: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    #: ISIC Rev.4 section of the main activity.
    sector: Mapped[str] = mapped_column(default="")
    joins_aggregates: Mapped[bool]
    signed_name: Mapped[str]
    signed_position: Mapped[str]
    submitted_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime]
    valid_until: Mapped[date]
    #: Made by the page with the sign button: pressing it twice submits once.
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    #: Taken back by the company: no government reads it any more, and it counts in no later release.
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    #: Erased at the company's wish: bundle, scorecard and signature are empty, the digest stays for the log.
    erased_at: Mapped[datetime | None]


class Share(Base):
    """One government may read one submission version, until an end date or until revoked."""

    __tablename__ = "share"
    __table_args__ = (
        UniqueConstraint("submission_id", "government_id"),
        # Every look of a government asks these columns of it: the table itself need not be read.
        Index("ix_share_open", "government_id", "submission_id", "revoked_at", "expired_at", "until"),
    )

    id: Mapped[PrimaryKey]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    government_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    #: What is shared; "all" is answers, evidence and score.
    scope: Mapped[str] = mapped_column(default="all")
    granted_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    granted_at: Mapped[datetime]
    until: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    #: Set once `until` has passed, so that a clock put back does not open the share again.
    expired_at: Mapped[datetime | None]
