"""Writing the log: gapless, in the transaction of the change, and committed to without being told."""

from __future__ import annotations

import json
import threading
from datetime import timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal import db
from portal.domain.merkle import leaf_hash
from portal.models import AuditContent, AuditEvent
from portal.services import audit, log_export
from tests.conftest import NOON

WHO, WHERE = uuid4(), uuid4()


def add(session: Session, **details: object) -> None:
    audit.record(session, "answer.saved", subject=("answer", "a/Q-1"), at=NOON, by=WHO, organisation=WHERE, **details)


def test_places_begin_at_nought_and_have_no_gaps_even_after_a_rollback(engine: Engine) -> None:
    for kept in (True, False, True):
        with db.writing(engine) as session:
            add(session)
            add(session)
            (session.commit if kept else session.rollback)()

    with db.reading(engine) as session:
        assert session.scalars(select(AuditEvent.sequence).order_by(AuditEvent.sequence)).all() == [0, 1, 2, 3]


def test_the_leaf_is_the_hash_of_action_moment_and_commitment(session: Session) -> None:
    add(session, version=3)

    event = session.scalars(select(AuditEvent)).one()
    leaf = {"action": "answer.saved", "at": "2026-11-23T12:00:00.000000Z", "commitment": event.commitment}
    plain = json.dumps(leaf, sort_keys=True, separators=(",", ":")).encode()
    assert leaf_hash(plain).hex() == event.leaf


def test_equal_contents_are_committed_to_differently(session: Session) -> None:
    add(session, version=3)
    add(session, version=3)

    first, second = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence))
    assert first.commitment != second.commitment


def test_what_was_committed_to_is_what_is_read_back(session: Session) -> None:
    add(session, version=3, state="draft", until=None, governments=["b", "a"], name="ชื่อ")

    event, content = session.scalars(select(AuditEvent)).one(), session.scalars(select(AuditContent)).one()
    assert audit.commitment(content.salt, audit.content_of(content)) == event.commitment
    plain = json.dumps(
        audit.plain(audit.content_of(content)), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert audit.canonical(audit.plain(audit.content_of(content))).decode() == plain


def test_a_moment_is_the_same_in_every_zone() -> None:
    bangkok = NOON.astimezone(timezone(timedelta(hours=7)))

    assert audit.leaf_bytes(bangkok, "a.b", "0") == audit.leaf_bytes(NOON, "a.b", "0")


def test_writers_at_once_take_turns(engine: Engine) -> None:
    start = threading.Barrier(4)

    def write() -> None:
        start.wait()
        for _ in range(5):
            with db.writing(engine) as session, session.begin():
                add(session)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with db.reading(engine) as session:
        assert session.scalars(select(AuditEvent.sequence).order_by(AuditEvent.sequence)).all() == list(range(20))
        assert log_export.first_fault(session) is None


def test_erasing_contents_leaves_a_log_that_fits_together(session: Session) -> None:
    for number in range(4):
        add(session, version=number)
    session.execute(delete(AuditContent).where(AuditContent.sequence.in_([1, 2])))

    assert log_export.first_fault(session) is None
    assert len(list(log_export.exported(session))) == 4


@pytest.mark.parametrize("column", ["details", "subject_id", "actor_id"])
def test_a_changed_content_is_found(column: str, session: Session) -> None:
    add(session, version=1)
    other = {"details": '{"version": 2}', "subject_id": "b/Q-9", "actor_id": uuid4().hex}[column]
    session.connection().connection.cursor().execute(f"UPDATE audit_content SET {column} = '{other}'")
    session.expire_all()

    assert log_export.first_fault(session) == "entry 0: its content is not what was committed to"


def test_without_its_event_a_change_is_not_kept(engine: Engine) -> None:
    with db.writing(engine) as session:
        session.execute(text("CREATE TABLE change (id INTEGER)"))
        session.commit()
        session.execute(text("INSERT INTO change VALUES (1)"))
        with pytest.raises((SQLAlchemyError, ValueError)):
            audit.record(session, "a.b", subject=("x", 1), at=NOON.replace(tzinfo=None), by=None, organisation=None)
        session.rollback()
        kept = session.execute(text("SELECT count(*) FROM change")).scalar_one()
        session.execute(text("DROP TABLE change"))
        session.commit()

    assert kept == 0
