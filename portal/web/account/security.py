"""The page of one's own second factors: see, add, name and remove them, and recovery codes."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.web.account.blueprint import bp


@bp.get("/security")
def show_security() -> ResponseReturnValue:
    return render_template("account/security.html")
