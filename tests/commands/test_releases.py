"""`flask releases`: from draft to published, once."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.builders import World


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["releases", *arguments])
    return result.exit_code, result.output


def test_a_release_is_prepared_read_and_published_once(app: Flask, client: FlaskClient, world: World) -> None:
    assert run(app, "prepare", "2026-2", "--title", "Second half", "--snapshot", "2026-11-20")[0] == 0
    assert client.get("/releases/2026-2").status_code == 404
    assert "draft" in run(app, "list")[1]

    assert run(app, "publish", "2026-2")[0] == 0

    assert client.get("/releases/2026-2").status_code == 200
    assert "published" in run(app, "list")[1]
    assert run(app, "publish", "2026-2") == (1, "Error: release 2026-2 is published already\n")
    assert run(app, "prepare", "2026-2", "--title", "Again") == (1, "Error: there is a release 2026-2 already\n")
    assert run(app, "publish", "2027-1") == (1, "Error: there is no release 2027-1\n")


def test_a_release_without_companies_shows_no_number(app: Flask, client: FlaskClient, world: World) -> None:
    run(app, "prepare", "2026-2", "--title", "Second half", "--snapshot", "2026-11-20")
    run(app, "publish", "2026-2")

    document = client.get("/releases/2026-2.json").json

    shown = {row["companies"] for table in document["tables"] for row in table["rows"]}
    assert shown <= {":c"}
