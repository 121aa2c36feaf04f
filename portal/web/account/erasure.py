"""Have one's own account erased."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import approvals
from portal.web import current
from portal.web.account.blueprint import bp


@bp.route("/erasure", methods=["GET", "POST"])
def erase_account() -> ResponseReturnValue:
    alone = approvals.left_without_manager(current.session(), current.actor())
    if request.method == "GET":
        return render_template("account/erasure.html", alone=alone, error="")
    if alone:
        error = _("Hand over your organisation first: without you nobody could manage it.")
        return render_template("account/erasure.html", alone=alone, error=error), 409
    if request.form.get("sure") != "yes":
        error = _("Tick the box to confirm that your account is to be erased.")
        return render_template("account/erasure.html", alone=alone, error=error), 422
    approvals.erase_own_account(current.session(), current.principal(), at=current.now())
    cookie.clear()
    response = redirect(url_for("public.home"))
    current.clear_login_cookie(response)
    return response
