"""Fifty people save at once on the server as it is served: nobody is refused, and what was acknowledged is kept."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import AnswerRow, AnswerVersion, AuditContent, Organisation, Role
from portal.services import assessments, log_export
from portal.settings import Settings
from tests import builders
from tests.builders import World

ROOT = Path(__file__).resolve().parents[3]
PEOPLE, SAVES = 50, 8
LONG_FORM = "hrdd-core@2026.1"
PERIOD = (date(2025, 7, 1), date(2026, 6, 30))


@dataclass(frozen=True)
class Saver:
    """One person, who answers one question of their own."""

    cookies: str
    token: str
    question: str


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    """Of two processes with eight threads each, as docs/operations.md says for two cores."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{found}", "--worker-class", "gthread"]
    command += ["--workers", "2", "--threads", "8", "--timeout", "60", "--keep-alive", "75", "--no-control-socket"]
    environment = os.environ | {
        "PORTAL_VAR": str(settings.var),
        "PORTAL_DATABASE_URL": settings.database,
        "PORTAL_SECRET_KEY": settings.secret("secret_key").decode(),
        "PORTAL_LANGUAGES": "en",
    }
    server = subprocess.Popen([*command, "--log-level", "error", "wsgi:app"], env=environment, cwd=ROOT)
    try:
        _wait(found)
        yield found
    finally:
        server.terminate()
        server.wait()


@pytest.mark.slow
def test_fifty_people_save_at_once_and_nothing_acknowledged_is_lost(
    app: Flask, engine: Engine, world: World, catalogue: Catalogue, port: int
) -> None:
    questionnaire, now = catalogue.questionnaires[LONG_FORM], datetime.now(UTC)
    with db.writing(engine) as session, session.begin():
        made = assessments.start_assessment(session, world.owner.principal, questionnaire, period=PERIOD, at=now)
        organisation = session.get_one(Organisation, world.owner.principal.organisation)
        emails = [f"saver{number}@company-a.example" for number in range(PEOPLE)]
        for email in emails:
            builders.make_person(session, organisation, Role.EDITOR, at=now, email=email)
    questions = [question.id for question in questionnaire.questions][:PEOPLE]
    savers = [_saver(app, email, question) for email, question in zip(emails, questions, strict=True)]
    barrier = Barrier(PEOPLE)

    def save(saver: Saver) -> list[tuple[int, int]]:
        barrier.wait()
        return [_saved(port, f"/company/assessments/{made.id}/answers", saver, version) for version in range(SAVES)]

    with ThreadPoolExecutor(PEOPLE) as pool:
        told = list(pool.map(save, savers))

    assert told == [[(200, version + 1) for version in range(SAVES)]] * PEOPLE
    numbers = range(1, SAVES + 1)
    expected = sorted((question, number, text_of(number - 1)) for question in questions for number in numbers)
    with db.reading(engine) as session:
        kept = session.execute(select(AnswerVersion.question_id, AnswerVersion.version, AnswerVersion.comment))
        stands = session.execute(select(AnswerRow.question_id, AnswerRow.version, AnswerRow.comment))
        logged = session.scalars(select(AuditContent).where(AuditContent.subject_kind == "answer"))
        assert sorted(map(tuple, kept)) == expected
        assert sorted(map(tuple, stands)) == [one for one in expected if one[1] == SAVES]
        assert sorted((one.subject_id.split("/")[1], one.details["version"]) for one in logged) == [
            one[:2] for one in expected
        ]
        assert log_export.first_fault(session) is None


def text_of(version: int) -> str:
    return f"ลงนามแล้ว {version}"


def _saver(app: Flask, email: str, question: str) -> Saver:
    client = builders.sign_in(app.test_client(), email)
    token = builders.token_in(client.get("/company").text)
    cookies = [client.get_cookie(name) for name in ("portal", "form")]
    return Saver("; ".join(f"{one.key}={one.value}" for one in cookies if one), token, question)


def _saved(port: int, path: str, saver: Saver, version: int) -> tuple[int, int]:
    """Status, and the version that was acknowledged."""
    question = saver.question
    form = {"csrf_token": saver.token, "question": question, f"{question}-version": str(version)}
    form |= {f"{question}-value": "dk", f"{question}-else": "dk", f"{question}-comment": text_of(version)}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": saver.cookies}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("POST", path, urlencode(form), headers)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read()).get("version", 0)


def _wait(port: int) -> None:
    for _ in range(300):
        with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
            line.request("GET", "/healthz")
            with line.getresponse() as answer:
                if answer.status == 200:
                    return
        time.sleep(0.1)
    raise TimeoutError("the server does not answer")
