"""The outbox is sent by the worker: to a real mail server or into a folder; never lost, and once."""

from __future__ import annotations

import email
import email.policy
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.jobs.mailing import send_mail
from portal.jobs.workplace import Workplace
from portal.models import MailState, OutboxMail
from portal.sealing import Sealer
from portal.services import outbox
from portal.services.outbox import Letter
from portal.settings import Settings, sealer_of
from portal.storage import FileStore
from tests.conftest import NOON
from tests.jobs.mail_server import MailServer, mail_server

LETTER = Letter("worker@example.org", "ใบเชิญ: an invitation", "Open this:\nhttps://portal.example/x\n", "th")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


class Desk:
    """A worker's place with a clock that tests set."""

    def __init__(self, settings: Settings, engine: Engine, catalogue: Catalogue, **more: object) -> None:
        self.now = NOON
        self.settings = settings.model_copy(update=more)
        self.engine = engine
        store = FileStore(self.settings.storage_folder)
        self.place = Workplace(self.settings, engine, catalogue, store, clock=lambda: self.now)

    def send(self, at: datetime | None = None) -> int:
        self.now = at or self.now
        return send_mail(self.place)

    def rows(self) -> list[OutboxMail]:
        with db.reading(self.engine) as session:
            return list(session.scalars(select(OutboxMail).order_by(OutboxMail.created_at)))


@pytest.fixture
def desk(settings: Settings, engine: Engine, catalogue: Catalogue, server: MailServer) -> Desk:
    return Desk(
        settings, engine, catalogue, mail="smtp", smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none"
    )


def post(engine: Engine, settings: Settings, letter: Letter = LETTER, at: datetime = NOON) -> None:
    with db.writing(engine) as session, session.begin():
        outbox.post(session, sealer_of(settings), letter, kind="invitation", at=at)


def test_a_letter_arrives_whole_and_its_words_are_forgotten(
    desk: Desk, engine: Engine, settings: Settings, server: MailServer
) -> None:
    post(engine, settings)

    assert desk.send() == 1

    message = email.message_from_bytes(server.taken[0], policy=email.policy.default)
    assert (message["To"], message["Subject"]) == (LETTER.to, LETTER.subject)
    assert message.get_content().replace("\r\n", "\n") == LETTER.body
    assert message["Auto-Submitted"] == "auto-generated"
    (row,) = desk.rows()
    assert (row.state, row.sealed, row.sent_at) == (MailState.SENT, "", NOON)
    assert str(row.id) in message["Message-ID"]
    assert desk.send() == 0


def test_what_waits_tells_nobody_anything(desk: Desk, engine: Engine, settings: Settings) -> None:
    post(engine, settings)

    (row,) = desk.rows()

    assert LETTER.to not in row.sealed
    assert "portal.example" not in row.sealed


@pytest.mark.parametrize(
    ("command", "answer"),
    [("MAIL", "451 later"), ("RCPT", "450 later"), ("DATA", "421 too busy"), ("END", "452 no room")],
)
def test_a_server_that_is_busy_is_asked_again_later(
    desk: Desk, engine: Engine, settings: Settings, server: MailServer, command: str, answer: str
) -> None:
    post(engine, settings)
    server.answers[command] = [answer]

    assert desk.send() == 0
    assert desk.send() == 0, "not before its time"
    assert desk.send(NOON + outbox.DELAYS[0]) == 1

    (row,) = desk.rows()
    assert (row.state, row.attempts) == (MailState.SENT, 2)


def test_a_server_that_is_away_keeps_nothing_from_the_next_letter(
    settings: Settings, engine: Engine, catalogue: Catalogue
) -> None:
    desk = Desk(settings, engine, catalogue, mail="smtp", smtp_host="127.0.0.1", smtp_port=1, smtp_security="none")
    post(engine, settings)
    post(engine, settings)

    assert desk.send() == 0

    assert [(row.state, row.attempts) for row in desk.rows()] == [(MailState.WAITING, 1)] * 2
    assert all(LETTER.to not in row.message for row in desk.rows())


def test_an_address_that_is_refused_for_good_is_not_tried_again(
    desk: Desk, engine: Engine, settings: Settings, server: MailServer
) -> None:
    post(engine, settings)
    server.answers["RCPT"] = ["550 nobody here"]

    desk.send()

    (row,) = desk.rows()
    assert (row.state, row.message) == (MailState.FAILED, "refused 550")
    with db.writing(engine) as session, session.begin():
        assert outbox.retry_failed(session, at=NOON) == 1
    assert desk.send() == 1


def test_after_a_day_of_attempts_it_has_failed(desk: Desk, engine: Engine, settings: Settings) -> None:
    desk.settings.smtp_port = 1
    post(engine, settings)
    moment = NOON
    for delay in (timedelta(), *outbox.DELAYS):
        moment += delay
        desk.send(moment)

    (row,) = desk.rows()
    assert (row.state, row.attempts) == (MailState.FAILED, len(outbox.DELAYS) + 1)
    assert moment - NOON < timedelta(days=1)


def test_a_line_cut_after_the_message_repeats_it_under_the_same_name(
    desk: Desk, engine: Engine, settings: Settings, server: MailServer
) -> None:
    """Nobody can know whether such a message was taken: it is sent again, and its name tells the receiver."""
    post(engine, settings)
    server.hangs_up = True
    desk.send()
    server.hangs_up = False

    assert desk.send(NOON + outbox.DELAYS[0]) == 1

    names = [email.message_from_bytes(taken)["Message-ID"] for taken in server.taken]
    assert len(names) == 2
    assert len(set(names)) == 1


def test_a_worker_that_died_over_a_letter_loses_none(desk: Desk, engine: Engine, settings: Settings) -> None:
    post(engine, settings)
    with db.writing(engine) as session, session.begin():
        assert outbox.claim_mail(session, sealer_of(settings), at=NOON)

    assert desk.send() == 0
    assert desk.send(NOON + outbox.LOST_AFTER) == 1


def test_an_attempt_taken_for_lost_changes_nothing_afterwards(engine: Engine, settings: Settings) -> None:
    post(engine, settings)
    with db.writing(engine) as session, session.begin():
        late = outbox.claim_mail(session, sealer_of(settings), at=NOON)
    with db.writing(engine) as session, session.begin():
        second = outbox.claim_mail(session, sealer_of(settings), at=NOON + outbox.LOST_AFTER)
        assert late and second
        assert not outbox.mark_failed(session, late, message="late", for_good=True, at=NOON)
        assert outbox.mark_sent(session, second, at=NOON)


def test_two_workers_send_each_letter_once(
    desk: Desk, engine: Engine, settings: Settings, server: MailServer, catalogue: Catalogue
) -> None:
    for number in range(20):
        post(engine, settings, Letter(f"{number}@example.org", "x", "y"))
    threads = [threading.Thread(target=desk.send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(server.taken) == 20
    assert {row.state for row in desk.rows()} == {MailState.SENT}


def test_a_subject_cannot_add_headers(desk: Desk, engine: Engine, settings: Settings, server: MailServer) -> None:
    post(engine, settings, Letter("a@example.org", "Hello\r\nBcc: all@example.org", "text"))
    post(engine, settings, Letter("a@example.org\nBcc: b@example.org", "Hello", "text"))

    desk.send()

    assert len(server.taken) == 1
    assert email.message_from_bytes(server.taken[0])["Bcc"] is None
    assert sorted(row.state for row in desk.rows()) == [MailState.FAILED, MailState.SENT]


def test_into_a_folder_one_file_is_written_per_letter(settings: Settings, engine: Engine, catalogue: Catalogue) -> None:
    desk = Desk(settings, engine, catalogue, mail="file")
    post(engine, settings)
    with db.writing(engine) as session, session.begin():
        outbox.claim_mail(session, sealer_of(settings), at=NOON)
    desk.send(NOON + outbox.LOST_AFTER)

    (file,) = (settings.var / "mail").glob("*.eml")
    assert file.stem == str(desk.rows()[0].id)


def test_what_was_sealed_with_a_lost_key_fails_and_holds_nothing_up(
    desk: Desk, engine: Engine, settings: Settings
) -> None:
    with db.writing(engine) as session, session.begin():
        outbox.post(session, Sealer([b"another key, long enough for this"]), LETTER, kind="x", at=NOON)
    post(engine, settings, at=NOON + timedelta(seconds=1))

    assert desk.send(NOON + timedelta(minutes=1)) == 1

    assert sorted(row.state for row in desk.rows()) == [MailState.FAILED, MailState.SENT]


def test_what_was_sent_long_ago_is_forgotten(desk: Desk, engine: Engine, settings: Settings) -> None:
    post(engine, settings)
    desk.send()
    with db.writing(engine) as session, session.begin():
        session.execute(update(OutboxMail).values(sent_at=NOON - outbox.KEPT - timedelta(days=1)))

    desk.send()

    assert desk.rows() == []
