"""Sign checkpoints of the audit log, with a key and a memory of its own: it never signs what does not fit together."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import db
from portal.domain.merkle import Frontier, leaf_hash
from portal.domain.notes import Checkpoint, signed_note, verifier_key
from portal.jobs.workplace import Workplace
from portal.models import Alert, AuditCheckpoint, AuditEvent
from portal.services import audit, checkpoints
from portal.settings import Settings

#: No checkpoint is older than this while the worker runs.
EVERY = timedelta(hours=1)
#: Events whose receipt names a checkpoint: signed at once.
RECEIPTS = ("submission.created", "review.decided")
#: Events read at a time.
BATCH = 5_000

log = logging.getLogger(__name__)


class Inconsistent(Exception):
    """The log is not the one that was signed before, or an entry does not match its hash. Says where."""

    def __init__(self, sequence: int) -> None:
        super().__init__(f"entry {sequence}")
        self.sequence = sequence


@dataclass(frozen=True, slots=True)
class Memory:
    """What was signed last, kept beside the key and not in the database."""

    size: int = 0
    peaks: tuple[str, ...] = ()
    #: When everything was last read again from the first entry, as a timestamp.
    checked_at: float = 0.0

    @property
    def frontier(self) -> Frontier:
        return Frontier(self.size, tuple(bytes.fromhex(peak) for peak in self.peaks))


def sign_due(place: Workplace) -> int | None:
    """Sign if a receipt waits for it or an hour has passed; return the size signed, or none.

    The first time in an hour the whole log is read again. Raises Inconsistent after raising an alert.
    """
    now = place.clock()
    with db.reading(place.engine) as session:
        last = checkpoints.latest(session)
        signed = last.size if last else 0
        old = last is None or not timedelta() <= now - last.signed_at < EVERY
        more = _has_more(session, signed)
        if not (_receipt_waits(session, signed) or (old and (last or more))):
            return None
    if not more:
        _leave_a_trace(place, now)
    thorough = old or not 0 <= now.timestamp() - _remembered(place.settings).checked_at < EVERY.total_seconds()
    try:
        return _sign(place, thorough=thorough)
    except Inconsistent as error:
        log.error(json.dumps({"event": "log", "state": "refused", "entry": error.sequence}))
        _raise_alert(place, error)
        raise


def _leave_a_trace(place: Workplace, now: datetime) -> None:
    """A quiet hour has an entry of its own, so that a log that stopped cannot pass for one."""
    with db.writing(place.engine) as session, session.begin():
        audit.record(session, "log.heartbeat", subject=("log", ""), at=now, by=None, organisation=None)


def _sign(place: Workplace, *, thorough: bool) -> int:
    settings, now = place.settings, place.clock()
    key = signing_key(settings)
    memory = _remembered(settings)
    with db.reading(place.engine) as session:
        _still_there(session, memory)
        frontier = _read(session, memory, thorough=thorough)
    checkpoint = Checkpoint(origin_of(settings), frontier.size, frontier.root())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    note = signed_note(checkpoint, public, key.sign)
    _remember(settings, frontier, now.timestamp() if thorough else memory.checked_at)
    with db.writing(place.engine) as session, session.begin():
        if checkpoints.find(session, frontier.size) is None:
            session.add(AuditCheckpoint(size=frontier.size, root=checkpoint.root.hex(), note=note, signed_at=now))
    return frontier.size


def _read(session: Session, memory: Memory, *, thorough: bool) -> Frontier:
    """Grow the tree by what is new, or from the first entry on; what was signed before must come out again."""
    frontier = Frontier() if thorough else memory.frontier
    while rows := _batch(session, frontier.size):
        for sequence, leaf in _checked(rows, frontier.size):
            frontier = frontier.append(leaf)
            if thorough and sequence + 1 == memory.size and frontier != memory.frontier:
                raise Inconsistent(sequence)
    return frontier


def _still_there(session: Session, memory: Memory) -> None:
    """A database put back to an earlier state holds less than was signed. Raises Inconsistent."""
    last = session.scalar(select(func.max(AuditEvent.sequence)))
    size = 0 if last is None else last + 1
    if size < memory.size:
        raise Inconsistent(size)


def _batch(session: Session, start: int) -> list[AuditEvent]:
    rows = select(AuditEvent).where(AuditEvent.sequence >= start).order_by(AuditEvent.sequence).limit(BATCH)
    found = list(session.scalars(rows))
    session.expunge_all()
    return found


def _checked(rows: Iterable[AuditEvent], start: int) -> Iterable[tuple[int, bytes]]:
    for expected, row in enumerate(rows, start):
        leaf = leaf_hash(audit.leaf_bytes(row.at, row.action, row.commitment))
        if row.sequence != expected or leaf.hex() != row.leaf:
            raise Inconsistent(expected)
        yield expected, leaf


def _receipt_waits(session: Session, size: int) -> bool:
    waiting = select(AuditEvent.sequence).where(AuditEvent.sequence >= size, AuditEvent.action.in_(RECEIPTS))
    return session.scalar(waiting.limit(1)) is not None


def _has_more(session: Session, size: int) -> bool:
    return session.scalar(select(AuditEvent.sequence).where(AuditEvent.sequence >= size).limit(1)) is not None


def origin_of(settings: Settings) -> str:
    """Name of the log: the portal's host and a path, without a scheme, as the format asks."""
    parts = urlsplit(settings.address)
    return f"{parts.netloc or 'portal'}/log"


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """The key of this installation, made at its first use; its public half is left for everybody to read."""
    path = settings.log_key_file
    # Others may pass through to the public half, whose name they know; they can neither list nor read the rest.
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{path} holds no Ed25519 key") from None
    else:
        key = Ed25519PrivateKey.generate()
        with os.fdopen(handle, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    vkey = verifier_key(origin_of(settings), public)
    if checkpoints.public_key(settings) != vkey:
        checkpoints.key_file(settings).write_text(vkey + "\n", encoding="ascii")
    return key


def _remembered(settings: Settings) -> Memory:
    try:
        raw = json.loads(_memory_file(settings).read_text(encoding="ascii"))
    except FileNotFoundError:
        return Memory()
    return Memory(raw["size"], tuple(raw["peaks"]), raw["checked_at"])


def _remember(settings: Settings, frontier: Frontier, checked_at: float) -> None:
    """Before the checkpoint is stored: what was signed once is remembered even if the database forgets it."""
    memory = Memory(frontier.size, tuple(peak.hex() for peak in frontier.peaks), checked_at)
    path = _memory_file(settings)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="ascii") as file:
        json.dump(asdict(memory), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _memory_file(settings: Settings) -> Path:
    return settings.log_key_file.with_suffix(".signed.json")


def _raise_alert(place: Workplace, error: Inconsistent) -> None:
    """Once an hour is enough: it is raised again as long as the log does not fit together."""
    now = place.clock()
    with db.writing(place.engine) as session, session.begin():
        since = select(Alert.id).where(Alert.kind == "log_refused", Alert.raised_at > now - EVERY)
        if session.scalar(since.limit(1)) is None:
            session.add(Alert(kind="log_refused", details={"entry": error.sequence}, raised_at=now))
