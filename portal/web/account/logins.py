"""Sign in, sign out, and choose the organisation to work for."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.models import OrganisationKind
from portal.services import accounts
from portal.web import current
from portal.web.account.blueprint import bp
from portal.web.account.forms import SignInForm

HOMES = {OrganisationKind.COMPANY: "company.home", OrganisationKind.GOVERNMENT: "government.list_submissions"}


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if request.method == "GET" and current.principal().is_signed_in:
        return redirect(home_of_principal())
    if form.validate_on_submit():
        try:
            return _signed_in(form.email.data, form.password.data)
        except accounts.SignInFailed:
            form.password.errors = [_("The e-mail address or the password is not right. Check both and try again.")]
        except accounts.SignInBlocked as error:
            minutes = max(1, round(error.seconds / 60))
            wait = ngettext("Wait %(num)d minute, then try again.", "Wait %(num)d minutes, then try again.", minutes)
            form.password.errors = [_("Too many attempts have failed.") + " " + wait]
            return render_template("account/sign_in.html", form=form), 429
    return render_template("account/sign_in.html", form=form), 422 if request.method == "POST" else 200


def _signed_in(email: str, password: str) -> ResponseReturnValue:
    """Check and open the sign-in; the check runs outside any transaction. Raises SignInFailed, SignInBlocked."""
    keys = accounts.throttle_keys(email, current.network())
    accounts.refuse_if_blocked(current.session(), keys, at=current.now())
    credentials = accounts.credentials_of(current.session(), email)
    current.release_lock()
    if not accounts.password_matches(credentials, password) or credentials.user_id is None:
        accounts.count_failure(current.session(), keys, at=current.now())
        current.keep_changes()
        raise accounts.SignInFailed
    accounts.forget_failures(current.session(), keys)
    token = accounts.open_login(current.session(), credentials.user_id, at=current.now())
    language = cookie.get("language")
    cookie.clear()
    if language:
        cookie["language"] = language
    response = redirect(_next_page())
    current.set_login_cookie(response, token)
    return response


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    accounts.close_login(current.session(), current.principal(), at=current.now())
    cookie.clear()
    flash(_("You have signed out."))
    response = redirect(url_for("public.home"))
    current.clear_login_cookie(response)
    return response


@bp.route("/organisation", methods=["GET", "POST"])
def choose_organisation() -> ResponseReturnValue:
    memberships = accounts.memberships_of(current.session(), current.principal())
    if request.method == "POST":
        chosen = _uuid(request.form.get("membership", ""))
        if chosen and accounts.choose_membership(current.session(), current.principal(), chosen, at=current.now()):
            return redirect(url_for("account.choose_organisation", go=1))
        page = render_template("account/organisation.html", memberships=memberships, error=True)
        return page, 422
    if request.args.get("go") and current.principal().kind in HOMES:
        return redirect(home_of_principal())
    return render_template("account/organisation.html", memberships=memberships, error=False)


def home_of_principal() -> str:
    kind = current.principal().kind
    return url_for(HOMES[kind]) if kind in HOMES else url_for("account.choose_organisation")


def _next_page() -> str:
    """Where the person wanted to go, if that is a path of ours; anything else could lead away from the portal."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return wanted if ours and "\\" not in wanted else url_for("account.choose_organisation", go=1)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
