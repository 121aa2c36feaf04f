"""The second factor after a password, and what to do when all of them are lost."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.web.account.blueprint import bp


@bp.get("/factor")
def show_factor() -> ResponseReturnValue:
    return render_template("account/factor.html")
