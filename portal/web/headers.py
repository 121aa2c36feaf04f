"""Security headers on every response, and how long each may be kept."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, session

from portal.web import current

#: Nothing runs, loads or frames but our own files: an injected tag stays text.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: For files people take away: whatever is in them, a browser that shows them runs, loads, sends and frames nothing.
SANDBOX = "; ".join(
    (
        "sandbox",
        "default-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
HSTS = "max-age=63072000; includeSubDomains"
#: Seconds a public page may be kept: a release is frozen, but a new one should appear soon.
PUBLIC_AGE = 300
A_YEAR = 31536000


def init_app(app: Flask) -> None:
    app.after_request(_add_headers)
    app.url_defaults(_name_by_content)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current.settings().https_only:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if request.endpoint == "account.sign_out" and response.status_code < 400:
        response.headers["Clear-Site-Data"] = '"storage"'  # unsent answers on a shared device are for nobody else
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        kept = f"{A_YEAR}, immutable" if "v" in request.args else str(PUBLIC_AGE)
        response.headers["Cache-Control"] = f"public, max-age={kept}"
        return response
    if _is_public(response):
        response.headers.setdefault("Cache-Control", f"public, max-age={PUBLIC_AGE}")
        response.vary.update(("Accept-Language", "Cookie"))
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_public(response: Response) -> bool:
    """Only pages that are the same for every stranger may be shared: no person, no cookie, no failure."""
    return (
        request.blueprint in ("public", "api")
        and request.method in current.SAFE
        and response.status_code in (200, 304)
        and not request.cookies
        and not current.principal().is_signed_in
        and not session.modified  # its cookie is set after this
        and request.endpoint not in ("public.healthz", "public.readyz")
    )


def _name_by_content(endpoint: str, values: dict[str, Any]) -> None:
    """Add a digest to addresses of static files, so that they can be kept for ever and still change."""
    if endpoint == "static" and "filename" in values and "v" not in values:
        values["v"] = _digest(values["filename"])


@lru_cache(maxsize=256)
def _digest(filename: str) -> str | None:
    file = Path(__file__).resolve().parent.parent / "static" / filename
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else None
