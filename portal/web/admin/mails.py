"""Mail that could not be sent: what it was for and why, without its address or words; try again."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import administration
from portal.web import current
from portal.web.admin.blueprint import bp


@bp.get("/mails")
def list_failed_mails() -> ResponseReturnValue:
    return render_template(
        "admin/mails.html",
        mails=administration.failed_mails(current.session(), current.principal()),
        state=administration.state_of(current.session(), current.principal()),
    )


@bp.post("/mails/<uuid:mail_id>/again")
def try_mail_again(mail_id: UUID) -> ResponseReturnValue:
    try:
        administration.try_again(current.session(), current.principal(), mail_id, at=current.now())
    except LookupError:
        abort(404)
    flash(_("The mail is tried again."))
    return redirect(url_for(".list_failed_mails"))
