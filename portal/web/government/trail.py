"""What happened in one's own organisation, from the log."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.services.trail import read_trail
from portal.web import current
from portal.web.government.blueprint import bp


@bp.get("/trail")
def show_trail() -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    page = read_trail(current.session(), current.principal(), before=before)
    return render_template("government/trail.html", page=page)
