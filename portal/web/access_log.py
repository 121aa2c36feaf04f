"""One line for each request: which page by its rule, how it ended, how long it took; no address, no query, no token."""

from __future__ import annotations

import json
import logging
import secrets
import time
from uuid import UUID

from flask import Flask, Response, g, request

from portal import logs
from portal.web import current

log = logging.getLogger(logs.ACCESS)


def init_app(app: Flask) -> None:
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_tell)


def _begin() -> None:
    g.began = time.monotonic()
    logs.request_id.set(secrets.token_hex(8))


def _tell(response: Response) -> Response:
    response.headers["X-Request-Id"] = logs.request_id.get()
    if request.endpoint == "static" and response.status_code < 400:
        return response
    ids = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, UUID | int)}
    line = {
        "event": "request",
        "method": request.method if request.method in _METHODS else "other",
        "page": request.endpoint or "unknown",
        **({"ids": ids} if ids else {}),
        "status": response.status_code,
        "ms": round((time.monotonic() - g.get("began", time.monotonic())) * 1000),
        "user": current.principal().user_id,
        "organisation": current.principal().organisation_id,
    }
    log.info(json.dumps({name: value for name, value in line.items() if value is not None}, default=str))
    return response


_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
