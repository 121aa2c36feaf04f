"""What a person sent before proving who they are: held on the page, and sent again only by a press of their own."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, current_app, request
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from wtforms import ValidationError

from portal.authz.policy import FRESH_PROOF

#: The field that holds the address, and what stands before the names of all others.
PATH, PREFIX = "held-path", "held."
#: Asked for again, never written into a page.
NEVER = ("password", "csrf_token")


@dataclass(frozen=True, slots=True)
class Held:
    """A form of ours that waits: where it was going, and its fields without token, passwords and files."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def action(self) -> str:
        return request.script_root + self.path


def hold_request() -> Held | None:
    """Hold the form of this request; nothing without a valid token.

    The guard asks before the token is checked, and a foreign page's form must not be offered for sending as one's own.
    """
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return None
    fields = tuple((name, text) for name, text in request.form.items(multi=True) if _may_hold(name))
    return Held(request.full_path.rstrip("?"), fields)


def held_before() -> Held | None:
    """The form that the page with the proof brought along; only one that asks for such a proof is taken."""
    path = request.form.get(PATH)
    if path is None:
        return None
    if not _asks_for_proof(path):
        abort(400)
    prefixed = ((name, text) for name, text in request.form.items(multi=True) if name.startswith(PREFIX))
    return Held(path, tuple((name.removeprefix(PREFIX), text) for name, text in prefixed))


def _may_hold(name: str) -> bool:
    return not any(secret in name for secret in NEVER)


def _asks_for_proof(path: str) -> bool:
    if not path.startswith("/") or path.startswith("//") or not path.isprintable() or "\\" in path:
        return False
    try:
        endpoint, _values = current_app.url_map.bind("").match(path.partition("?")[0], method="POST")
    except (HTTPException, RequestRedirect):
        return False
    return (endpoint, "POST") in FRESH_PROOF
