"""Work for the job worker, and the finished reports it makes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey, enum_column


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """The truth about a piece of work; the queue only carries its id, so a killed worker loses nothing."""

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("kind", "submission_id"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    #: Why the last attempt failed, for administrators; holds no answers.
    message: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ReportFile(Base):
    """The finished PDF of a submission in one language."""

    __tablename__ = "report_file"
    __table_args__ = (UniqueConstraint("submission_id", "language"),)

    id: Mapped[PrimaryKey]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    language: Mapped[str] = mapped_column(default="en")
    sha256: Mapped[str]
    size: Mapped[int]
    made_at: Mapped[datetime]
