"""A log with entries, checkpoints and a key, as a portal of its own on SQLite, and the verifier as anybody runs it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.jobs.signer import sign_due
from portal.jobs.workplace import Workplace
from portal.services import audit, checkpoints, log_export, receipts
from portal.settings import Settings
from portal.storage import FileStore
from tests import builders, databases
from tests.conftest import NOON, ROOT
from tests.shared import share_one

VERIFIER = ROOT / "portal" / "static" / "verify_log.py"


@dataclass(frozen=True)
class Log:
    """Files as a witness keeps them, and the database as its owner holds it."""

    folder: Path
    database: Path
    settings: Settings
    submission: UUID

    def export(self, database: Path | None = None) -> Path:
        """Export the log of this database, or of a copy of it."""
        engine = db.make_engine(f"sqlite:///{database or self.database}")
        with db.reading(engine) as session:
            lines = list(log_export.exported(session))
        engine.dispose()
        return self.keep("export.jsonl", "".join(f"{line}\n" for line in lines))

    def keep(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path

    def tampered(self, *statements: str) -> Path:
        """A copy of the database after its owner has run these statements."""
        copy = self.folder / "tampered.sqlite3"
        shutil.copyfile(self.database, copy)
        with sqlite3.connect(copy) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return copy

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint"

    @property
    def key(self) -> str:
        return checkpoints.public_key(self.settings)


def run(*arguments: object) -> tuple[int, str]:
    """Run the verifier apart from everything that is installed; return exit code and what it said."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def log(written_once: Log, tmp_path: Path) -> Log:
    """A copy of one's own: files and database."""
    folder = tmp_path / "log"
    shutil.copytree(written_once.folder, folder)
    return replace(written_once, folder=folder, database=folder / "portal.sqlite3")


@pytest.fixture(scope="session")
def written_once(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Log:
    """Some twenty entries: people and a submission, signed; five more, signed two hours later; three unsigned."""
    tmp_path = tmp_path_factory.mktemp("log")
    url = databases.sqlite_database(tmp_path)
    settings = Settings(var=tmp_path / "var", database_url=url, address="https://portal.example")
    engine = db.make_engine(url)
    place = Workplace(settings, engine, catalogue, FileStore(settings.storage_folder), clock=lambda: NOON)
    with db.writing(engine) as session, session.begin():
        world = builders.make_world(session, at=NOON)
        submission = share_one(session, world, catalogue, at=NOON)
    sign_due(place)
    _add(place, 5)
    sign_due(replace(place, clock=lambda: NOON + timedelta(hours=2)))
    made = Log(tmp_path, tmp_path / "portal.sqlite3", settings, submission.id)
    with db.reading(engine) as session:
        last = checkpoints.latest(session)
        entry = receipts.entry_of(session, submission.id)
        assert last and entry
        made.keep("checkpoint", last.note)
        first = checkpoints.listed(session)[-1]
        made.keep("earlier", first.note)
        made.keep("proof.json", json.dumps(receipts.proof_of(session, entry)))
    _add(place, 3)
    engine.dispose()
    return made


def _add(place: Workplace, count: int) -> None:
    with db.writing(place.engine) as session, session.begin():
        for number in range(count):
            audit.record(
                session, "test.added", subject=("test", number), at=NOON + timedelta(minutes=number), by=None,
                organisation=None,
            )  # fmt: skip


@pytest.fixture
def verifier() -> Callable[..., tuple[int, str]]:
    return run
