"""One company with a whole assessment, the portal over its database, and the same portal with raw SQL in its place."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bench import raw
from portal import db
from portal.application import create_app
from portal.settings import Settings
from tests import builders, databases


@dataclass(frozen=True)
class Site:
    """`ours` and `floor` answer the same requests over the same database."""

    ours: FlaskClient
    floor: FlaskClient
    assessment_id: str
    statements: list[str]

    def section(self, section_id: str) -> str:
        return f"/company/assessments/{self.assessment_id}/sections/{section_id}"

    @property
    def answers(self) -> str:
        return f"/company/assessments/{self.assessment_id}/answers"


@contextmanager
def opened() -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as folder:
        settings = _filled(Path(folder))
        ours, assessment_id = create_app(settings), _assessment_id(settings)
        client = builders.sign_in(ours.test_client(), "owner@company-a.example")
        client.get("/company")  # the first page after signing in brings the form cookie
        with closing(connected(settings)) as connection:
            from_raw = _raw_app(settings, connection)
            floor = from_raw.test_client()
            for name in ("portal", "form"):
                cookie = client.get_cookie(name)
                assert cookie, f"no {name} cookie"
                floor.set_cookie(name, cookie.value)
            yield Site(client, floor, assessment_id, _recorded(ours))
        for app in (ours, from_raw):
            app.extensions["portal"].engine.dispose()


def connected(settings: Settings) -> sqlite3.Connection:
    """Open the database as the portal does, without anything in between."""
    connection = sqlite3.connect(settings.database.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("journal_mode=TRUNCATE", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _filled(folder: Path) -> Settings:
    settings = Settings(var=folder / "var", database_url=databases.sqlite_database(folder), languages="en")
    engine = db.make_engine(settings.database)
    app = create_app(settings)
    catalogue = app.extensions["portal"].catalogue
    now = datetime.now(UTC)
    with db.writing(engine) as session, session.begin():
        world = builders.make_world(session, at=now)
        builders.make_assessment(session, world.owner, catalogue, at=now)
    for used in (engine, app.extensions["portal"].engine):
        used.dispose()
    return settings


def _assessment_id(settings: Settings) -> str:
    with closing(connected(settings)) as connection:
        (found,) = connection.execute("SELECT id FROM assessment").fetchone()
    return str(UUID(found))


def _recorded(app: Flask) -> list[str]:
    statements: list[str] = []
    engine = app.extensions["portal"].engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, text, *_: statements.append(text))
    return statements


def _raw_app(settings: Settings, connection: sqlite3.Connection) -> Flask:
    app = create_app(settings)
    app.testing = True
    raw.install(app, connection)
    return app
