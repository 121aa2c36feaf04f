"""The signer: a checkpoint at every receipt and every hour, and none over a log that does not fit its last one."""

from __future__ import annotations

import base64
import json
import logging
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.domain.merkle import root_of
from portal.domain.notes import read_note
from portal.domain.questionnaire import Catalogue
from portal.jobs import signer
from portal.jobs.signer import Inconsistent, sign_due
from portal.jobs.workplace import Workplace
from portal.models import Alert, AuditCheckpoint, AuditEvent
from portal.services import audit, checkpoints
from portal.settings import Settings
from portal.storage import FileStore
from tests.conftest import NOON

At = Callable[[datetime], Workplace]


@pytest.fixture
def place_at(settings: Settings, engine: Engine, catalogue: Catalogue) -> At:
    place = Workplace(settings, engine, catalogue, FileStore(settings.storage_folder))
    return lambda moment: replace(place, clock=lambda: moment)


def add(engine: Engine, count: int = 1, action: str = "answer.saved") -> None:
    with db.writing(engine) as session, session.begin():
        for _ in range(count):
            audit.record(session, action, subject=("test", uuid4()), at=NOON, by=None, organisation=None)


def owner_runs(engine: Engine, statement: str) -> None:
    """What somebody with the database in hand does, past the guard over our own statements."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute(statement)
        raw.commit()
    finally:
        raw.close()


def minutes(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


def stored(session: Session) -> list[AuditCheckpoint]:
    return list(session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.size)))


def test_the_checkpoint_is_signed_over_the_tree_of_all_entries(place_at: At, engine: Engine) -> None:
    add(engine, 5)

    assert sign_due(place_at(NOON)) == 5

    with db.reading(engine) as session:
        [checkpoint] = stored(session)
        leaves = session.scalars(select(AuditEvent.leaf).order_by(AuditEvent.sequence)).all()
    note = read_note(checkpoint.note)
    assert (note.size, note.root.hex()) == (checkpoint.size, checkpoint.root) == (5, root_of(
        [bytes.fromhex(leaf) for leaf in leaves]
    ).hex())  # fmt: skip


def test_its_signature_is_that_of_the_published_key(place_at: At, engine: Engine, settings: Settings) -> None:
    add(engine)
    sign_due(place_at(NOON))
    with db.reading(engine) as session:
        [checkpoint] = stored(session)

    key = base64.b64decode(checkpoints.public_key(settings).split("+", 2)[2])
    body, _, signature = checkpoint.note.partition("\n\n")
    raw = base64.b64decode(signature.split(" ")[2])
    assert key[0] == 1
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], (body + "\n").encode())


def test_an_empty_log_is_not_signed(place_at: At) -> None:
    assert sign_due(place_at(NOON)) is None


def test_a_receipt_is_signed_at_once_and_other_events_within_the_hour(place_at: At, engine: Engine) -> None:
    add(engine)
    assert sign_due(place_at(NOON)) == 1
    add(engine)
    assert sign_due(place_at(minutes(10))) is None
    add(engine, action="submission.created")
    assert sign_due(place_at(minutes(20))) == 3
    add(engine)
    assert sign_due(place_at(minutes(79))) is None
    assert sign_due(place_at(minutes(80))) == 4


def test_a_quiet_hour_is_signed_with_an_entry_of_its_own(place_at: At, engine: Engine) -> None:
    add(engine)
    sign_due(place_at(NOON))

    assert sign_due(place_at(minutes(60))) == 2
    assert sign_due(place_at(minutes(61))) is None

    with db.reading(engine) as session:
        assert session.get_one(AuditEvent, 1).action == "log.heartbeat"


def test_the_private_key_is_for_the_worker_alone_and_the_public_one_for_all(
    place_at: At, engine: Engine, settings: Settings
) -> None:
    add(engine)
    sign_due(place_at(NOON))

    path = settings.log_key_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o066 == 0
    assert checkpoints.public_key(settings).startswith("127.0.0.1:8000/log+")
    assert b"PRIVATE" not in checkpoints.key_file(settings).read_bytes()


def test_the_key_stays_the_same(place_at: At, engine: Engine, settings: Settings) -> None:
    add(engine)
    sign_due(place_at(NOON))
    before = checkpoints.public_key(settings)
    sign_due(place_at(minutes(60)))

    assert checkpoints.public_key(settings) == before


@pytest.mark.parametrize(
    ("statement", "entry"),
    [
        ("UPDATE audit_event SET action = 'x.y' WHERE sequence = 2", 2),
        ("UPDATE audit_event SET at = '2020-01-01 00:00:00' WHERE sequence = 0", 0),
        ("DELETE FROM audit_content WHERE sequence = 3; DELETE FROM audit_event WHERE sequence = 3", 3),
    ],
)
def test_what_was_changed_before_is_found_within_the_hour(
    statement: str, entry: int, place_at: At, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    add(engine, 5)
    sign_due(place_at(NOON))
    for part in statement.split(";"):
        owner_runs(engine, part)
    add(engine, action="review.decided")

    with caplog.at_level(logging.ERROR), pytest.raises(Inconsistent) as refused:
        sign_due(place_at(minutes(60)))

    assert refused.value.sequence == entry
    assert json.loads(caplog.messages[-1]) == {"event": "log", "state": "refused", "entry": entry}
    with db.reading(engine) as session:
        assert [one.size for one in stored(session)] == [5]
        assert [one.details for one in session.scalars(select(Alert))] == [{"entry": entry}]


def test_a_log_hashed_anew_does_not_fit_what_the_signer_remembers(place_at: At, engine: Engine) -> None:
    add(engine, 5)
    sign_due(place_at(NOON))
    with db.reading(engine) as session:
        event = session.get_one(AuditEvent, 2)
        leaf = audit.leaf_hash(audit.leaf_bytes(event.at, "x.y", event.commitment)).hex()
    owner_runs(engine, f"UPDATE audit_event SET action = 'x.y', leaf = '{leaf}' WHERE sequence = 2")

    with pytest.raises(Inconsistent):
        sign_due(place_at(minutes(60)))


def test_a_database_put_back_to_an_earlier_state_is_noticed_at_once(place_at: At, engine: Engine) -> None:
    add(engine, 5)
    sign_due(place_at(NOON))
    for statement in (
        "DELETE FROM audit_checkpoint",
        "DELETE FROM audit_content WHERE sequence >= 2",
        "DELETE FROM audit_event WHERE sequence >= 2",
    ):
        owner_runs(engine, statement)
    add(engine, action="submission.created")

    with pytest.raises(Inconsistent) as refused:
        sign_due(place_at(minutes(5)))

    assert refused.value.sequence == 3


def test_one_alert_an_hour_is_enough(place_at: At, engine: Engine) -> None:
    add(engine, 3)
    sign_due(place_at(NOON))
    owner_runs(engine, "UPDATE audit_event SET action = 'x.y' WHERE sequence = 1")
    for moment in (60, 61, 119, 130):
        with pytest.raises(Inconsistent):
            sign_due(place_at(minutes(moment)))

    with db.reading(engine) as session:
        assert len(session.scalars(select(Alert)).all()) == 2


def test_receipts_all_the_time_do_not_put_off_the_hourly_reading(place_at: At, engine: Engine) -> None:
    add(engine, 3)
    sign_due(place_at(NOON))
    owner_runs(engine, "UPDATE audit_event SET action = 'x.y' WHERE sequence = 1")
    for moment in (20, 40):
        add(engine, action="submission.created")
        sign_due(place_at(minutes(moment)))
    add(engine, action="submission.created")

    with pytest.raises(Inconsistent):
        sign_due(place_at(minutes(61)))


def test_what_was_signed_is_remembered_although_the_database_fails_to_store_it(place_at: At, engine: Engine) -> None:
    add(engine, 2)
    sign_due(place_at(NOON))
    owner_runs(engine, "DELETE FROM audit_checkpoint")

    assert sign_due(place_at(minutes(1))) == 2

    with db.reading(engine) as session:
        assert [one.size for one in stored(session)] == [2]


def test_a_long_log_is_read_in_batches(place_at: At, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signer, "BATCH", 2)
    add(engine, 5)

    assert sign_due(place_at(NOON)) == 5
