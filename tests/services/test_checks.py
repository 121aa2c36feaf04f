"""What the portal refuses to start with: one test for each setting that loses or opens what is saved."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine

from portal import db
from portal.models import User
from portal.services import checks
from portal.settings import Mode, Settings, UnsafeSettings
from tests import databases, test_dependencies
from tests.builders import World
from tests.sources import ROOT

GOOD = "9f2b7c41d8e05a6630b1fd947ace258f"
OTHER = "17c0de5b92fa4836e1d47b09a65c38f2"
NEW, OLD = (3, 51, 3), (3, 40, 1)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return databases.sqlite_database(tmp_path)


def production(settings: Settings, **changed: object) -> Settings:
    return Settings(
        **{
            "mode": Mode.PRODUCTION,
            "var": settings.var,
            "database_url": settings.database_url,
            "secret_key": GOOD,
            "release_secret": OTHER,
            "trusted_hosts": "portal.example",
            "contact": "help@portal.example",
            "address": "https://portal.example",
            "mail": "file",
            **changed,
        }
    )


def test_what_the_portal_sets_itself_is_safe(settings: Settings, engine: Engine) -> None:
    checks.refuse_unsafe(production(settings), engine)


@pytest.mark.parametrize(
    ("journal", "synchronous", "release", "fault"),
    [
        ("truncate", 1, OLD, "synchronous below FULL"),
        ("wal", 0, NEW, "synchronous below FULL"),
        ("delete", 2, OLD, "DELETE"),
        ("wal", 2, OLD, "WAL"),
        ("wal", 2, (3, 44, 5), "WAL"),
        ("wal", 2, (3, 50, 6), "WAL"),
        ("wal", 2, (3, 51, 2), "WAL"),
        ("memory", 2, NEW, "MEMORY"),
        ("off", 2, NEW, "OFF"),
    ],
)
def test_sqlite_that_may_lose_what_was_saved_is_refused(
    journal: str, synchronous: int, release: tuple[int, ...], fault: str
) -> None:
    (found,) = checks.sqlite_faults(journal, synchronous, release)

    assert fault in found


@pytest.mark.parametrize(
    ("journal", "synchronous", "release"),
    [
        ("truncate", 2, OLD),
        ("persist", 2, OLD),
        ("delete", 3, OLD),
        ("wal", 2, NEW),
        ("wal", 2, (3, 50, 7)),
        ("wal", 2, (3, 44, 6)),
        ("wal", 3, (3, 52, 0)),
    ],
)
def test_sqlite_that_keeps_what_was_saved_is_taken(journal: str, synchronous: int, release: tuple[int, ...]) -> None:
    assert list(checks.sqlite_faults(journal, synchronous, release)) == []


@pytest.mark.parametrize(
    ("pragma", "fault"), [("synchronous=NORMAL", "synchronous"), ("journal_mode=DELETE", "DELETE")]
)
@pytest.mark.parametrize("mode", list(Mode))
def test_a_connection_is_asked_what_it_really_does(settings: Settings, pragma: str, fault: str, mode: Mode) -> None:
    engine = create_engine(settings.database)
    event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))
    chosen = production(settings) if mode is Mode.PRODUCTION else settings

    with pytest.raises(UnsafeSettings, match=fault):
        checks.refuse_unsafe(chosen, engine)


@pytest.mark.parametrize("name", checks.POSTGRESQL_ON)
def test_postgresql_that_may_lose_what_was_saved_is_refused(name: str) -> None:
    shown = dict.fromkeys(checks.POSTGRESQL_ON, "on") | {name: "off"}
    (found,) = checks.postgresql_faults(shown)

    assert found.startswith(f"PostgreSQL runs with {name} off")


@pytest.mark.postgres
def test_a_postgresql_server_is_asked_what_it_really_does(settings: Settings) -> None:
    try:
        url = databases.postgres_database()
    except databases.PostgresUnavailable as reason:
        pytest.skip(str(reason))

    with pytest.raises(UnsafeSettings, match="PostgreSQL runs with fsync off"):  # as the tests' own server does
        checks.refuse_unsafe(production(settings, database_url=url), db.make_engine(url))
    checks.refuse_unsafe(settings, db.make_engine(url))


@pytest.mark.parametrize("name", ["secret_key", "release_secret"])
@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        ("s" * 32, "repeats a few characters"),
        ("abab" * 10, "repeats a few characters"),
        ("0123456789abcdef" * 2, "repeats itself"),
        ("please-change-me-0123456789abcdefgh", "placeholder"),
        ("an example of a secret, not one drawn", "placeholder"),
    ],
)
def test_secrets_nobody_drew_are_refused_in_production(
    settings: Settings, engine: Engine, name: str, secret: str, fault: str
) -> None:
    with pytest.raises(UnsafeSettings, match=f"PORTAL_{name.upper()} .*{fault}") as refused:
        checks.refuse_unsafe(production(settings, **{name: secret}), engine)

    assert secret not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_one_secret_for_both_is_refused(settings: Settings, engine: Engine) -> None:
    with pytest.raises(UnsafeSettings, match="must differ"):
        checks.refuse_unsafe(production(settings, release_secret=GOOD), engine)


def test_debugging_is_refused_in_production_only(settings: Settings, engine: Engine) -> None:
    with pytest.raises(UnsafeSettings, match="FLASK_DEBUG"):
        checks.refuse_unsafe(production(settings), engine, debug=True)
    checks.refuse_unsafe(settings, engine, debug=True)


def test_demonstration_accounts_are_refused_in_production(settings: Settings, engine: Engine, world: World) -> None:
    with db.writing(engine) as session, session.begin():
        user = session.get(User, world.owner.principal.user_id)
        assert user
        user.is_demonstration = True

    with pytest.raises(UnsafeSettings, match="demonstration accounts"):
        checks.refuse_unsafe(production(settings), engine)
    checks.refuse_unsafe(settings, engine)


def test_a_library_with_known_faults_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(checks.library_faults()) == []
    monkeypatch.setitem(checks.FLOORS, "flask", "99.0")

    (found,) = checks.library_faults()

    assert found.startswith("flask ")
    assert "99.0 or later" in found


def test_the_floors_are_those_of_the_lock() -> None:
    assert checks.FLOORS == test_dependencies.FLOORS


def test_a_database_that_is_away_is_said_in_one_line(settings: Settings) -> None:
    url = "postgresql+psycopg://portal:a-secret@127.0.0.1:1/portal"

    with pytest.raises(UnsafeSettings, match="cannot be reached") as refused:
        checks.refuse_unsafe(settings, db.make_engine(url))

    assert "a-secret" not in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize("module", ["wsgi", "portal.jobs"])
def test_web_and_worker_both_refuse_in_one_line(settings: Settings, module: str) -> None:
    given = {
        "PORTAL_MODE": "production",
        "PORTAL_VAR": str(settings.var),
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_SECRET_KEY": "s" * 32,
        "PORTAL_RELEASE_SECRET": OTHER,
        "PORTAL_TRUSTED_HOSTS": "portal.example",
        "PORTAL_CONTACT": "help@portal.example",
        "PORTAL_ADDRESS": "https://portal.example",
        "PORTAL_MAIL": "file",
    }

    done = subprocess.run(
        [sys.executable, "-m", module], cwd=ROOT, env=os.environ | given, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "PORTAL_SECRET_KEY repeats a few characters" in done.stderr
