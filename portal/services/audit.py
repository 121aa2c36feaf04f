"""Write the audit log: one event per change, in the transaction of the change, as a leaf of a Merkle tree."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.orm import Session

from portal.domain.canonical import canonical
from portal.domain.merkle import leaf_hash
from portal.models import AuditContent, AuditEvent

_EVENT, _CONTENT = AuditEvent.__table__, AuditContent.__table__
_COMMITTED = ("actor_id", "organisation_id", "subject_kind", "subject_id", "details")
_CONTENT_COLUMNS = ("salt", *_COMMITTED)
#: Made once: building a statement anew for every event would cost more than the event.
_INSERT_EVENT = insert(_EVENT).from_select(  # type: ignore[arg-type]
    ["sequence", "at", "action", "commitment", "leaf"],
    select(
        func.coalesce(func.max(_EVENT.c.sequence) + 1, 0),
        *(bindparam(name, type_=_EVENT.c[name].type) for name in ("at", "action", "commitment", "leaf")),
    ),
)
_INSERT_EVENT = _INSERT_EVENT.returning(_EVENT.c.sequence)
_INSERT_CONTENT = insert(_CONTENT)  # type: ignore[arg-type]
_added = _INSERT_EVENT.cte("added")
_INSERT_BOTH = insert(_CONTENT).from_select(  # type: ignore[arg-type]
    ["sequence", *_CONTENT_COLUMNS],
    select(_added.c.sequence, *(bindparam(name, type_=_CONTENT.c[name].type) for name in _CONTENT_COLUMNS)),
)
#: Held until the commit, so that places in the log have no gaps and stand in the order of the commits. SQLite lets
#: only one transaction write in any case. The number says nothing; it must only be nobody else's.
_LOCK = text("SELECT pg_advisory_xact_lock(7309940266051)")


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
    salt = secrets.token_bytes(32)
    content = {
        "actor_id": by,
        "organisation_id": organisation,
        "subject_kind": subject[0],
        "subject_id": str(subject[1]),
        "details": details,
    }
    committed = commitment(salt, content)
    event = {"at": at, "action": action, "commitment": committed}
    event["leaf"] = leaf_hash(leaf_bytes(at, action, committed)).hex()
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        sequence = connection.execute(_INSERT_EVENT, event).scalar_one()
        connection.execute(_INSERT_CONTENT, {"sequence": sequence, "salt": salt, **content})
    else:
        connection.execute(_LOCK)
        connection.execute(_INSERT_BOTH, {**event, "salt": salt, **content})


def commitment(salt: bytes, content: dict[str, Any]) -> str:
    """Hex HMAC-SHA256 of the canonical JSON of a content, keyed with its salt."""
    return hmac.new(salt, canonical(plain(content)), hashlib.sha256).hexdigest()


def plain(content: dict[str, Any]) -> dict[str, Any]:
    """The content as JSON knows it."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in content.items()}


def content_of(row: AuditContent) -> dict[str, Any]:
    """What was committed to, read back."""
    return {name: getattr(row, name) for name in _COMMITTED}


def leaf_bytes(at: datetime, action: str, committed: str) -> bytes:
    """The canonical JSON a leaf hash is made of; what `flask audit export` writes and anybody can hash again."""
    return canonical({"action": action, "at": moment(at), "commitment": committed})


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
