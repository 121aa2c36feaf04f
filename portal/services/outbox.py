"""The outbox: mail is written in the transaction of what it tells about, and sent by the worker after the commit."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from portal.models import OutboxMail
from portal.sealing import Sealer
from portal.services.jobs import BELL


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address, as plain text."""

    to: str
    subject: str
    body: str
    #: Tag of the language it is written in.
    language: str = "en"


def post(session: Session, sealer: Sealer, letter: Letter, *, kind: str, at: datetime) -> None:
    """Put a letter into the outbox. The caller commits; then the worker is rung and sends it."""
    sealed = sealer.seal(json.dumps(asdict(letter)))
    session.add(OutboxMail(id=uuid4(), kind=kind, sealed=sealed, created_at=at, due_at=at))
    session.info[BELL] = True
