"""Write the audit log: one event per change, in the transaction of the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.models import AuditEvent

#: Made once: building the statement anew for every event would cost more than the event.
_INSERT = insert(AuditEvent.__table__)  # type: ignore[arg-type]


def record(
    session: Session,
    action: str,
    *,
    subject: tuple[str, object],
    at: datetime,
    by: UUID | None,
    organisation: UUID | None,
    **details: Any,
) -> None:
    """Add the event of a change, such as `answer.saved` of ("answer", "<assessment>/<question>").

    `details` are ids, versions and states; never answers, names or addresses.
    """
    kind, subject_id = subject
    event = {
        "at": at,
        "actor_id": by,
        "organisation_id": organisation,
        "action": action,
        "subject_kind": kind,
        "subject_id": str(subject_id),
        "details": details,
    }
    session.execute(_INSERT, event)
