"""Nobody learns who has an account: the same answer, the same statements and the same time for known and unknown."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, event
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from portal import db
from portal.models import SignInThrottle
from tests.builders import World, sign_in, token_in

PAGES = {
    "/account/sign-in": {"password": "wrong password, but long"},
    "/account/password/forgotten": {},
    "/account/register": {
        "name": "Mae Klong Foods",
        "country": "TH",
        "registration_number": "0105561234567",
        "person": "Malee S.",
    },
    "/account/members": {"role": "editor"},
}
#: Opened by somebody who is signed in: an owner who invites.
SIGNED_IN = {"/account/members"}
UNKNOWN = "nobody@company-a.example"
#: Milliseconds between the medians, at most.
APART = 5.0
ROUNDS = 200


def ask(client: FlaskClient, page: str, email: str) -> tuple[TestResponse, float]:
    """Post the form once and return the answer with its milliseconds."""
    form = {"csrf_token": token_in(client.get(page).text), "email": email, **PAGES[page]}
    began = time.perf_counter()
    answer = client.post(page, data=form)
    return answer, 1000 * (time.perf_counter() - began)


def plain(answer: TestResponse, email: str) -> tuple[int, str, list[tuple[str, str]]]:
    """The answer without what differs each time: address typed, token, cookies' values."""
    body = re.sub(r'value="[^"]{40,}"', "", answer.text.replace(email, "")).replace("  ", " ")
    differs = ("Set-Cookie", "Content-Length", "X-Request-Id")
    headers = [(name, "" if name in differs else value) for name, value in answer.headers]
    return answer.status_code, body, headers


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements the application sends meanwhile, without their values."""
    sent: list[str] = []
    engine = app.extensions["portal"].engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def visitor(app: Flask, world: World, page: str) -> FlaskClient:
    """Whoever opens the page: a stranger, or the owner of another company than the one asked about."""
    client = app.test_client()
    return sign_in(client, world.rival.email) if page in SIGNED_IN else client


@pytest.mark.parametrize("page", PAGES)
def test_known_and_unknown_get_the_same_answer_from_the_same_statements(app: Flask, world: World, page: str) -> None:
    client = visitor(app, world, page)
    ask(client, page, "somebody@else.example")  # the count of the network begins
    seen = []
    for email in (world.owner.email, UNKNOWN, world.owner.email, UNKNOWN):
        with statements(app) as sent:
            answer, _ = ask(client, page, email)
        seen.append((plain(answer, email), sorted(sent)))  # rows are written in the order of their keys

    assert seen[0][0][0] in (200, 302, 422)
    assert len(seen[0][1]) > 3
    assert seen[0] == seen[1]
    assert seen[2] == seen[3]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_known_and_unknown_take_the_same_time(app: Flask, world: World, engine: Engine, page: str) -> None:
    """200 requests in turn, through the application, its database and its password check."""
    client = visitor(app, world, page)
    times: dict[str, list[float]] = {world.owner.email: [], UNKNOWN: []}
    for n in range(ROUNDS // 2 + 5):
        for email, taken in list(times.items())[:: 1 if n % 2 else -1]:  # neither is always the first
            with db.writing(engine) as session, session.begin():
                session.execute(delete(SignInThrottle))
            _, milliseconds = ask(client, page, email)
            if n >= 5:
                taken.append(milliseconds)

    known, unknown = (statistics.median(taken) for taken in times.values())
    print(f"{page}: known {known:.2f} ms, unknown {unknown:.2f} ms, apart {abs(known - unknown):.2f} ms")
    assert abs(known - unknown) < APART
