"""The method page: every rule of the score and of the findings, with the numbers the code itself uses."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.domain.caps import TOPS
from portal.domain.disclosure.settings import DisclosureSettings
from portal.domain.incidents import INCIDENTS
from portal.domain.scorecard import show
from portal.web import current
from portal.web.public.blueprint import bp


@bp.get("/method")
def show_method() -> ResponseReturnValue:
    limits = DisclosureSettings(threshold=current.settings().release_threshold)
    return render_template("public/method.html", tops=[show(top) for top in TOPS], incidents=INCIDENTS, limits=limits)
