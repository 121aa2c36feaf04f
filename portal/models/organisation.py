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
    """What a person may do in one organisation. Owners, editors and signatories are of companies."""

    OWNER = "owner"
    EDITOR = "editor"
    SIGNATORY = "signatory"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


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
    #: Whether the company published its own result, which takes it out of the effective size (D3).
    published_own_result: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


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
