"""What people see when something is not possible, and what programs get."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web.errors import WORDS
from tests import builders, databases


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The same on every database; one is enough here."""
    return databases.sqlite_database(tmp_path)


def test_a_lost_page_says_so_in_words_with_a_reference(client: FlaskClient) -> None:
    response = client.get("/no-such-page")

    assert response.status_code == 404
    assert "<h1>There is no such page</h1>" in response.text
    assert "Error 404, reference" in response.text


def test_every_status_has_words_of_its_own() -> None:
    titles = [str(words.title) for words in WORDS.values()]

    assert {400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503} <= set(WORDS)
    assert len(titles) == len(set(titles))


def test_a_program_gets_json(client: FlaskClient) -> None:
    response = client.get("/no-such-page", headers={"Accept": "application/json"})

    assert response.status_code == 404
    assert response.json and response.json["status"] == 404


def test_a_form_without_a_token_changes_nothing_and_shows_what_was_typed(
    world: builders.World, sign_in: Callable[[str], FlaskClient]
) -> None:
    typed = {"comment": "Nine of twelve <workers>", "password": "a secret", "x-version": "3"}
    response = sign_in(world.owner.email).post("/account/organisation", data=typed)

    assert response.status_code == 400
    assert "Nine of twelve &lt;workers&gt;" in response.text
    assert "a secret" not in response.text
    assert "x-version" not in response.text


def test_a_program_without_a_token_is_told_so(world: builders.World, sign_in: Callable[[str], FlaskClient]) -> None:
    response = sign_in(world.owner.email).post("/account/organisation", headers={"Accept": "application/json"})

    assert (response.status_code, response.json and response.json["code"]) == (400, "csrf")


def test_without_a_database_people_are_asked_to_wait(app: Flask, client: FlaskClient) -> None:
    with app.extensions["portal"].engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE release RENAME TO gone")

    response = client.get("/releases")

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) <= 5
    assert "SELECT" not in response.text


def test_a_fault_shows_a_reference_and_nothing_else(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> str:
        raise RuntimeError("the inner secret")

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["public.show_method"] = fails
    with caplog.at_level(logging.ERROR):
        response = client.get("/method")

    reference = response.text.split('<bdi class="code">')[1].split("<")[0]
    assert response.status_code == 500
    assert "the inner secret" not in response.text
    assert reference in caplog.text


def test_what_was_typed_is_shown_when_the_sign_in_has_ended(client: FlaskClient) -> None:
    response = client.post("/company/profile", data={"PRO-01": "an hour of <typing>", "csrf_token": "secret"})

    assert response.status_code == 401
    assert "an hour of &lt;typing&gt;" in response.text
    assert "secret" not in response.text


def test_a_host_that_is_not_ours_is_turned_away(app: Flask, client: FlaskClient) -> None:
    app.config["TRUSTED_HOSTS"] = ["localhost"]

    response = client.get("/", headers={"Host": "evil.example"})

    assert (response.status_code, response.mimetype) == (400, "text/plain")
    assert "evil" not in response.text
    assert client.get("/").status_code == 200
