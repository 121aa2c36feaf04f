"""Working on an assessment together: who holds what, what was said about it, and what is marked for later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey


class AnswerVersion(Base):
    """What one save of an answer left there. Written by a trigger on `answer`, so that no way of saving forgets it.

    Deleted only when a person takes out words that must not be kept, and at an erasure.
    """

    __tablename__ = "answer_version"

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    dont_know: Mapped[bool]
    not_applicable: Mapped[str | None]
    plan_end: Mapped[date | None]
    comment: Mapped[str]
    saved_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime]


class Assignment(Base):
    """A section, or one question of it, that a member works on. A contributor sees what was assigned, and no more."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("membership_id", "assessment_id", "section_id", "question_id", name="uq_assignment_work"),
    )

    id: Mapped[PrimaryKey]
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"))
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    section_id: Mapped[str]
    #: Empty for the whole section.
    question_id: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    #: What whoever gave it asks for.
    note: Mapped[str] = mapped_column(Text, default="")
    given_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    given_at: Mapped[datetime]
    #: The member says it is done, and what to know about it; whoever gave it may give it again.
    handed_back_at: Mapped[datetime | None]
    hand_back_note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)


class SectionDone(Base):
    """A person said that a section is complete; a row less when they take it back."""

    __tablename__ = "section_done"

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    section_id: Mapped[str] = mapped_column(primary_key=True)
    done_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    done_at: Mapped[datetime]


class Bookmark(Base):
    """A question marked to come back to; the same for everybody who works on the assessment."""

    __tablename__ = "bookmark"

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    marked_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    marked_at: Mapped[datetime]


class Comment(Base):
    """What colleagues say to each other about a question; never part of a submission."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_assessment_id_question_id", "assessment_id", "question_id"),)

    id: Mapped[PrimaryKey]
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    question_id: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    #: Empty once its author took it back.
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    #: Dealt with: the comment closes, and no longer counts as open.
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    settled_at: Mapped[datetime | None]


class Mention(Base):
    """A colleague named in a comment; told by mail."""

    __tablename__ = "mention"

    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)


class Presence(Base):
    """Who has an assessment open, and where; a minute later it says nothing any more."""

    __tablename__ = "presence"

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    section_id: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime]


class WorkerStatement(Base):
    """What worker representatives say about an assessment before it is signed; frozen with the submission."""

    __tablename__ = "worker_statement"
    __table_args__ = (UniqueConstraint("assessment_id", "author_id"),)

    id: Mapped[PrimaryKey]
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    #: The body the author speaks for, such as a works council or union.
    body_name: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Reminder(Base):
    """A reminder that was sent, so that nobody gets it twice."""

    __tablename__ = "reminder"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    #: The assessment, assignment or corrective action that is due.
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    #: 30, 14, 3 or 0 days before.
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sent_at: Mapped[datetime]
