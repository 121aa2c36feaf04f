"""Every response is hardened, whatever it is, and only what is the same for all strangers may be kept by others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule

from portal.application import create_app
from portal.settings import Mode, Settings
from portal.web.headers import HEADERS
from tests import builders, databases

ANY_ID = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The same on every database; one is enough here."""
    return databases.sqlite_database(tmp_path)


def test_every_endpoint_sends_every_header(app: Flask, client: FlaskClient, subtests: pytest.Subtests) -> None:
    rules = list(app.url_map.iter_rules())

    assert len(rules) > 10
    for rule in rules:
        for method in rule.methods or ():
            path = rule.build({name: example(rule, name) for name in rule.arguments}, append_unknown=False)
            assert path
            with subtests.test(endpoint=rule.endpoint, method=method):
                response = client.open(path[1], method=method)
                missing = [name for name in HEADERS if name not in response.headers]
                assert missing == []
                assert "Cache-Control" in response.headers


def example(rule: Rule, name: str) -> object:
    return 1 if isinstance(rule._converters[name], IntegerConverter) else ANY_ID


@pytest.mark.parametrize("path", ["/static/css/portal.css", "/no-such-page", "/static/no-such-file", "/method"])
def test_errors_and_files_are_hardened_too(client: FlaskClient, path: str) -> None:
    response = client.get(path, buffered=True)

    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_failure_is_hardened_too(app: Flask) -> None:
    @app.get("/boom")
    def boom() -> str:
        raise RuntimeError("as a test")

    app.testing = False
    response = app.test_client().get("/boom")

    assert response.status_code in (403, 500)
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_public_pages_may_be_kept_by_a_cache(client: FlaskClient) -> None:
    response = client.get("/method")

    assert response.headers["Cache-Control"].startswith("public")
    assert {"cookie", "accept-language"} <= {name.lower() for name in response.vary}


def test_a_page_with_a_cookie_is_not_kept(client: FlaskClient) -> None:
    chosen = client.get("/method?language=ar")
    again = client.get("/method")

    assert chosen.headers["Cache-Control"] == "no-store"
    assert again.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/account/sign-in", "/no-such-page", "/healthz"])
def test_pages_of_one_person_or_moment_are_not_kept(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_signed_in_person_gets_nothing_a_cache_may_keep(
    world: builders.World, sign_in: Callable[[str], FlaskClient]
) -> None:
    person = sign_in(world.owner.email)

    for path in ("/", "/method", "/company/"):
        assert person.get(path, follow_redirects=True).headers["Cache-Control"] == "no-store"


def test_files_are_kept_for_ever_only_under_the_name_of_their_content(app: Flask, client: FlaskClient) -> None:
    page = client.get("/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]

    assert "?v=" in address
    assert "immutable" in client.get(address, buffered=True).headers["Cache-Control"]
    assert "immutable" not in client.get(address.split("?")[0], buffered=True).headers["Cache-Control"]


def test_browsers_are_told_to_stay_with_https_where_cookies_need_it(tmp_path: Path) -> None:
    settings = Settings(
        mode=Mode.PRODUCTION,
        var=tmp_path,
        database_url="sqlite://",
        secret_key="s" * 32,
        release_secret="r" * 32,
        trusted_hosts="localhost",
        contact="help@portal.example",
        address="https://localhost",
        smtp_host="localhost",
    )
    response = create_app(settings).test_client().get("/healthz")

    assert "max-age=63072000" in response.headers["Strict-Transport-Security"]


def test_signing_out_clears_unsent_answers_from_the_device(
    world: builders.World, sign_in: Callable[[str], FlaskClient]
) -> None:
    person = sign_in(world.owner.email)
    token = builders.token_in(person.get("/").text)

    response = person.post("/account/sign-out", data={"csrf_token": token})

    assert response.headers["Clear-Site-Data"] == '"storage"'


def test_a_form_sent_over_https_needs_no_referrer(client: FlaskClient, world: builders.World) -> None:
    """Our pages forbid browsers to send one."""
    https = "https://localhost"
    token = builders.token_in(client.get("/account/sign-in", base_url=https).text)
    form = {"csrf_token": token, "email": world.owner.email, "password": builders.PASSWORD}

    assert client.post("/account/sign-in", base_url=https, data=form).status_code == 302
    assert client.post("/account/sign-in", base_url=https, data=form | {"csrf_token": "other"}).status_code == 400
