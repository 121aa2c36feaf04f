"""What anybody may see of the audit log: its signed checkpoints and the key they are signed with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import AuditCheckpoint
from portal.settings import Settings

#: Checkpoints on the public page.
LISTED = 24
#: No database takes a larger number.
_LARGEST = 2**63 - 1


def latest(session: Session) -> AuditCheckpoint | None:
    return session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))


def listed(session: Session) -> list[AuditCheckpoint]:
    """The latest checkpoints, the newest first."""
    return list(session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(LISTED)))


def find(session: Session, size: int) -> AuditCheckpoint | None:
    return session.get(AuditCheckpoint, size) if size <= _LARGEST else None


def covering(session: Session, sequence: int) -> AuditCheckpoint | None:
    """The first checkpoint that covers the entry at this place."""
    covered = select(AuditCheckpoint).where(AuditCheckpoint.size > sequence)
    return session.scalar(covered.order_by(AuditCheckpoint.size).limit(1))


def key_file(settings: Settings) -> Path:
    """Where the worker leaves the public key; the private one beside it is never read by the web process."""
    return settings.log_key_file.with_suffix(".vkey")


def public_key(settings: Settings) -> str:
    """The public key as verifiers take it; empty before the worker has made one."""
    try:
        return key_file(settings).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def age(session: Session, *, at: datetime) -> float | None:
    """Minutes since the last checkpoint; none while there is none."""
    last = latest(session)
    return (at - last.signed_at).total_seconds() / 60 if last else None
