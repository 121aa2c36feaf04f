"""Fifty people saving at the same moment, against a view that does a bare UPDATE, on the server as it is served."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

from bench import history
from portal import db
from portal.application import create_app
from portal.models import Role
from portal.services import assessments, profiles
from portal.settings import Settings
from tests import builders, databases

LIMIT, PEOPLE, SAVES = 5.0, 50, 8
ROUNDS = 5
TYPE = "application/x-www-form-urlencoded"
_texts = count()


@dataclass(frozen=True)
class Saver:
    """One person with a question of their own."""

    cookies: str
    token: str
    assessment: str
    #: One of last year, whose row the bare UPDATE changes.
    earlier: str
    question: str


def main(rounds: int = ROUNDS) -> int:
    """Print the ratio of the 95th percentiles, its limit and the errors; return 1 over the limit or on any error."""
    ratios, slowest, errors = [], [], 0
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (port, savers):
        versions = dict.fromkeys(range(PEOPLE), 0)
        for _ in range(rounds):
            floor, refused = _crowd(port, savers, lambda saver, _number: ("/bare/", _bare(saver)))
            ours, failed = _crowd(port, savers, lambda saver, number: _answer(saver, number, versions))
            errors += refused + failed
            ratios.append(ours / floor)
            slowest.append((ours, floor))
    ratio = statistics.median(ratios)
    mine, least = slowest[ratios.index(min(ratios, key=lambda one: abs(one - ratio)))]
    print(
        f"crowd: {PEOPLE} people at once, p95 {mine * 1000:.0f} ms, bare UPDATE {least * 1000:.0f} ms, "
        f"ratio {ratio:.2f} (limit {LIMIT}); {errors} errors"
    )
    return int(ratio > LIMIT or errors > 0)


def _bare(saver: Saver) -> dict[str, str]:
    """Another text each time: SQLite writes nothing at all, and waits for no disk, when a row stays as it is."""
    text = f"Bare {next(_texts)}"
    return {"comment": text, "assessment": saver.earlier.replace("-", ""), "question": saver.question}


def _answer(saver: Saver, number: int, versions: dict[int, int]) -> tuple[str, dict[str, str]]:
    version, versions[number] = versions[number], versions[number] + 1
    question = saver.question
    form = {"csrf_token": saver.token, "question": question, f"{question}-version": str(version)}
    form |= {f"{question}-comment": f"Version {version}", f"{question}-value": "dk"}
    return f"/company/assessments/{saver.assessment}/answers", form


def _crowd(
    port: int, savers: list[Saver], asked: Callable[[Saver, int], tuple[str, dict[str, str]]]
) -> tuple[float, int]:
    """Everybody saves at the same moment, again and again; return the 95th percentile in seconds, and the errors."""
    barrier = Barrier(PEOPLE)

    def save(number: int) -> list[tuple[float, bool]]:
        saver, found = savers[number], []
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(SAVES):
            path, form = asked(saver, number)
            barrier.wait()
            began, saved = time.perf_counter(), False
            with suppress(OSError, http.client.HTTPException):  # whoever is hung up on must not keep the others waiting
                line.request("POST", path, urlencode(form), {"Content-Type": TYPE, "Cookie": saver.cookies})
                answer = line.getresponse()
                answer.read()
                saved = answer.status == 200
            found.append((time.perf_counter() - began, saved))
            if not saved:
                line.close()
        line.close()
        return found

    with ThreadPoolExecutor(PEOPLE) as pool:
        done = [one for each in pool.map(save, range(PEOPLE)) for one in each]
    return statistics.quantiles([spent for spent, _ in done], n=20)[-1], sum(not good for _, good in done)


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, list[Saver]]]:
    """The portal as operations.md says to serve it on two cores."""
    settings = Settings(var=folder / "var", database_url=databases.sqlite_database(folder), languages="en")
    savers = _savers(settings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PORTAL_VAR": str(settings.var), "PORTAL_DATABASE_URL": settings.database_url}
    bound = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "2", "--threads", "8"]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        *bound,
        "--timeout",
        "60",
        "--keep-alive",
        "75",
        "--log-level",
        "error",
    ]
    command += ["--log-level", "error", "bench.bare:app"]
    server = subprocess.Popen(command, env=environment | {"PORTAL_LANGUAGES": "en"}, cwd=Path(__file__).parents[1])
    try:
        _wait(port)
        yield port, savers
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    for _ in range(300):
        with suppress(OSError):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("the server does not answer")


def _savers(settings: Settings) -> list[Saver]:
    """Fifty colleagues in one assessment of the long form, each with a question."""
    app, now = create_app(settings), datetime.now(UTC)
    portal = app.extensions["portal"]
    questionnaire = portal.catalogue.questionnaires[history.CORE]
    with db.writing(portal.engine) as session, session.begin():
        owner = builders.make_world(session, at=now).owner
        profile = portal.catalogue.profiles[questionnaire.profile]
        profiles.save_profile(session, owner.principal, profile, history.LARGE, version=0, at=now)
        earlier, made = (
            assessments.start_assessment(session, owner.principal, questionnaire, period=period, at=now)
            for period in history.PERIODS
        )
        asked = [question.id for question in questionnaire.questions if question.type == "maturity"][:PEOPLE]
        for question_id in asked:
            history.save(session, owner, earlier, question_id, 0, now)
        organisation = session.get_one(builders.Organisation, owner.principal.organisation)
        emails = [f"saver{number}@company-a.example" for number in range(PEOPLE)]
        for email in emails:
            builders.make_person(session, organisation, Role.EDITOR, at=now, email=email)
    savers = []
    for number, email in enumerate(emails):
        client = builders.sign_in(app.test_client(), email)
        token = builders.token_in(client.get(f"/company/assessments/{made.id}/sections/GOV").text)
        cookies = [client.get_cookie(name) for name in ("portal", "form")]
        held = "; ".join(f"{one.key}={one.value}" for one in cookies if one)
        savers.append(Saver(held, token, str(made.id), str(earlier.id), asked[number]))
    portal.engine.dispose()
    return savers


if __name__ == "__main__":
    raise SystemExit(main())
