"""Releases: frozen, protected tables for the public."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey


class Release(Base):
    """`document` is all the public ever sees; `members` stays inside, for the audit of later releases."""

    __tablename__ = "release"

    id: Mapped[PrimaryKey]
    #: Stands in the address, such as 2026-2.
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    snapshot_on: Mapped[date]
    #: The release/1 JSON exactly as published.
    document: Mapped[str] = mapped_column(Text)
    digest: Mapped[str]
    #: Which groups stood in which published cell; never leaves the database.
    members: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    #: None while it is a draft; afterwards the row never changes.
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
