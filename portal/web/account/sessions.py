"""One's own sign-ins: see them, end them, and stay signed in."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import logins, own_logins
from portal.web import current
from portal.web.account.blueprint import bp


@bp.get("/sign-ins")
def show_logins() -> ResponseReturnValue:
    found = own_logins.open_logins(current.session(), current.principal(), current.portal().limits, at=current.now())
    return render_template("account/logins.html", logins=found)


@bp.post("/sign-ins/<uuid:handle>/end")
def end_login(handle: UUID) -> ResponseReturnValue:
    try:
        was_this = own_logins.end_one(current.session(), current.principal(), handle, at=current.now())
    except LookupError:
        abort(404)
    if not was_this:
        flash(_("That sign-in has ended."))
        return redirect(url_for("account.show_logins"))
    flash(_("You have signed out."))
    response = redirect(url_for("public.home"))
    current.clear_login_cookie(response)
    return response


@bp.post("/sign-ins/end-others")
def end_other_logins() -> ResponseReturnValue:
    own_logins.end_others(current.session(), current.principal(), at=current.now())
    flash(_("You are signed out everywhere else."))
    return redirect(url_for("account.show_logins"))


@bp.post("/stay")
def stay() -> ResponseReturnValue:
    """Somebody is still there. Nothing lengthens the whole time of a sign-in, this neither."""
    principal = current.principal()
    logins.touch_login(current.session(), principal, at=current.now())
    left = int((principal.ends_at - current.now()).total_seconds()) if principal.ends_at else 0
    return jsonify(idle=int(principal.idle.total_seconds()), left=left)
