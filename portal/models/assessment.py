"""An assessment: one company answering one questionnaire version for one period; and its profile."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey, enum_column
from portal.domain.lifecycle import AssessmentStatus


class CompanyProfile(Base):
    """A company's current profile answers; submissions freeze a copy."""

    __tablename__ = "company_profile"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    #: Reference of the profile version the values are keyed by.
    profile: Mapped[str]
    values: Mapped[dict[str, Any]]
    #: Counts saves; the client's version stands in every UPDATE.
    version: Mapped[int]
    updated_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    updated_at: Mapped[datetime]


class Assessment(Base):
    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("organisation_id", "questionnaire", "period_start"),
        CheckConstraint("period_end >= period_start", name="period_runs_forward"),
    )

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Reference of the questionnaire version, such as "hrdd-short@2026.1"; never changes.
    questionnaire: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    #: When the company wants it signed; reminders count down to it.
    due_on: Mapped[date | None]
    status: Mapped[AssessmentStatus] = mapped_column(enum_column(AssessmentStatus), default=AssessmentStatus.DRAFT)
    #: Counts changes of state (not of answers, which have versions of their own).
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]


class AnswerRow(Base):
    """The working answer to one question; becomes a `domain.answers.Answer`."""

    __tablename__ = "answer"

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    dont_know: Mapped[bool] = mapped_column(default=False)
    #: The reason given for "does not apply"; none where the company did not say so.
    not_applicable: Mapped[str | None]
    plan_end: Mapped[date | None]
    #: When "found, remedy under way" was first recorded; the plan may end at most 12 months later.
    plan_recorded_on: Mapped[date | None]
    comment: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    updated_at: Mapped[datetime]
