"""The cookie of a browser a person has used, and what to call that browser."""

from __future__ import annotations

import re
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from portal.services import devices
from portal.web import current

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
#: What a User-Agent holds -> what people call it; the first that fits, as most pretend to be others too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_text() -> str:
    """Browser and system in a few words, such as "Firefox, Windows"; nothing of what cannot be told."""
    told = request.headers.get("User-Agent", "")
    names = (next((name for mark, name in known if mark in told), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in names if name)


def known_device(user_id: UUID | None) -> str:
    """The id of this browser if the person has used it, else nothing."""
    return devices.known_device(current.session(), user_id, _token(), at=current.now())


def remember(response: Response, user_id: UUID) -> None:
    """Note that the person uses this browser: called when a sign-in is complete, with the second factor if owed."""
    token = devices.remember_device(current.session(), user_id, _token(), at=current.now())
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=devices.KEPT,
        httponly=True,
        secure=current.settings().https_only,
        samesite="Lax",
        path="/",
    )


def _token() -> str:
    token = request.cookies.get(_cookie_name(), "")
    return token if _TOKEN.fullmatch(token) else ""


def _cookie_name() -> str:
    return "__Host-device" if current.settings().https_only else "device"
