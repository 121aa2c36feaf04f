"""Logs hold no secrets and no people: one line per record, whatever somebody sends."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db, logs
from portal.domain.questionnaire import Catalogue
from portal.settings import Settings
from tests import builders, databases
from tests.builders import World
from tests.conftest import NOON

CANARY = "canary-4f0a9c2e77b1d3"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return databases.sqlite_database(tmp_path)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that a production portal would write."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    root, own = logging.getLogger(), logging.getLogger("portal")
    before = own.level
    root.addHandler(handler)
    own.setLevel(logging.INFO)
    yield stream
    own.setLevel(before)
    root.removeHandler(handler)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_of_figures_with_the_id_the_person_can_quote(
    sign_in: Callable[[str], FlaskClient], world: World, written: io.StringIO
) -> None:
    response = sign_in(world.owner.email).get(
        f"/company?search={CANARY}", headers={"X-Forwarded-For": "203.0.113.9", "User-Agent": CANARY}
    )

    (line,) = lines(written)
    assert line["request"] == response.headers["X-Request-Id"]
    assert (line["event"], line["method"], line["page"]) == ("request", "GET", "company.home")
    assert line["user"] == str(world.owner.principal.user_id)
    assert set(line) == {
        "at", "level", "logger", "request", "event", "method", "page", "status", "ms", "user", "organisation"
    }  # fmt: skip
    assert "127.0.0.1" not in written.getvalue()


def test_pages_with_a_token_in_their_address_are_named_without_it(client: FlaskClient, written: io.StringIO) -> None:
    for path in (f"/account/password/reset/{CANARY}", f"/account/invitation/{CANARY}", f"/{CANARY}"):
        client.get(path)

    assert len(lines(written)) == 3
    assert CANARY not in written.getvalue()


@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r", "\x0b", "\x1b[2K"])
def test_a_line_break_in_what_is_sent_gives_one_line(written: io.StringIO, breaks: str) -> None:
    logging.getLogger("portal.tests").warning("workbook %s", f"a{breaks}INFO all is well")

    assert len(written.getvalue().split("\n")) == 2
    assert not re.search(r"[\r\x0b\x1b]", written.getvalue())
    assert lines(written)[0]["level"] == "warning"


def test_line_breaks_in_addresses_headers_and_forms_give_one_line_each(
    client: FlaskClient, written: io.StringIO
) -> None:
    client.get("/a%0D%0AINFO%20forged")
    client.get("/questionnaires", query_string={"q": "a\r\nINFO forged"}, headers={"User-Agent": "a b"})
    client.post("/account/sign-in", data={"email": "a\r\nINFO forged", "password": "b\r\nINFO forged"})

    assert len(lines(written)) == 3
    assert "forged" not in written.getvalue()


def test_nothing_that_people_type_is_logged(
    app: Flask, client: FlaskClient, world: World, catalogue: Catalogue, engine: Engine, written: io.StringIO
) -> None:
    secret = f"{CANARY}@canary-address.example"
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    builders.post(client, "/account/sign-in", {"email": secret, "password": CANARY})
    builders.post(client, "/account/sign-in", {"email": world.owner.email, "password": builders.PASSWORD})
    builders.post(client, "/account/password/forgotten", {"email": secret})
    builders.post(client, "/account/register", {"email": secret, "company": CANARY, "name": CANARY})
    builders.sign_in(client, world.owner.email)
    section = f"/company/assessments/{assessment.id}/{catalogue.questionnaires[builders.SHORT_FORM].sections[0].id}"
    client.get(section)
    builders.post(client, "/company/profile", {"PRO-01": CANARY})
    file = (io.BytesIO(f"PK {CANARY}".encode()), f"{CANARY}.xlsx")
    builders.post(client, f"/company/assessments/{assessment.id}/workbook", {"workbook": file})
    builders.post(client, "/account/password", {"current": CANARY, "new": CANARY})
    told = written.getvalue()
    cookie = client.get_cookie("portal")

    assert len(lines(written)) > 10
    for canary in (CANARY, builders.PASSWORD, "@", cookie.value if cookie else "", "csrf"):
        assert canary not in told, canary


def test_an_error_is_named_by_type_and_place_and_not_by_its_words(
    app: Flask, client: FlaskClient, written: io.StringIO
) -> None:
    def fails(token: str = CANARY) -> str:
        raise ValueError(f"could not read {token}")

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["public.show_method"] = fails
    client.get(f"/method?next={CANARY}")

    errors = [line for line in lines(written) if "error" in line]
    assert [line["error"] for line in errors] == ["ValueError"]
    assert "fails" in str(errors[0]["where"])
    assert CANARY not in written.getvalue()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Exception on /account/reset/hJ3kZ_q8Tn5vXw2LrB7yPc [GET]", "Exception on /account/reset/[…] [GET]"),
        ("GET /verify?code=abc&x=1 failed", "GET /verify?[…] failed"),
        ("no mail to somebody@company.example", "no mail to [address]"),
        (
            "report of 2f1c7a52-9d3e-4b7a-8c11-0a6b5d4e3f21 failed",
            "report of 2f1c7a52-9d3e-4b7a-8c11-0a6b5d4e3f21 failed",
        ),
        ("the database cannot be used: OperationalError", "the database cannot be used: OperationalError"),
    ],
)
def test_what_libraries_quote_is_taken_out(said: str, kept: str) -> None:
    assert logs.without_people(said) == kept


def test_setting_up_twice_writes_each_line_once(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    root.handlers = []
    try:
        logs.set_up(settings)
        logs.set_up(settings)
        logging.getLogger("portal.tests").info("once")
    finally:
        root.handlers = before
        root.setLevel(level)

    assert len(capsys.readouterr().out.splitlines()) == 1
