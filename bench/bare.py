"""For `bench crowd`: the portal as it is served, and beside it one view that does a bare UPDATE and nothing else."""

from __future__ import annotations

import sqlite3
from threading import local

from flask import Flask, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from portal.application import create_app

UPDATE = "UPDATE answer SET comment = ? WHERE assessment_id = ? AND question_id = ?"

app = create_app()
bare = Flask("bare")
_own = local()


def connection() -> sqlite3.Connection:
    """One for each thread, opened as the portal opens its own."""
    if not hasattr(_own, "connection"):
        address = app.extensions["portal"].settings.database.removeprefix("sqlite:///")
        _own.connection = sqlite3.connect(address, isolation_level=None, timeout=10)
        for pragma in ("journal_mode=TRUNCATE", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            _own.connection.execute(f"PRAGMA {pragma}")
    made: sqlite3.Connection = _own.connection
    return made


@bare.post("/")
def update() -> str:
    own = connection()
    own.execute("BEGIN IMMEDIATE")
    own.execute(UPDATE, (request.form["comment"], request.form["assessment"], request.form["question"]))
    own.execute("COMMIT")
    return "saved"


app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/bare": bare})  # type: ignore[method-assign]
