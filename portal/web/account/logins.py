"""Sign in, sign out, and choose the organisation to work for."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.models import OrganisationKind
from portal.services import logins, passwords, throttles
from portal.services.logins import Proof
from portal.services.throttles import SignInBlocked
from portal.web import current
from portal.web.account import devices, onward, waiting
from portal.web.account.blueprint import bp
from portal.web.account.forms import SignInForm

HOMES = {
    OrganisationKind.COMPANY: "company.home",
    OrganisationKind.GOVERNMENT: "government.list_submissions",
    OrganisationKind.ADMINISTRATION: "admin.home",
}


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if request.method == "GET" and current.principal().is_signed_in:
        return redirect(home_of_principal())
    code = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            return _signed_in(form.email.data, form.password.data)
        except passwords.SignInFailed:
            form.password.errors = [_("The e-mail address or the password is not right. Check both and try again.")]
        except SignInBlocked as error:
            form.password.errors = [waiting.words(error)]
            code = 429
    return render_template("account/sign_in.html", form=form, goes_on=bool(onward.wanted())), code


def _signed_in(email: str, password: str) -> ResponseReturnValue:
    """Check and open the sign-in; the check runs outside any transaction. Raises SignInFailed, SignInBlocked."""
    credentials = passwords.credentials_of(current.session(), email)
    device = devices.known_device(credentials.user_id)
    account = throttles.account_keys(email, current.network())
    keys = throttles.device_keys(device) if device else account
    throttles.attempt(current.session(), keys, at=current.now())
    current.commit_now()
    if not passwords.password_matches(credentials, password) or credentials.user_id is None:
        raise passwords.SignInFailed
    throttles.forget_failures(current.session(), keys)
    throttles.reopen(current.session(), account[:1])
    return opened(credentials.user_id, Proof(device=devices.device_text()))


def opened(user_id: UUID, proof: Proof, *, membership_id: UUID | None = None, wanted: str = "") -> Response:
    """Open the sign-in that was proved, in place of one this browser may have, and lead on to the page wanted.

    `wanted` is a path of ours that was kept on the way; usually it stands in the address.
    """
    session, at = current.session(), current.now()
    token = logins.open_login(session, user_id, at=at, proof=proof, membership_id=membership_id)
    logins.replace_login(session, current.principal(), at=at)
    forget_form()
    goal = wanted or onward.wanted()
    owed = not proof.two_factors and logins.has_factor(session, user_id)
    response = redirect(url_for("account.show_factor", next=goal or None) if owed else goal or onward.next_page())
    if not owed:
        devices.remember(response, user_id)
    current.set_login_cookie(response, token)
    return response


def forget_form() -> None:
    """A new sign-in, a new form token: pages opened before it cannot be sent any more. The language stays."""
    language = cookie.get("language")
    cookie.clear()
    if language:
        cookie["language"] = language


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    logins.close_login(current.session(), current.principal(), at=current.now())
    cookie.clear()
    flash(_("You have signed out."))
    response = redirect(url_for("public.home"))
    current.clear_login_cookie(response)
    return response


@bp.route("/organisation", methods=["GET", "POST"])
def choose_organisation() -> ResponseReturnValue:
    memberships = logins.memberships_of(current.session(), current.principal())
    if request.method == "POST":
        chosen = _uuid(request.form.get("membership", ""))
        if chosen and logins.choose_membership(current.session(), current.principal(), chosen, at=current.now()):
            return redirect(onward.next_page())
        page = render_template("account/organisation.html", memberships=memberships, error=True)
        return page, 422
    if request.args.get("go") and current.principal().kind in HOMES:
        return redirect(home_of_principal())
    return render_template("account/organisation.html", memberships=memberships, error=False)


def home_of_principal() -> str:
    kind = current.principal().kind
    return url_for(HOMES[kind]) if kind in HOMES else url_for("account.choose_organisation")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
