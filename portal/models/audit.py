"""The audit log: an append-only Merkle tree of commitments, and beside it their contents, which can be erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

_Sequence = BigInteger().with_variant(Integer, "sqlite")


class AuditEvent(Base):
    """A leaf of the tree. Only ever inserted. Holds nothing that names anybody, so nothing need ever leave it."""

    __tablename__ = "audit_event"

    #: Place in the log, from 0 without gaps; time does not order it, since clocks step.
    sequence: Mapped[int] = mapped_column(_Sequence, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    action: Mapped[str]
    #: Hex HMAC-SHA256 of the content, keyed with its salt.
    commitment: Mapped[str]
    #: Hex RFC 6962 leaf hash of the canonical JSON of action, moment and commitment.
    leaf: Mapped[str]


class AuditContent(Base):
    """Who did it, for which organisation, to what: ids and facts, never answers, names or addresses. May be erased."""

    __tablename__ = "audit_content"

    sequence: Mapped[int] = mapped_column(
        _Sequence, ForeignKey("audit_event.sequence"), primary_key=True, autoincrement=False
    )
    #: 32 random bytes; without them nobody can guess what a commitment stands for.
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    #: None for the system itself.
    actor_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(index=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class AuditCheckpoint(Base):
    """A signed statement of the log's size and root. Only ever inserted."""

    __tablename__ = "audit_checkpoint"

    size: Mapped[int] = mapped_column(_Sequence, primary_key=True, autoincrement=False)
    #: Hex root of the tree of that size.
    root: Mapped[str]
    #: The signed note (C2SP tlog-checkpoint), exactly as published.
    note: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(index=True)
