"""How the portal runs: mail, jobs, the age of the log's checkpoint, alerts nobody has seen."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.services import checkpoints
from portal.services.administration import state_of
from portal.web import current
from portal.web.admin.blueprint import bp

#: Minutes after which a checkpoint is overdue: one is signed at least hourly.
OVERDUE = 90


@bp.get("")
def home() -> ResponseReturnValue:
    """The start of the area, for those who run the portal and for those who only look after questionnaires."""
    return redirect(url_for(".show_state" if current.may("admin.show_state") else ".list_questionnaires"))


@bp.get("/state")
def show_state() -> ResponseReturnValue:
    age = checkpoints.age(current.session(), at=current.now())
    return render_template(
        "admin/state.html",
        state=state_of(current.session(), current.principal()),
        checkpoint=checkpoints.latest(current.session()),
        overdue=age is None or age > OVERDUE,
    )
