"""The audit log as everybody may see it: signed checkpoints, the key they are signed with, and how to check them."""

from __future__ import annotations

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from portal.services import checkpoints
from portal.web import current
from portal.web.public.blueprint import bp


@bp.get("/log")
def show_log() -> ResponseReturnValue:
    return render_template(
        "public/log.html",
        checkpoints=checkpoints.listed(current.session()),
        key=checkpoints.public_key(current.settings()),
    )


@bp.get("/log/checkpoint")
def download_latest_checkpoint() -> ResponseReturnValue:
    found = checkpoints.latest(current.session()) or abort(404)
    return _as_text(found.note)


@bp.get("/log/checkpoints/<int:size>")
def download_checkpoint(size: int) -> ResponseReturnValue:
    found = checkpoints.find(current.session(), size) or abort(404)
    return _as_text(found.note)


def _as_text(note: str) -> Response:
    """Byte for byte what was signed."""
    return Response(note, mimetype="text/plain")
