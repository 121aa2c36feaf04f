"""The real portal with its demonstration, served on a free port for a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from portal import db
from portal.catalogue import load_catalogue
from portal.services import demonstration
from portal.settings import Settings
from portal.storage import FileStore
from tests import databases

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Site:
    url: str
    app: Flask
    password: str = field(default=demonstration.PASSWORD)


@contextmanager
def served(folder: Path, *, languages: str = "en,th,ar") -> Iterator[Site]:
    """Serve from `folder`, which holds the database and the files and nothing afterwards."""
    settings = Settings(var=folder / "var", database_url=databases.sqlite_database(folder), languages=languages)
    engine = db.make_engine(settings.database)
    catalogue = load_catalogue(ROOT / "questionnaires")
    store, secret = FileStore(settings.storage_folder), settings.secret("release_secret")
    with db.writing(engine) as session, session.begin():
        demonstration.load_demonstration(session, catalogue, store, release_secret=secret, at=datetime.now(UTC))
    engine.dispose()
    app = import_module("portal.application").create_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.port}", app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["portal"].engine.dispose()
