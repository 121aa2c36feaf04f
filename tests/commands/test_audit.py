"""`flask audit`: export, check, checkpoint and key."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.jobs.signer import sign_due
from portal.jobs.workplace import Workplace
from portal.services import audit
from portal.settings import Settings
from portal.storage import FileStore
from tests.conftest import NOON


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["audit", *arguments])
    return result.exit_code, result.output


def fill(settings: Settings, engine: Engine, catalogue: Catalogue) -> None:
    with db.writing(engine) as session, session.begin():
        for number in range(3):
            audit.record(session, "answer.saved", subject=("test", number), at=NOON, by=None, organisation=None)
    sign_due(Workplace(settings, engine, catalogue, FileStore(settings.storage_folder), clock=lambda: NOON))


def test_the_export_holds_every_entry_and_checkpoint_and_no_content(
    app: Flask, settings: Settings, engine: Engine, catalogue: Catalogue, tmp_path: Path
) -> None:
    fill(settings, engine, catalogue)

    assert run(app, "export", str(tmp_path / "log.jsonl")) == (0, f"4 lines in {tmp_path / 'log.jsonl'}\n")

    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line.get("sequence") for line in lines] == [0, 1, 2, None]
    assert lines[0].keys() == {"sequence", "action", "at", "commitment", "leaf"}
    assert lines[3].keys() == {"note"}


def test_an_export_that_cannot_be_written_is_one_line(app: Flask) -> None:
    code, said = run(app, "export", "/dev/null/log.jsonl")

    assert (code, len(said.splitlines())) == (1, 1)


def test_an_honest_log_is_good_and_a_changed_one_is_not(
    app: Flask, settings: Settings, engine: Engine, catalogue: Catalogue
) -> None:
    fill(settings, engine, catalogue)
    assert run(app, "verify") == (0, "good\n")

    raw = engine.raw_connection()
    raw.cursor().execute("UPDATE audit_event SET action = 'x.y' WHERE sequence = 1")
    raw.commit()
    raw.close()

    assert run(app, "verify") == (1, "BAD: entry 1: changed; it has not the hash it was stored with\n")


def test_checkpoint_and_key_are_printed_as_published(
    app: Flask, settings: Settings, engine: Engine, catalogue: Catalogue
) -> None:
    assert run(app, "checkpoint")[0] == run(app, "key")[0] == 1
    fill(settings, engine, catalogue)

    latest, same, key = run(app, "checkpoint"), run(app, "checkpoint", "3"), run(app, "key")

    assert latest == same == (0, app.test_client().get("/log/checkpoint").text)
    assert key[1].startswith("127.0.0.1:8000/log+")
    assert run(app, "checkpoint", "2")[0] == 1
