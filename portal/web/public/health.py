"""For machines that watch: is the process alive, can it do its work."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.web import current
from portal.web.public.blueprint import bp


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Alive: asks nothing of anybody, so that a slow database does not get the process restarted."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Ready: the database answers. Says no more than yes or no, since anyone may ask."""
    try:
        current.session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return Response("not ready\n", 503, {"Retry-After": "5"}, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
