"""Alerts: what somebody should look at, and who said that they do."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import administration
from portal.web import current
from portal.web.admin.blueprint import bp


@bp.get("/alerts")
def list_alerts() -> ResponseReturnValue:
    return render_template(
        "admin/alerts.html", alerts=administration.list_alerts(current.session(), current.principal())
    )


@bp.post("/alerts/<uuid:alert_id>/seen")
def mark_alert_seen(alert_id: UUID) -> ResponseReturnValue:
    try:
        administration.mark_seen(current.session(), current.principal(), alert_id, at=current.now())
    except LookupError:
        abort(404)
    flash(_("Marked as seen."))
    return redirect(url_for(".list_alerts"))
