"""Erasures that wait for a second person: a company of one owner has nobody else to approve."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import approvals
from portal.web import current
from portal.web.admin.blueprint import bp


@bp.get("/erasures")
def list_erasures() -> ResponseReturnValue:
    lines = approvals.open_erasures(current.session(), current.principal(), at=current.now())
    return render_template("admin/erasures.html", lines=lines)


@bp.post("/erasures/<uuid:approval_id>/approval")
def approve_erasure(approval_id: UUID) -> ResponseReturnValue:
    """An administrator never asks for an erasure here, so who approves is always a second person."""
    try:
        approvals.approve(current.session(), current.principal(), approval_id, at=current.now())
    except (LookupError, approvals.SamePerson):
        abort(404)
    flash(_("Approved. It is being erased now; that takes a few minutes."))
    return redirect(url_for(".list_erasures"))


@bp.post("/erasures/<uuid:approval_id>/withdrawal")
def withdraw_erasure(approval_id: UUID) -> ResponseReturnValue:
    try:
        approvals.withdraw(current.session(), current.principal(), approval_id, at=current.now())
    except LookupError:
        abort(404)
    flash(_("The request has been taken back. Nothing is erased."))
    return redirect(url_for(".list_erasures"))
