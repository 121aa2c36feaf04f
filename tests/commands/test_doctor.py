"""`flask doctor` says what is wrong and how to mend it, and nothing else is wrong for it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import Engine

from portal import db
from portal.clock import clock
from portal.commands import doctor
from portal.domain.questionnaire import Catalogue
from portal.jobs.signer import sign_due
from portal.jobs.sweep import note_sweep, stamp_file
from portal.jobs.workplace import Workplace
from portal.models import AuditCheckpoint, MailState, OutboxMail
from portal.services import audit, checks
from portal.settings import Settings
from portal.storage import FileStore
from tests import databases
from tests.builders import World
from tests.conftest import NOON
from tests.jobs.mail_server import mail_server

Breaks = Callable[[Settings, Engine, pytest.MonkeyPatch], object]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return databases.sqlite_database(tmp_path)


@pytest.fixture
def healthy(settings: Settings, engine: Engine, catalogue: Catalogue, world: World) -> Settings:
    """A portal whose worker has just swept and signed."""
    place = Workplace(settings, engine, catalogue, FileStore(settings.storage_folder))
    with db.writing(engine) as session, session.begin():
        someone = world.owner.principal.actor
        audit.record(session, "login.opened", subject=("user", someone), at=clock.now(), by=someone, organisation=None)
    note_sweep(place)
    sign_due(place)
    return settings


def run(app: Flask) -> tuple[int, dict[str, list[str]]]:
    """The exit code, and per check the faults it told."""
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    found: dict[str, list[str]] = {}
    for line in result.output.splitlines():
        state, _, rest = line.partition(" ")
        name, _, fault = rest.strip().partition(": ")
        found.setdefault(name, []).extend([fault] if state == "wrong" else [])
    return result.exit_code, found


@pytest.mark.usefixtures("healthy")
def test_a_portal_in_order_is_all_ok(app: Flask) -> None:
    code, found = run(app)

    assert found == {name: [] for name in doctor.CHECKS}
    assert code == 0


def _no_worker(settings: Settings, _engine: Engine, _patch: pytest.MonkeyPatch) -> None:
    stamp_file(settings).unlink()


def _late_worker(settings: Settings, _engine: Engine, _patch: pytest.MonkeyPatch) -> None:
    long_ago = time.time() - 3600
    stamp_file(settings).write_text("2026-11-23T12:00:00+00:00")
    os.utime(stamp_file(settings), (long_ago, long_ago))


def _moved_clock(settings: Settings, _engine: Engine, _patch: pytest.MonkeyPatch) -> None:
    ahead = time.time() + 3600
    os.utime(stamp_file(settings), (ahead, ahead))


def _failed_mail(_settings: Settings, engine: Engine, _patch: pytest.MonkeyPatch) -> None:
    with db.writing(engine) as session, session.begin():
        mail = OutboxMail(kind="reset", sealed="x", state=MailState.FAILED, created_at=NOON, due_at=NOON)
        session.add(mail)


def _open_key(settings: Settings, _engine: Engine, _patch: pytest.MonkeyPatch) -> None:
    settings.log_key_file.chmod(0o644)


def _lost_key(settings: Settings, _engine: Engine, _patch: pytest.MonkeyPatch) -> None:
    settings.log_key_file.unlink()


def _foreign_signature(_settings: Settings, engine: Engine, _patch: pytest.MonkeyPatch) -> None:
    with db.reading(engine) as session:
        latest = doctor.checkpoints.latest(session)
    assert latest
    with db.writing(engine) as session, session.begin():
        forged = AuditCheckpoint(
            size=latest.size + 1, root=latest.root, note="a\n1\nb\n\n— a AAAA\n", signed_at=clock.now()
        )
        session.add(forged)


def _old_tables(_settings: Settings, engine: Engine, _patch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")


def _no_tables(_settings: Settings, engine: Engine, _patch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")


def _full_disk(_settings: Settings, _engine: Engine, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(doctor, "ROOM", 1024**5)


def _no_pango(_settings: Settings, _engine: Engine, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(doctor, "PANGO", ("no-such-library",))


def _old_library(_settings: Settings, _engine: Engine, patch: pytest.MonkeyPatch) -> None:
    patch.setitem(checks.FLOORS, "flask", "99.0")


def _bad_setting(_settings: Settings, _engine: Engine, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PORTAL_PROXIES", "99")


@pytest.mark.parametrize(
    ("breaks", "check", "word"),
    [
        (_no_worker, "job worker", "start ./run"),
        (_late_worker, "job worker", "60 minutes ago"),
        (_moved_clock, "clock", "+3600 s"),
        (_failed_mail, "mail that failed", "1 could not be delivered"),
        (_open_key, "key of the log", "chmod"),
        (_lost_key, "key of the log", "is not there"),
        (_foreign_signature, "key of the log", "not signed with"),
        (_old_tables, "database", "alembic upgrade head"),
        (_no_tables, "database", "there are no tables yet"),
        (_full_disk, "storage", "make room"),
        (_no_pango, "PDF libraries", "no-such-library"),
        (_old_library, "libraries", "99.0"),
        (_bad_setting, "settings", "PORTAL_PROXIES"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    app: Flask,
    healthy: Settings,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Breaks,
    check: str,
    word: str,
) -> None:
    breaks(healthy, engine, monkeypatch)

    code, found = run(app)

    assert code == 1
    assert any(word in fault for fault in found[check]), found


def test_a_check_that_cannot_be_made_is_wrong_and_holds_up_no_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the inner secret")

    monkeypatch.setitem(doctor.CHECKS, "storage", fails)  # type: ignore[arg-type]

    code, found = run(app)

    assert code == 1
    assert found["storage"] == ["could not be checked (RuntimeError)"]
    assert set(found) == set(doctor.CHECKS)


@pytest.mark.parametrize(("answer", "wrong"), [("250 fine", ""), ("421 closing", "answers 421")])
def test_the_mail_server_is_asked(settings: Settings, engine: Engine, answer: str, wrong: str) -> None:
    with mail_server() as server:
        server.answers["NOOP"] = [answer]
        line = {"mail": "smtp", "smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
        faults = list(doctor.CHECKS["mail"](settings.model_copy(update=line), engine))

    assert "noop" in [command.lower() for command in server.commands]
    assert (wrong in faults[0]) if wrong else not faults


def test_a_mail_server_that_is_away_is_wrong(settings: Settings, engine: Engine) -> None:
    line = {"mail": "smtp", "smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_security": "none"}

    (fault,) = doctor.CHECKS["mail"](settings.model_copy(update=line), engine)

    assert "ConnectionRefusedError" in fault


def test_a_host_the_portal_does_not_answer_to_is_wrong(settings: Settings, engine: Engine) -> None:
    other = settings.model_copy(update={"address": "https://old.example", "trusted_hosts": "portal.example"})

    (fault,) = doctor.CHECKS["address"](other, engine)

    assert "old.example" in fault
