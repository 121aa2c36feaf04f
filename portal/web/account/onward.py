"""Where a person goes on after a step that stood in the way."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request, url_for


def wanted() -> str:
    """The path of ours in `next`, or nothing: any other address could lead away from the portal."""
    path = request.args.get("next", "")
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith("//") and not parts.netloc and not parts.scheme
    return path if ours and path.isprintable() and "\\" not in path else ""


def next_page() -> str:
    """The page the person wanted, or the home of the organisation they work for."""
    return wanted() or url_for("account.choose_organisation", go=1)
