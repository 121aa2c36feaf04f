"""The place of a submission in the log: its entry, the checkpoint that covers it, a proof that anybody can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.merkle import inclusion_proof
from portal.models import AuditCheckpoint, AuditContent, AuditEvent
from portal.services import audit, checkpoints


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the log holds a submission. Without a checkpoint it has not been signed yet."""

    sequence: int
    checkpoint: AuditCheckpoint | None


def entry_of(session: Session, submission_id: UUID) -> Entry | None:
    """The entry of a submission the caller was allowed to find; none once its content was erased."""
    sequence = session.scalar(
        select(AuditContent.sequence)
        .join(AuditEvent, AuditEvent.sequence == AuditContent.sequence)
        .where(AuditContent.subject_kind == "submission", AuditContent.subject_id == str(submission_id))
        .where(AuditEvent.action == "submission.created")
        .limit(1)
    )
    return None if sequence is None else Entry(sequence, checkpoints.covering(session, sequence))


def proof_of(session: Session, entry: Entry) -> dict[str, Any] | None:
    """What shows that the entry is in the signed log, for static/verify_log.py; none before it has been signed.

    Holds the salt of this one entry: who has the file can show what the entry says, and nobody else can.
    """
    if entry.checkpoint is None:
        return None
    event, content = session.get_one(AuditEvent, entry.sequence), session.get_one(AuditContent, entry.sequence)
    covered = select(AuditEvent.leaf).where(AuditEvent.sequence < entry.checkpoint.size)
    leaves = [bytes.fromhex(leaf) for leaf in session.scalars(covered.order_by(AuditEvent.sequence))]
    return {
        "format": "log-proof/1",
        "sequence": entry.sequence,
        "action": event.action,
        "at": audit.moment(event.at),
        "commitment": event.commitment,
        "content": audit.plain(audit.content_of(content)),
        "salt": content.salt.hex(),
        "inclusion": [step.hex() for step in inclusion_proof(leaves, entry.sequence)],
        "checkpoint": entry.checkpoint.note,
    }
