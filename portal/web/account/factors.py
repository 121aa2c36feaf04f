"""The second factor after a password."""

from __future__ import annotations

from flask import abort, redirect, render_template
from flask.typing import ResponseReturnValue

from portal.services import factors
from portal.web import current, proofs
from portal.web.account import devices, onward, showing
from portal.web.account.blueprint import bp


@bp.get("/factor")
def show_factor() -> ResponseReturnValue:
    if not current.principal().owes_factor:
        return redirect(onward.next_page())
    return _page("", 200)


@bp.post("/factor")
def check_factor() -> ResponseReturnValue:
    if not current.principal().owes_factor:
        return redirect(onward.next_page())
    try:
        how = showing.shown_factor()
    except showing.Wrong as wrong:
        return _page(wrong.message, wrong.status)
    try:
        token = factors.proved(current.session(), current.principal(), how, at=current.now())
    except LookupError:
        abort(401)
    response = redirect(onward.next_page())
    devices.remember(response, current.actor())
    current.set_login_cookie(response, token)
    return response


@bp.get("/factor/lost")
def show_lost_factor() -> ResponseReturnValue:
    return render_template("account/lost.html")


def _page(error: str, status: int) -> ResponseReturnValue:
    return render_template("account/factor.html", error=error, passkey=proofs.has_passkey()), status
