"""Fixtures: a real database of each kind, the real application, and people who are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.catalogue import load_catalogue
from portal.domain.questionnaire import Catalogue
from portal.settings import Settings
from tests import applications, builders, databases, log_guard, routes  # noqa: F401 - the guard watches every statement
from tests.log_canaries import nothing_private_is_logged as nothing_private_is_logged

# Every test makes an application, and most of that time goes into the addresses it knows.
Flask.url_rule_class = routes.LazyRule

ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "questionnaires")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database; each test that stores anything runs on both kinds."""
    if request.param == "sqlite":
        yield databases.own_sqlite_database()
        return
    try:
        url = databases.postgres_database()
    except databases.PostgresUnavailable as reason:
        pytest.skip(str(reason))
    yield url
    databases.empty_postgres_database()


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is derived from our own files alone, and so the same for every test: compiled templates and languages."""
    return tmp_path_factory.mktemp("caches")


@pytest.fixture
def settings(tmp_path: Path, database_url: str, caches: Path) -> Settings:
    var = tmp_path / "var"
    var.mkdir()
    for derived in ("cache", "translations"):
        (caches / derived).mkdir(exist_ok=True)
        (var / derived).symlink_to(caches / derived)
    return Settings(
        var=var,
        database_url=database_url,
        secret_key="0123456789abcdef0123456789abcdef",
        release_secret="fedcba9876543210fedcba9876543210",
        languages="en,ar",
        jobs_inline=False,
    )


@pytest.fixture
def app(settings: Settings, catalogue: Catalogue) -> Iterator[Flask]:
    made = applications.lend(settings, catalogue)
    yield made
    applications.give_back(made)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    made = applications.engine_of(settings.database)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with db.writing(engine) as opened:
        yield opened


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def world(engine: Engine) -> builders.World:
    """Two companies and two governments with people, committed; see `builders.World`."""
    with db.writing(engine) as opened, opened.begin():
        return builders.make_world(opened, at=NOON)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], FlaskClient]:
    """Sign in by address and return a client of one's own."""

    def signed_in(email: str) -> FlaskClient:
        return builders.sign_in(app.test_client(), email)

    return signed_in
