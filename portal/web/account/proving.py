"""Prove once more who one is, before what binds an organisation or opens an account; nothing is typed twice."""

from __future__ import annotations

from flask import abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.services import factors
from portal.web import current, held, proofs
from portal.web.account import onward, showing
from portal.web.account.blueprint import bp


@bp.route("/prove", methods=["GET", "POST"])
def prove() -> ResponseReturnValue:
    """Ask for a factor where the person has one, else for the password; go on, or offer to send what was held."""
    form = held.held_before()
    if request.method == "GET":
        return proofs.proof_page(form, "", 200)
    try:
        how = _shown()
    except showing.Wrong as wrong:
        return proofs.proof_page(form, wrong.message, wrong.status)
    try:
        token = factors.proved(current.session(), current.principal(), how, at=current.now())
    except LookupError:
        abort(401)
    page = render_template("account/go_on.html", held=form) if form else redirect(onward.next_page())
    response = make_response(page)
    current.set_login_cookie(response, token)
    return response


def _shown() -> str:
    """How the person proved it; sample accounts belong to everybody, so that a press of the button will do."""
    if proofs.is_sample():
        return factors.DEMONSTRATION
    if factors.authenticators_of(current.session(), current.actor()):
        return showing.shown_factor()
    showing.check_password()
    return factors.PASSWORD
