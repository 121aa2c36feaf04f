"""The big world, built once for each process, and the portal over a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.application import create_app
from portal.domain.questionnaire import Catalogue
from tests.access import world
from tests.access.world import BigWorld


@pytest.fixture(scope="session")
def big_world(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, caches: Path) -> BigWorld:
    return world.build(world.sqlite_settings(tmp_path_factory.mktemp("world"), caches), catalogue)


@pytest.fixture
def portal(big_world: BigWorld, catalogue: Catalogue) -> Iterator[Flask]:
    """The portal over the world as it was built."""
    big_world.restore()
    made = create_app(big_world.settings, catalogue)
    made.testing = True
    made.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield made
    made.extensions["portal"].engine.dispose()


def client_of(app: Flask, big_world: BigWorld, who: str) -> FlaskClient:
    client = app.test_client()
    if who in big_world.tokens:
        client.set_cookie("portal", big_world.tokens[who])
    return client
