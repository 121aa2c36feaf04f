"""The log as a file that anybody can check, and our own check of every entry, content and checkpoint."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.merkle import Frontier, leaf_hash
from portal.models import AuditCheckpoint, AuditContent, AuditEvent
from portal.services import audit

#: Rows read at a time.
BATCH = 5_000


def exported(session: Session) -> Iterator[str]:
    """Lines of JSON: every entry without its content, in order, and then every checkpoint."""
    for event in _events(session):
        entry = {"action": event.action, "at": audit.moment(event.at), "commitment": event.commitment}
        yield json.dumps({"sequence": event.sequence, **entry, "leaf": event.leaf})
    for note in session.scalars(select(AuditCheckpoint.note).order_by(AuditCheckpoint.size)):
        yield json.dumps({"note": note})


def first_fault(session: Session) -> str | None:
    """What does not fit together, as one line; none if all does. Knows nothing of signatures: those are for others."""
    signed = {point.size: point.root for point in session.scalars(select(AuditCheckpoint))}
    frontier = Frontier()
    for event in _events(session):
        if event.sequence != frontier.size:
            return f"entry {frontier.size}: missing"
        leaf = leaf_hash(audit.leaf_bytes(event.at, event.action, event.commitment))
        if leaf.hex() != event.leaf:
            return f"entry {event.sequence}: changed; it has not the hash it was stored with"
        frontier = frontier.append(leaf)
        if frontier.size in signed and signed[frontier.size] != frontier.root().hex():
            return (
                f"entry {event.sequence}: it, or one before it, is not what checkpoint {frontier.size} was signed for"
            )
    if signed and max(signed) > frontier.size:
        return f"entry {frontier.size}: missing; {max(signed)} entries were signed"
    return _wrong_content(session)


def _wrong_content(session: Session) -> str | None:
    """Contents that are left must be those that were committed to; erased ones are not missed."""
    start = -1
    statement = select(AuditContent, AuditEvent.commitment).join(
        AuditEvent, AuditEvent.sequence == AuditContent.sequence
    )
    while rows := session.execute(
        statement.where(AuditContent.sequence > start).order_by(AuditContent.sequence).limit(BATCH)
    ).all():
        for content, committed in rows:
            start = content.sequence
            if not hmac.compare_digest(audit.commitment(content.salt, audit.content_of(content)), committed):
                return f"entry {start}: its content is not what was committed to"
        session.expunge_all()
    return None


def _events(session: Session) -> Iterator[AuditEvent]:
    start = -1
    rows = select(AuditEvent).order_by(AuditEvent.sequence).limit(BATCH)
    while batch := session.scalars(rows.where(AuditEvent.sequence > start)).all():
        start = batch[-1].sequence
        yield from batch
        session.expunge_all()
