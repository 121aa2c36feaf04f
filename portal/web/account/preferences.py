"""What mail a person gets, and in which language."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from portal.models import User
from portal.services.people import set_mail_choices
from portal.web import current, languages
from portal.web.account.blueprint import bp


@bp.route("/preferences", methods=["GET", "POST"])
def edit_preferences() -> ResponseReturnValue:
    offered = languages.languages()
    if request.method == "POST":
        language = request.form.get("language", "")
        set_mail_choices(
            current.session(),
            current.principal(),
            language if language in offered else "",
            request.form.get("reminders") == "yes",
            at=current.now(),
        )
        flash(_("Saved."))
        return redirect(url_for(".edit_preferences"))
    row = (
        current.session().execute(select(User.language, User.reminders_off_at).where(User.id == current.actor())).one()
    )
    return render_template("account/preferences.html", language_of_mail=row.language, reminders=row[1] is None)
