"""Mail over a line that somebody else may hold: TLS is verified, silence ends, and no header is smuggled in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.jobs import mailing
from portal.jobs.mailing import send_mail
from portal.jobs.workplace import Workplace
from portal.models import MailState, OutboxMail
from portal.services import outbox
from portal.services.outbox import Letter
from portal.settings import Settings, sealer_of
from portal.storage import FileStore
from tests import databases
from tests.conftest import NOON
from tests.jobs.mail_server import MailServer, mail_server, make_certificate


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What leaves is the same on every database."""
    return databases.sqlite_database(tmp_path)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as started:
        yield started


@pytest.fixture
def place(settings: Settings, engine: Engine, catalogue: Catalogue, server: MailServer) -> Workplace:
    line = {"mail": "smtp", "smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
    store = FileStore(settings.storage_folder)
    return Workplace(settings.model_copy(update=line), engine, catalogue, store, clock=lambda: NOON)


def over(place: Workplace, security: str) -> Workplace:
    return replace(place, settings=place.settings.model_copy(update={"smtp_security": security}))


def write(place: Workplace, to: str = "a@b.example") -> None:
    with db.writing(place.engine) as session, session.begin():
        outbox.post(session, sealer_of(place.settings), Letter(to, "Subject", "Words"), kind="reset", at=NOON)


def stored(place: Workplace) -> OutboxMail:
    with db.reading(place.engine) as session:
        return session.scalars(select(OutboxMail)).one()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_through_tls_to_a_server_that_proves_its_name(
    place: Workplace, server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    server.certificate, server.tls_at_once = make_certificate(tmp_path), security == "tls"
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    write(place)

    assert send_mail(over(place, security)) == 1
    assert len(server.taken) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["unknown to us", "the name of another"])
def test_a_server_that_cannot_prove_its_name_gets_nothing(
    place: Workplace, server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str, fault: str
) -> None:
    host = "127.0.0.1" if fault == "unknown to us" else "mail.elsewhere.example"
    server.certificate, server.tls_at_once = make_certificate(tmp_path, host=host), security == "tls"
    if fault == "the name of another":
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    write(place)

    assert send_mail(over(place, security)) == 0
    assert stored(place).message == "SSLCertVerificationError"
    assert not any(command.startswith(("MAIL", "AUTH")) for command in server.commands)


def test_a_server_without_tls_gets_nothing_where_tls_is_asked_for(place: Workplace, server: MailServer) -> None:
    write(place)

    assert send_mail(over(place, "starttls")) == 0
    assert stored(place).state is MailState.WAITING
    assert not any(command.startswith(("MAIL", "AUTH")) for command in server.commands)


def test_a_server_that_says_nothing_is_left_in_time(
    place: Workplace, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "PATIENCE", 0.2)
    server.silent = True
    write(place)

    began = time.monotonic()

    assert send_mail(place) == 0
    assert time.monotonic() - began < 5
    assert stored(place).state is MailState.WAITING


def test_a_rude_goodbye_repeats_nothing(place: Workplace, server: MailServer) -> None:
    server.answers["QUIT"] = ["500 go away"]
    write(place)

    assert send_mail(place) == 1
    assert send_mail(replace(place, clock=lambda: NOON + timedelta(days=1))) == 0


@pytest.mark.parametrize("to", ["a@b.example\r\nBcc: all@elsewhere.example", "a@b.example\nX: y"])
def test_an_address_that_would_break_the_header_is_never_sent(place: Workplace, server: MailServer, to: str) -> None:
    write(place, to)

    assert send_mail(place) == 0
    assert stored(place).state is MailState.FAILED
    assert not any(command.startswith("RCPT") for command in server.commands)
