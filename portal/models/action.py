"""Corrective actions: what a company does about a weak answer, by whom and until when."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey, enum_column


class ActionStatus(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    DROPPED = "dropped"


class CostBand(StrEnum):
    """What it costs, as the company sees it; never an amount."""

    UNKNOWN = "unknown"
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class CorrectiveAction(Base):
    """Belongs to the company and not to a period: it goes on until it is done or dropped."""

    __tablename__ = "corrective_action"

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: The assessment whose weak answer it came from, and the question.
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    question_id: Mapped[str]
    title: Mapped[str]
    #: The member who sees to it.
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    due_on: Mapped[date | None]
    #: [{"text": ..., "done": true or false}] in order.
    steps: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[ActionStatus] = mapped_column(enum_column(ActionStatus), default=ActionStatus.PLANNED)
    cost: Mapped[CostBand] = mapped_column(enum_column(CostBand), default=CostBand.UNKNOWN)
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    #: When it was done or dropped.
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class ActionFile(Base):
    """A file that shows what was done."""

    __tablename__ = "action_file"

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    action_id: Mapped[UUID] = mapped_column(ForeignKey("corrective_action.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    #: Length in bytes.
    size: Mapped[int]
    sha256: Mapped[str]
    uploaded_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
