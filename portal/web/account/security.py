"""One's own second factors: see, add, name and remove them, and get recovery codes."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.clock import clock
from portal.models import Authenticator
from portal.reports.qr import qr_path
from portal.services import factors, recovery
from portal.web import current, typed
from portal.web.account import onward, showing
from portal.web.account.blueprint import bp


@bp.get("/security")
def show_security() -> ResponseReturnValue:
    session, person = current.session(), current.actor()
    known = factors.authenticators_of(session, person)
    return render_template(
        "account/security.html",
        authenticators=known,
        codes_left=recovery.codes_left(session, person),
        demanded=not known and factors.role_demands_factor(session, person),
        next=onward.wanted() or None,
        changeable=factors.may_change(current.principal()),
        full=len(known) >= factors.MOST_FACTORS,
    )


@bp.get("/security/app")
def show_app() -> ResponseReturnValue:
    if not factors.may_change(current.principal()):
        return redirect(url_for(".show_security"))
    return _app_page(factors.offer_app(current.sealer(), current.principal(), at=current.now()), "", 200)


@bp.post("/security/app")
def add_app() -> ResponseReturnValue:
    try:
        offer = factors.open_offer(
            current.sealer(), current.principal(), request.form.get("offer", ""), at=current.now()
        )
    except factors.StaleOffer:
        flash(_("The page was open for too long. Scan the new code."), "warning")
        return redirect(url_for(".show_app", next=onward.wanted() or None))
    name, error = typed_name()
    if error:
        return _app_page(offer, error, 422)
    try:
        token = factors.add_app(
            current.session(),
            current.sealer(),
            current.principal(),
            offer,
            request.form.get("code", ""),
            name=name,
            at=current.now(),
            shown_at=clock.machine(),
        )
    except factors.WrongCode:
        error = _(
            "The code is not right. Enter the code that the app shows now. Check that your phone shows the right time."
        )
        return _app_page(offer, error, 422)
    except (factors.NotHere, factors.TooMany):
        return redirect(url_for(".show_security"))
    return finish_adding(token, _("An authenticator app was added"))


@bp.get("/security/<uuid:authenticator_id>")
def show_authenticator(authenticator_id: UUID) -> ResponseReturnValue:
    return _authenticator_page(_own_or_404(authenticator_id), "", 200)


@bp.post("/security/<uuid:authenticator_id>/name")
def rename_factor(authenticator_id: UUID) -> ResponseReturnValue:
    authenticator = _own_or_404(authenticator_id)
    name, error = typed_name()
    if error:
        return _authenticator_page(authenticator, error, 422)
    try:
        factors.rename(current.session(), current.principal(), authenticator_id, name, at=current.now())
    except factors.NotHere:
        abort(403)
    flash(_("The name has been changed."))
    return redirect(url_for(".show_security"))


@bp.post("/security/<uuid:authenticator_id>/removal")
def remove_factor(authenticator_id: UUID) -> ResponseReturnValue:
    authenticator = _own_or_404(authenticator_id)
    try:
        token = factors.remove(current.session(), current.principal(), authenticator_id, at=current.now())
    except factors.LastFactor:
        error = _("Your role needs a second factor, and this is your only one. Add another one first.")
        return _authenticator_page(authenticator, error, 409)
    except factors.NotHere:
        abort(403)
    subject = _("A second factor was removed")
    showing.tell(subject, _changed(subject))
    flash(_("It has been removed. You have been signed out everywhere else."))
    return _with_cookie(redirect(url_for(".show_security")), token)


@bp.post("/security/codes")
def make_recovery_codes() -> ResponseReturnValue:
    try:
        codes = recovery.make_codes(current.session(), current.principal(), at=current.now())
    except (recovery.NoFactor, factors.NotHere):
        return redirect(url_for(".show_security"))
    subject = _("New recovery codes were made")
    showing.tell(subject, _changed(subject))
    return render_template("account/codes.html", codes=codes, first=False, next=url_for(".show_security"))


def finish_adding(token: str, subject: str) -> ResponseReturnValue:
    """Tell the person by mail; with a first factor come the recovery codes, shown this once."""
    session, principal = current.session(), current.principal()
    showing.tell(subject, _changed(subject))
    if recovery.codes_left(session, principal.actor):
        flash(_("It has been added. You have been signed out everywhere else."))
        return _with_cookie(redirect(onward.wanted() or url_for(".show_security")), token)
    codes = recovery.first_codes(session, principal, at=current.now())
    onto = onward.wanted() or url_for(".show_security")
    return _with_cookie(make_response(render_template("account/codes.html", codes=codes, first=True, next=onto)), token)


def typed_name() -> tuple[str, str]:
    """The name for a factor, and what is wrong with it."""
    try:
        return typed.one_line(request.form.get("name", ""), longest=factors.LONGEST_NAME), ""
    except typed.Mistyped as wrong:
        return "", str(wrong)


def _app_page(offer: factors.AppOffer, error: str, status: int) -> ResponseReturnValue:
    address = factors.app_address(
        offer.secret,
        account=factors.address_of(current.session(), current.actor()),
        portal=current.settings().name,
    )
    path, size = qr_path(address)
    return render_template(
        "account/app.html",
        offer=offer,
        groups=[offer.secret[start : start + 4] for start in range(0, len(offer.secret), 4)],
        path=path,
        size=size,
        error=error,
        typed=request.form.get("name", ""),
    ), status


def _authenticator_page(authenticator: Authenticator, error: str, status: int) -> ResponseReturnValue:
    return render_template("account/authenticator.html", authenticator=authenticator, error=error), status


def _own_or_404(authenticator_id: UUID) -> Authenticator:
    try:
        return factors.own(current.session(), current.principal(), authenticator_id)
    except LookupError:
        abort(404)


def _changed(what: str) -> str:
    return _(
        "%(what)s for your account at %(portal)s. You have been signed out everywhere else.\n\n"
        "If that was not you, change your password at once and tell those who run the portal.\n",
        what=what,
        portal=current.settings().name,
    )


def _with_cookie(response: Response, token: str) -> Response:
    current.set_login_cookie(response, token)
    return response
