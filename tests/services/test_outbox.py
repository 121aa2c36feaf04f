"""The outbox: one worker per mail, growing waits, an end, and nothing lost when a worker dies."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.models import MailState, OutboxMail
from portal.sealing import Sealer
from portal.services import outbox
from portal.services.jobs import was_asked
from portal.services.outbox import Letter
from tests.conftest import NOON

SEALER = Sealer([b"0123456789abcdef0123456789abcdef"])
LETTER = Letter("somebody@company.example", "Subject", "Open https://portal.example/token\n", "th")


def write(engine: Engine, count: int = 1) -> None:
    with db.writing(engine) as session, session.begin():
        for _ in range(count):
            outbox.post(session, SEALER, LETTER, kind="reset", at=NOON)


def claimed(session: Session, *, after: timedelta = timedelta(0), sealer: Sealer = SEALER) -> outbox.Claim:
    claim = outbox.claim_mail(session, sealer, at=NOON + after)
    assert claim is not None
    return claim


def only(session: Session) -> OutboxMail:
    session.expire_all()
    return session.scalars(select(OutboxMail)).one()


def test_a_mail_is_stored_sealed_and_rings_the_worker(session: Session) -> None:
    with session.begin():
        outbox.post(session, SEALER, LETTER, kind="reset", at=NOON)

    stored = only(session)
    assert was_asked(session)
    assert (stored.state, stored.kind) == (MailState.WAITING, "reset")
    assert "somebody" not in stored.sealed
    assert claimed(session).letter == LETTER


def test_a_mail_rolled_back_with_its_reason_is_never_sent(engine: Engine) -> None:
    with db.writing(engine) as session:
        outbox.post(session, SEALER, LETTER, kind="reset", at=NOON)
        session.rollback()

        assert outbox.claim_mail(session, SEALER, at=NOON) is None


def test_a_mail_that_was_sent_keeps_none_of_its_words(engine: Engine, session: Session) -> None:
    write(engine)
    claim = claimed(session)

    assert outbox.mark_sent(session, claim, at=NOON)

    stored = only(session)
    assert (stored.state, stored.sealed, stored.sent_at) == (MailState.SENT, "", NOON)
    assert outbox.claim_mail(session, SEALER, at=NOON + timedelta(days=2)) is None


def test_waits_grow_and_after_a_day_the_mail_has_failed(engine: Engine, session: Session) -> None:
    write(engine)
    passed = timedelta(0)

    for wait in outbox.DELAYS:
        assert outbox.mark_failed(
            session, claimed(session, after=passed), message="421", for_good=False, at=NOON + passed
        )
        assert outbox.claim_mail(session, SEALER, at=NOON + passed + wait - timedelta(seconds=1)) is None
        passed += wait
    outbox.mark_failed(session, claimed(session, after=passed), message="421", for_good=False, at=NOON + passed)

    assert timedelta(hours=20) < passed <= timedelta(hours=24)
    assert list(outbox.DELAYS) == sorted(outbox.DELAYS)
    assert only(session).state is MailState.FAILED
    assert outbox.claim_mail(session, SEALER, at=NOON + timedelta(days=9)) is None


def test_a_failed_mail_is_kept_and_can_be_tried_again(engine: Engine, session: Session) -> None:
    write(engine)
    outbox.mark_failed(session, claimed(session), message="refused 550", for_good=True, at=NOON)
    failed = only(session)
    assert (failed.state, failed.message) == (MailState.FAILED, "refused 550")

    assert outbox.retry_failed(session, at=NOON) == 1
    assert claimed(session).letter == LETTER


def test_a_mail_whose_worker_died_is_taken_up_again_and_the_dead_one_changes_nothing(
    engine: Engine, session: Session
) -> None:
    write(engine)
    first = claimed(session)

    assert outbox.claim_mail(session, SEALER, at=NOON + outbox.LOST_AFTER - timedelta(seconds=1)) is None
    second = claimed(session, after=outbox.LOST_AFTER)

    assert second.mail_id == first.mail_id
    assert not outbox.mark_failed(session, first, message="late", for_good=True, at=NOON)
    assert not outbox.mark_sent(session, first, at=NOON)
    assert outbox.mark_sent(session, second, at=NOON)


def test_a_mail_sealed_with_a_key_that_is_gone_fails_and_holds_up_no_other(engine: Engine, session: Session) -> None:
    with session.begin():
        lost = Sealer([b"another key of thirty-two bytes!"])
        outbox.post(session, lost, LETTER, kind="reset", at=NOON - timedelta(minutes=1))
        outbox.post(session, SEALER, LETTER, kind="invitation", at=NOON)

    assert claimed(session).letter == LETTER
    states = {row.kind: row.state for row in session.execute(select(OutboxMail.kind, OutboxMail.state))}
    assert states == {"reset": MailState.FAILED, "invitation": MailState.SENDING}


def test_workers_side_by_side_never_take_the_same_mail(engine: Engine) -> None:
    mails, workers = 12, 4
    write(engine, mails)
    start = Barrier(workers)

    def work() -> list[object]:
        start.wait()
        mine = []
        while True:
            with db.writing(engine) as session, session.begin():
                claim = outbox.claim_mail(session, SEALER, at=NOON)
            if claim is None:
                return mine
            mine.append(claim.mail_id)

    with ThreadPoolExecutor(workers) as pool:
        taken = [mail_id for done in [pool.submit(work) for _ in range(workers)] for mail_id in done.result()]

    assert len(taken) == len(set(taken)) == mails


def test_figures_and_forgetting(engine: Engine, session: Session) -> None:
    write(engine, 2)
    outbox.mark_sent(session, claimed(session), at=NOON)
    assert outbox.counts(session) == {MailState.SENT: 1, MailState.WAITING: 1}

    outbox.forget_old(session, at=NOON + outbox.KEPT + timedelta(seconds=1))

    assert outbox.counts(session) == {MailState.WAITING: 1}


@pytest.mark.parametrize("ended", [outbox.mark_sent, outbox.mark_failed])
def test_what_waits_cannot_be_ended_without_a_claim(
    engine: Engine, session: Session, ended: Callable[..., bool]
) -> None:
    write(engine)
    made_up = outbox.Claim(only(session).id, 0, LETTER)
    more = {"message": "x", "for_good": True} if ended is outbox.mark_failed else {}

    assert not ended(session, made_up, at=NOON, **more)
    assert only(session).state is MailState.WAITING
