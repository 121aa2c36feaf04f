"""Organisations: companies, governments and the administration, and who belongs to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, PrimaryKey, enum_column


class OrganisationKind(StrEnum):
    COMPANY = "company"
    GOVERNMENT = "government"
    ADMINISTRATION = "administration"


class Role(StrEnum):
    """What a person may do in one organisation: first the roles in companies, then in governments, then ours."""

    OWNER = "owner"
    EDITOR = "editor"
    #: Works on the sections given to them and sees nothing else of the company.
    CONTRIBUTOR = "contributor"
    #: Reads what is given to them, comments on it, and says what the workers' body has to say before it is signed.
    WORKER_REPRESENTATIVE = "worker_representative"
    SIGNATORY = "signatory"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    METHODOLOGY_EDITOR = "methodology_editor"


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("id <> parent_id", name="not_its_own_parent"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind), index=True)
    name: Mapped[str]
    #: The name in the script of its country, where it has one.
    local_name: Mapped[str] = mapped_column(default="")
    #: ISO 3166-1 alpha-2; empty for a body that serves several countries.
    country: Mapped[str] = mapped_column(default="")
    registration_number: Mapped[str] = mapped_column(default="")
    #: The parent company; counts and thresholds in releases go by the ultimate parent (disclosure rule D1).
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: When a government verified the registration number; before that a company enters no release (D2).
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    #: Why a government sent the registration back or withdrew its verification; shown to the company.
    verification_note: Mapped[str] = mapped_column(default="")
    #: The parent as the company names it, folded; `parent_id` is set only once that company confirms it.
    named_parent_country: Mapped[str] = mapped_column(default="")
    named_parent_number: Mapped[str] = mapped_column(default="")
    #: Whether the company published its own result, which takes it out of the effective size (D3).
    published_own_result: Mapped[bool] = mapped_column(default=False)
    #: The company this one was merged into: it reads and continues what this one wrote; nobody works here any more.
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Erased: only the row with its id is left, so that what others did still refers to something.
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ServedCountry(Base):
    """A country a government answers for: one for a ministry, several for a regional body."""

    __tablename__ = "served_country"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    #: ISO 3166-1 alpha-2.
    country: Mapped[str] = mapped_column(primary_key=True)


class Membership(Base):
    """One person's role in one organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_column(Role))
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()


class Invitation(Base):
    """An offer of a role, bound to one address; the link in the mail holds a token whose SHA-256 stands here."""

    __tablename__ = "invitation"

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Folded, as in `user`.
    email: Mapped[str]
    role: Mapped[Role] = mapped_column(enum_column(Role))
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Merger(Base):
    """One company asks to become part of another; it happens when the other accepts.

    The asker sees what they typed, whether or not it names a company here: asking must not tell who is registered.
    """

    __tablename__ = "merger"
    __table_args__ = (CheckConstraint("from_id <> into_id", name="two_companies"),)

    id: Mapped[PrimaryKey]
    from_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: None where no verified company has that number.
    into_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    into_country: Mapped[str]
    into_number: Mapped[str]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    accepted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Approval(Base):
    """Something that takes two people: one asks, another approves, then it is done (erasure, loss of all factors).

    A person who erases their own account needs nobody's approval; then `approved_by_id` stays empty.
    """

    __tablename__ = "approval"
    __table_args__ = (CheckConstraint("asked_by_id <> approved_by_id", name="two_people"),)

    id: Mapped[PrimaryKey]
    #: Such as "erase_organisation", "erase_submission", "erase_person", "reset_factors".
    kind: Mapped[str]
    subject_id: Mapped[UUID] = mapped_column(index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    #: When the worker had done it, with files and free pages; an erasure is done in the background.
    done_at: Mapped[datetime | None]
