"""The bell: rung after a commit that asked for work, by whatever page; and the process that answers it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.jobs.queue import bell, open_queue
from portal.models import Job, JobState
from portal.settings import Settings
from tests import builders, databases
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_one

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The bell is the same on every database; one is enough here."""
    return databases.sqlite_database(tmp_path)


@pytest.fixture
def failed_report(engine: Engine, world: World, catalogue: Catalogue) -> str:
    """The address of a submission whose report could not be made."""
    with db.writing(engine) as session, session.begin():
        submission = share_one(session, world, catalogue, at=NOON)
        session.flush()
        session.execute(update(Job).values(state=JobState.FAILED, attempts=3, message="timeout: too slow"))
    return f"/company/submissions/{submission.id}"


def count_rings(app: Flask) -> list[str]:
    rung: list[str] = []
    app.extensions["portal"] = replace(app.extensions["portal"], ring=lambda: rung.append("ring"))
    return rung


def test_a_page_that_asks_for_work_rings_after_its_commit(
    app: Flask, world: World, sign_in: Callable[[str], FlaskClient], failed_report: str
) -> None:
    client = sign_in(world.owner.email)
    rung = count_rings(app)

    client.get(failed_report)
    assert rung == []
    builders.post(client, f"{failed_report}/report", page=failed_report)
    assert rung == ["ring"]


def test_the_bell_wakes_whoever_listens_in_the_same_folder(
    settings: Settings, engine: Engine, catalogue: Catalogue
) -> None:
    work: list[str] = []
    queue = open_queue(settings.var, lambda: work.append("done"))

    bell(settings, engine, catalogue)()

    task = queue.huey.dequeue()
    assert task is not None
    queue.huey.execute(task)
    assert work == ["done"]
    assert queue.huey.dequeue() is None


def test_a_broken_bell_does_not_break_the_page(
    tmp_path: Path, settings: Settings, engine: Engine, catalogue: Catalogue
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "jobs.sqlite3").write_bytes(b"this is no database at all" * 100)

    bell(settings.model_copy(update={"var": tmp_path / "elsewhere"}), engine, catalogue)()


def test_the_sweep_comes_every_minute(settings: Settings) -> None:
    queue = open_queue(settings.var, lambda: None)

    assert [task.name for task in queue.huey.read_periodic(NOON)] == ["sweep"]


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_process_makes_the_report_and_ends_in_peace(
    settings: Settings, engine: Engine, world: World, catalogue: Catalogue, stop: signal.Signals
) -> None:
    with db.writing(engine) as session, session.begin():
        share_one(session, world, catalogue, at=NOON)
    environment = os.environ | {"PORTAL_VAR": str(settings.var), "PORTAL_DATABASE_URL": settings.database}
    with subprocess.Popen(
        [sys.executable, "-m", "portal.jobs"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        began = time.monotonic()
        process.send_signal(stop)
        code = process.wait(timeout=20)
    assert '"state": "done"' in line
    assert code == 0
    assert time.monotonic() - began < 15
    with db.reading(engine) as session:
        assert session.scalars(select(Job)).one().state is JobState.DONE
