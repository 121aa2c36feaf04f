"""The public log: checkpoints, the key and the verifier, and nothing that names anybody."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.notes import read_note
from portal.domain.questionnaire import Catalogue
from portal.jobs.signer import sign_due
from portal.jobs.workplace import Workplace
from portal.services import audit, checkpoints
from portal.settings import Settings
from portal.storage import FileStore
from tests.builders import World
from tests.conftest import NOON


def sign(settings: Settings, engine: Engine, catalogue: Catalogue) -> int:
    with db.writing(engine) as session, session.begin():
        audit.record(session, "log.heartbeat", subject=("log", ""), at=NOON, by=None, organisation=None)
    store = FileStore(settings.storage_folder)
    return sign_due(Workplace(settings, engine, catalogue, store, clock=lambda: NOON)) or 0


def test_before_anything_was_signed_the_page_says_so(client: FlaskClient) -> None:
    assert "Nothing has been signed yet." in client.get("/log").text
    assert client.get("/log/checkpoint").status_code == 404


def test_the_latest_checkpoint_is_served_byte_for_byte(
    client: FlaskClient, settings: Settings, engine: Engine, catalogue: Catalogue, world: World
) -> None:
    size = sign(settings, engine, catalogue)

    latest, same = client.get("/log/checkpoint"), client.get(f"/log/checkpoints/{size}")

    assert latest.content_type == "text/plain; charset=utf-8"
    assert latest.data == same.data
    assert read_note(latest.text).size == size > 0


def test_the_page_shows_checkpoints_key_and_verifier_and_names_nobody(
    client: FlaskClient, settings: Settings, engine: Engine, catalogue: Catalogue, world: World
) -> None:
    sign(settings, engine, catalogue)

    page = client.get("/log").text

    assert checkpoints.public_key(settings) in page.replace("&#43;", "+")
    assert client.get("/log/checkpoint").text.split("\n")[2] in page.replace("&#43;", "+")
    assert "Company A" not in page
    with client.get("/static/verify_log.py") as verifier:
        assert verifier.data.startswith(b"#!/usr/bin/env python3")


def test_sizes_that_were_never_signed_are_not_found(client: FlaskClient) -> None:
    assert {client.get(f"/log/checkpoints/{size}").status_code for size in (0, 7, 10**30)} == {404}
