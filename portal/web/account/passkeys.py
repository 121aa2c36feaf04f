"""Passkeys: the options that a browser asks for, a new passkey, and the whole sign-in with one."""

from __future__ import annotations

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import factors, passkeys
from portal.services.logins import Proof
from portal.web import current, proofs
from portal.web.account import devices, logins, security
from portal.web.account.blueprint import bp


@bp.post("/security/passkey/options")
def begin_passkey() -> Response:
    """What the browser needs to make a passkey."""
    try:
        return _json(passkeys.begin_adding(current.session(), current.principal(), _site(), at=current.now()))
    except (factors.NotHere, factors.TooMany):
        abort(409)


@bp.post("/factor/options")
def begin_proof() -> Response:
    """What the browser needs to use a passkey of the person who is signing in or proves who they are."""
    return _json(passkeys.begin(current.session(), _site(), current.actor(), at=current.now()))


@bp.post("/sign-in/passkey/options")
def begin_passkey_sign_in() -> Response:
    """What the browser needs to offer all passkeys it has for this portal: nobody has said who they are."""
    return _json(passkeys.begin(current.session(), _site(), None, at=current.now()))


@bp.get("/security/passkey")
def show_passkey() -> ResponseReturnValue:
    return _page("", 200)


@bp.post("/security/passkey")
def add_passkey() -> ResponseReturnValue:
    here = proofs.site()
    name, error = security.typed_name()
    if error:
        return _page(error, 422)
    if here is None:
        return _page(_("Passkeys do not work at this address."), 409)
    current.keep_changes()
    try:
        answer = request.form.get("passkey", "")
        token = passkeys.add(current.session(), current.principal(), here, answer, name=name, at=current.now())
    except passkeys.Refused:
        return _page(_("The passkey could not be added. Try once more."), 422)
    except (factors.NotHere, factors.TooMany):
        return redirect(url_for("account.show_security"))
    return security.finish_adding(token, _("A passkey was added"))


@bp.post("/sign-in/passkey")
def sign_in_with_passkey() -> ResponseReturnValue:
    here = proofs.site()
    current.keep_changes()
    try:
        if here is None:
            raise passkeys.Refused
        person = passkeys.take(current.session(), here, None, request.form.get("passkey", ""), at=current.now())
    except passkeys.Refused:
        return render_template("account/passkey_refused.html"), 422
    return logins.opened(person, Proof(method="passkey", two_factors=True, device=devices.device_text()))


@bp.app_template_global()
def passkeys_possible() -> bool:
    """Whether browsers allow passkeys at this address."""
    return proofs.site() is not None


def _site() -> passkeys.Site:
    return proofs.site() or abort(409)


def _json(options: str) -> Response:
    return Response(options, mimetype="application/json")


def _page(error: str, status: int) -> ResponseReturnValue:
    if not factors.may_change(current.principal()):
        return redirect(url_for("account.show_security"))
    typed = request.form.get("name", "")
    return render_template("account/passkey.html", error=error, typed=typed), status
