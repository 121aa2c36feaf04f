"""The database goes away, or its disk is full: people are told, nothing acknowledged is lost, nothing is restarted."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.application import create_app
from portal.domain.questionnaire import Catalogue
from portal.models import Login
from portal.services.assessments import saved_answers
from portal.settings import Settings
from tests import builders, databases
from tests.conftest import NOON

#: Seconds without a database, and before and after it.
OUTAGE, CALM = 30, 4
WRITERS = 4
#: Between two saves of one writer: all together save twenty times a second.
PAUSE = WRITERS / 20


@dataclass
class Writer:
    """Saves one answer again and again, as the page does, and remembers what it was told."""

    question: str
    version: int = 0
    acknowledged: str = ""
    #: (when, status, seconds it took)
    told: list[tuple[float, int, float]] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)

    def save(self, client: Any, path: str, token: str, count: int) -> None:
        words = f"save {count}"
        fields = {"csrf_token": token, "question": self.question, f"{self.question}-comment": words}
        fields |= {f"{self.question}-value": "2", f"{self.question}-version": str(self.version)}
        began = time.monotonic()
        answer = client.post(path, data=fields, headers={"Accept": "application/json"})
        self.told.append((time.monotonic(), answer.status_code, time.monotonic() - began))
        if answer.status_code == 200:
            self.version, self.acknowledged = answer.json["version"], words
        elif answer.status_code == 409:  # saved, and the line broke before we were told
            self.version = answer.json["version"]
        elif int(answer.headers.get("Retry-After", 99)) > 2:
            self.unfit.append(f"{answer.status_code} {answer.headers.get('Retry-After')}")


@pytest.fixture
def server() -> Iterator[databases.OwnPostgres]:
    try:
        own = databases.OwnPostgres()
    except databases.PostgresUnavailable as reason:
        pytest.skip(str(reason))
    yield own
    own.remove()


@pytest.mark.slow
@pytest.mark.postgres
def test_a_database_that_stops_for_half_a_minute_loses_no_acknowledged_answer(
    server: databases.OwnPostgres, tmp_path: Path, catalogue: Catalogue
) -> None:
    settings = Settings(var=tmp_path, database_url=server.url, languages="en", secret_key="x" * 32)
    app = create_app(settings, catalogue)
    engine = app.extensions["portal"].engine
    with db.writing(engine) as session, session.begin():
        world = builders.make_world(session, at=NOON)
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})
    questions = [one.id for one in catalogue.questionnaires[builders.SHORT_FORM].questions if one.type == "maturity"]
    writers = [Writer(question) for question in questions[:WRITERS]]
    done = threading.Event()

    def write(writer: Writer) -> None:
        client = builders.sign_in(app.test_client(), world.owner.email)
        page = client.get(f"/company/assessments/{assessment.id}/sections/COM").text
        token, count = builders.token_in(page), 0
        while not done.wait(PAUSE):
            count += 1
            writer.save(client, f"/company/assessments/{assessment.id}/answers", token, count)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    time.sleep(CALM)
    server.stop()
    stopped = time.monotonic()
    time.sleep(OUTAGE)
    server.start()
    back = time.monotonic()
    time.sleep(CALM + 2)
    done.set()
    for thread in threads:
        thread.join()

    with db.reading(engine) as session:
        kept = saved_answers(session, assessment)
    engine.dispose()
    told = [one for writer in writers for one in writer.told]
    during = [one for one in told if stopped + 0.5 < one[0] < back - 1.5]
    assert len(during) > OUTAGE * 5
    assert {status for _, status, _ in during} == {503}
    assert {status for _, status, _ in told} <= {200, 409, 503}
    assert [one for writer in writers for one in writer.unfit] == []
    assert max(seconds for _, _, seconds in during) < 3
    for writer in writers:
        assert min(when for when, status, _ in writer.told if when > back and status == 200) - back < 5
        assert _count(kept[writer.question].answer.comment) >= _count(writer.acknowledged)


def _count(words: str) -> int:
    return int(words.split()[1])


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow any more, as on a disk without room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestFullDisk:
    @pytest.fixture
    def database_url(self, tmp_path: Path) -> str:
        return databases.sqlite_database(tmp_path)

    def test_a_sign_in_that_cannot_be_saved_says_so_and_leaves_nothing(
        self, app: Flask, world: builders.World, engine: Engine
    ) -> None:
        client = app.test_client()
        token = builders.token_in(client.get("/account/sign-in").text)
        form = {"csrf_token": token, "email": world.owner.email, "password": builders.PASSWORD}

        with full_disk():
            refused = client.post("/account/sign-in", data=form)
            reading = client.get("/questionnaires")

        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
        assert "has not been saved" in refused.text
        assert "portal=" not in str(refused.headers)
        assert reading.status_code == 200
        with db.reading(engine) as session:
            assert session.scalars(select(Login)).all() == []
            assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert client.post("/account/sign-in", data=form).status_code == 302
