"""What holds for the whole application in production: cookies, proxies, methods, types, and what is not there."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import Type, extract_parameters
from flask import Flask
from flask.testing import FlaskClient
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter, Rule

from portal import logs
from portal.application import create_app
from portal.db import Base
from portal.domain.questionnaire import Catalogue
from portal.models import SignInThrottle, User
from portal.services import logins, passwords
from portal.settings import Mode, Settings
from portal.web import current
from tests import builders, databases
from tests.builders import World
from tests.sources import ROOT

ANY_ID = "00000000-0000-4000-8000-000000000000"
HTTPS = "https://portal.example"
STATIC = ROOT / "portal" / "static"
#: Tables of what a person is known by.
KNOWN_BY = ("user", "authenticator", "recovery_code", "link_token")
#: What lies around on servers, and what lies beside our code.
HIDDEN = (
    "/.git/config", "/.git/HEAD", "/.env", "/var/portal.sqlite3", "/requirements.txt", "/portal/settings.py",
    "/static/", "/static/css/", "/static/../settings.py", "/static/..%2fsettings.py", "/static/%2e%2e/settings.py",
    "/docs", "/swagger", "/debug", "/console", "/admin.php", "/server-status", "/metrics",
)  # fmt: skip
#: Sent by a page of somebody else, from the browser of a person who is signed in here.
ELSEWHERE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The same on every database; one is enough here."""
    return databases.sqlite_database(tmp_path)


def production(settings: Settings, **more: object) -> Settings:
    return settings.model_copy(
        update={"mode": Mode.PRODUCTION, "trusted_hosts": "portal.example", "address": HTTPS, "mail": "file", **more}
    )


@pytest.fixture
def portal(settings: Settings, catalogue: Catalogue) -> Iterator[Flask]:
    made = create_app(production(settings), catalogue)
    yield made
    made.extensions["portal"].engine.dispose()


def addresses(app: Flask) -> list[tuple[str, str]]:
    """An address for every endpoint, with made-up ids."""
    found = []
    for rule in app.url_map.iter_rules():
        path = rule.build({name: _example(rule, name) for name in rule.arguments}, append_unknown=False)
        assert path
        found.append((rule.endpoint, path[1]))
    assert len(found) > 60
    return found


def _example(rule: Rule, name: str) -> object:
    return 1 if isinstance(rule._converters[name], IntegerConverter) else ANY_ID


def test_every_cookie_is_for_this_host_over_https_and_no_script(portal: Flask, world: World) -> None:
    client = portal.test_client()
    token = builders.token_in(client.get("/account/sign-in", base_url=HTTPS).text)
    sent = {"csrf_token": token, "email": world.owner.email, "password": builders.PASSWORD}

    form = client.get("/account/sign-in?language=ar", base_url=HTTPS).headers.getlist("Set-Cookie")
    signed_in = client.post("/account/sign-in", data=sent, base_url=HTTPS, headers={"Referer": f"{HTTPS}/"})
    cookies = form + signed_in.headers.getlist("Set-Cookie")

    assert signed_in.status_code == 302
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-form", "__Host-portal", "__Host-device"}
    for cookie in cookies:
        attributes = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= attributes, cookie
        assert not any(part.startswith("Domain") for part in attributes)
        assert len(cookie) < 4096


def test_the_token_of_a_sign_in_stands_in_its_cookie_and_nowhere_else(client: FlaskClient, world: World) -> None:
    builders.sign_in(client, world.owner.email)
    cookie = client.get_cookie("portal")
    assert cookie

    for path in ("/company", "/account/security", "/static/js/autosave.js"):
        response = client.get(path, buffered=True)
        assert response.status_code == 200
        assert cookie.value not in response.text
        assert cookie.value not in str(response.headers)


def test_every_answer_demands_https_and_forbids_what_is_not_ours(portal: Flask) -> None:
    client = portal.test_client()
    directives = {"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"}
    for endpoint, path in addresses(portal):
        response = client.get(path, base_url=HTTPS, buffered=True)
        assert response.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains", endpoint
        assert response.headers["Referrer-Policy"] == "no-referrer"
        policy = {part.strip() for part in response.headers["Content-Security-Policy"].split(";")}
        assert directives <= policy or "sandbox" in policy, endpoint
        assert not any("unsafe" in part or "*" in part for part in policy)


def test_no_other_origin_may_read_an_answer(app: Flask, client: FlaskClient) -> None:
    for _endpoint, path in addresses(app):
        for method in ("GET", "OPTIONS"):
            response = client.open(path, method=method, headers=ELSEWHERE, buffered=True)
            assert [name for name, _ in response.headers if name.lower().startswith("access-control-")] == []


def test_a_change_is_never_made_by_a_method_that_only_reads(app: Flask) -> None:
    """A form of another page can send POST, but only with the token of this one."""
    reading = {"GET", "HEAD", "OPTIONS"}
    changing = [rule for rule in app.url_map.iter_rules() if (rule.methods or set()) - reading]

    assert len(changing) > 20
    assert {method for rule in changing for method in (rule.methods or set()) - reading} == {"POST"}
    assert app.config["WTF_CSRF_METHODS"] == {"POST", "PUT", "PATCH", "DELETE"}
    assert app.extensions["csrf"]._exempt_views == set()
    assert app.extensions["csrf"]._exempt_blueprints == set()


def test_no_kind_of_body_gets_around_the_token(client: FlaskClient, world: World) -> None:
    builders.sign_in(client, world.owner.email)
    bodies: list[dict[str, Any]] = [
        {"data": {"name": "Other"}},
        {"json": {"name": "Other"}},
        {"data": "name=Other", "content_type": "text/plain"},
    ]

    assert [client.post("/company/organisation", headers=ELSEWHERE, **body).status_code for body in bodies] == [400] * 3


def test_methods_nobody_needs_are_refused(client: FlaskClient) -> None:
    for method in ("TRACE", "CONNECT", "PROPFIND", "TRACK"):
        for path in ("/", "/account/sign-in", "/static/css/portal.css"):
            assert client.open(path, method=method).status_code == 405, (method, path)


def test_what_is_not_a_page_is_not_found(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for path in HIDDEN:
        with subtests.test(path=path):
            response = client.get(path)
            assert response.status_code == 404
            assert "import" not in response.text


def test_nothing_tells_what_the_portal_is_made_of(client: FlaskClient) -> None:
    for path in ("/", "/no-such-page", "/healthz", "/readyz"):
        response = client.get(path)
        said = (response.text + str(response.headers)).lower()
        assert not [name for name in ("werkzeug/", "flask/", "gunicorn", "python/", "x-powered-by") if name in said]


def test_every_answer_names_its_type_and_text_its_encoding(app: Flask, client: FlaskClient) -> None:
    seen = set()
    for endpoint, path in addresses(app):
        response = client.get(path, buffered=True)
        if not response.data:
            continue
        kind = response.headers["Content-Type"]
        seen.add(response.mimetype)
        if response.mimetype.startswith("text/") or response.mimetype.endswith("xml"):
            assert "charset=utf-8" in kind.lower(), (endpoint, kind)
    assert {"text/html", "application/problem+json"} <= seen


def test_production_runs_without_debugging(portal: Flask) -> None:
    assert not portal.debug
    assert not portal.testing
    assert portal.config["TRUSTED_HOSTS"] == ["portal.example"]
    assert portal.test_client().get("/", base_url="https://evil.example").status_code == 400


@pytest.mark.parametrize(
    ("proxies", "sent", "believed"),
    [
        (0, "198.51.100.7", "127.0.0.0/24"),
        (1, "198.51.100.7", "198.51.100.0/24"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.0/24"),
        (2, "203.0.113.9, 198.51.100.7, 192.0.2.1", "198.51.100.0/24"),
    ],
)
def test_exactly_the_proxies_in_front_are_believed(
    settings: Settings, catalogue: Catalogue, proxies: int, sent: str, believed: str
) -> None:
    """What a client writes into the header itself stands further left than what our proxies add."""
    app = create_app(production(settings, proxies=proxies), catalogue)

    @app.get("/healthz/network")
    def network() -> str:
        return current.network()

    app.before_request_funcs[None].clear()
    told = {"X-Forwarded-For": sent, "X-Real-IP": "192.0.2.66", "Forwarded": "for=192.0.2.66"}
    response = app.test_client().get("/healthz/network", base_url=HTTPS, headers=told)
    app.extensions["portal"].engine.dispose()

    assert response.text == believed


def test_a_field_sent_twice_or_in_the_address_is_not_taken_instead(
    client: FlaskClient, world: World, session: Session
) -> None:
    token = builders.token_in(client.get("/account/sign-in").text)
    wanted = f"/account/sign-in?email={world.owner.email}&password={builders.PASSWORD}"

    response = client.post(wanted, data={"csrf_token": token, "email": world.rival.email, "password": "wrong, long"})

    assert response.status_code == 422
    assert world.rival.email in response.text
    assert world.owner.email not in response.text
    assert session.scalars(select(SignInThrottle)).all()


def test_a_request_is_no_larger_than_a_form_can_be(client: FlaskClient, world: World) -> None:
    builders.sign_in(client, world.owner.email)

    for size in (1_100_000, 5_000_000):
        assert client.post("/company/profile", data={"PRO-01": "x" * size}).status_code == 413


#: Requests whose end two servers in a row could see in different places (request smuggling), or that fold headers.
DOUBTFUL = {
    "both lengths": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "a length with a sign": b"Content-Length: +5\r\n\r\nabcdef",
    "an unknown coding": b"Transfer-Encoding: xchunked\r\n\r\nabcdef",
    "a blank before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a header on two lines": b"X: a\r\n b\r\n\r\n",
    "a line feed alone": b"X: a\nY: b\r\n\r\n",
}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_the_server_takes_no_request_whose_end_is_in_doubt(case: str) -> None:
    raw = b"POST / HTTP/1.1\r\nHost: portal.example\r\n" + DOUBTFUL[case]

    with pytest.raises(ParseException):
        next(RequestParser(Config(), iter([raw]), ("127.0.0.1", 1)))


def test_a_password_does_not_run_out(client: FlaskClient, world: World, session: Session) -> None:
    session.execute(update(User).values(created_at=datetime(2006, 1, 1, tzinfo=UTC)))
    session.commit()

    builders.sign_in(client, world.owner.email)
    token = builders.token_in(client.get("/account/security").text)
    client.post("/account/sign-out", data={"csrf_token": token})
    sent = {"csrf_token": builders.token_in(client.get("/account/sign-in").text), "email": world.owner.email}
    again = client.post("/account/sign-in", data={**sent, "password": builders.PASSWORD})

    assert again.status_code == 302
    assert "password" not in again.headers["Location"]


def test_nothing_but_a_password_and_factors_is_kept_to_know_a_person_by() -> None:
    """No hints, no questions about a mother's name, no telephone."""
    doubtful = re.compile(r"hint|question|answer|phone|sms|birth|mother")
    kept = [f"{table}.{column.name}" for table in KNOWN_BY for column in Base.metadata.tables[table].columns]
    kept.remove("user.one_question_per_page")  # how questionnaires are shown

    assert len(kept) > 20
    assert [name for name in kept if doubtful.search(name)] == []


def test_every_page_of_a_signed_in_person_leads_out(
    world: World, sign_in: Callable[[str], FlaskClient], subtests: pytest.Subtests
) -> None:
    for email, paths in {
        world.owner.email: ("/", "/method", "/company", "/company/profile", "/account/security"),
        world.reviewer.email: ("/government/submissions", "/account/security"),
    }.items():
        client = sign_in(email)
        for path in paths:
            with subtests.test(path=path):
                assert 'action="/account/sign-out"' in client.get(path).text


def test_a_sign_in_has_a_token_of_256_bits_that_is_never_the_same(world: World, session: Session) -> None:
    tokens = {
        logins.open_login(session, world.owner.principal.actor, at=datetime(2026, 11, 24, tzinfo=UTC)) for _ in range(9)
    }

    assert len(tokens) == 9
    assert {len(token) for token in tokens} == {43}


def test_password_fields_hide_what_is_typed_and_let_it_be_pasted(
    world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    """Nothing listens for a paste: pages hold no handlers, and no script of ours speaks of it."""
    client = sign_in(world.owner.email)
    pages = [client.application.test_client().get("/account/sign-in").text, client.get("/account/password").text]
    fields = [field for page in pages for field in re.findall(r"<input[^>]*name=[^>]*>", page) if "passw" in field]
    scripts = [path.read_text(encoding="utf-8") for path in STATIC.rglob("*.js")]

    assert len(fields) > 2
    assert [field for field in fields if 'type="password"' not in field or 'autocomplete="' not in field] == []
    assert scripts
    assert [text for text in scripts if "paste" in text] == []


def test_passwords_are_hashed_with_argon2id_at_todays_price() -> None:
    """At least what RFC 9106 recommends where memory is short: 64 MiB, three rounds, four lanes."""
    parameters = extract_parameters(passwords.hash_password(builders.PASSWORD))

    assert parameters.type is Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) >= (65536, 3, 4)
    assert (parameters.salt_len, parameters.hash_len) >= (16, 32)


def test_what_is_refused_leaves_a_line_that_says_who_and_what(
    world: World, sign_in: Callable[[str], FlaskClient], client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Failed sign-ins, refused access, forms without a token, too much at once: as they are told to their sender."""
    official, owner = sign_in(world.reviewer.email), sign_in(world.owner.email)
    form = {"csrf_token": builders.token_in(client.get("/account/sign-in").text), "email": world.owner.email}
    caplog.set_level(logging.INFO, logs.ACCESS)
    caplog.clear()

    client.post("/account/sign-in", data={**form, "password": "wrong, and long enough"})
    official.get("/company")
    owner.get(f"/company/submissions/{ANY_ID}")
    owner.post("/company/profile", data={"PRO-01": "Without a token"})
    owner.post("/company/profile", data={"PRO-01": "x" * 1_100_000})
    client.get("/company")

    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == logs.ACCESS]
    assert [(line["page"], line["status"], line.get("user")) for line in lines] == [
        ("account.sign_in", 422, None),
        ("company.home", 403, str(world.reviewer.principal.actor)),
        ("company.show_submission", 404, str(world.owner.principal.actor)),
        ("company.edit_profile", 400, str(world.owner.principal.actor)),
        ("company.edit_profile", 413, str(world.owner.principal.actor)),
        ("company.home", 302, None),
    ]
    assert lines[2]["ids"] == {"submission_id": ANY_ID}
