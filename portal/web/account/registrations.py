"""A company registers itself: the form, the mail, the link in it, and another company of the same person."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import passwords, registrations, throttles
from portal.services.logins import Proof
from portal.services.registrations import Company, Registration
from portal.services.throttles import SignInBlocked
from portal.web import current, letters, new_passwords
from portal.web.account import devices, logins, waiting
from portal.web.account.blueprint import bp
from portal.web.account.people_forms import CompanyForm, ConfirmForm, RegistrationForm
from portal.web.countries import countries


@bp.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """The answer is the same whether or not the address has an account; only its owner reads which."""
    form = RegistrationForm()
    _offer_countries(form)
    if not form.is_submitted():
        return render_template("account/register.html", form=form)
    if not form.validate():
        return render_template("account/register.html", form=form), 422
    email = passwords.fold(form.email.data)
    try:
        throttles.attempt(current.session(), throttles.mail_keys(email, current.network()), at=current.now())
    except SignInBlocked as error:
        form.email.errors = [waiting.words_about_mail(error)]
        return render_template("account/register.html", form=form), 429
    registration = Registration(_company(form), form.person.data, email)
    token, known = registrations.begin(current.session(), current.sealer(), registration, at=current.now())
    _send(email, token, known)
    return render_template("account/registered.html", email=email)


@bp.route("/register/<token>", methods=["GET", "POST"])
def confirm_registration(token: str) -> ResponseReturnValue:
    registration = _registration(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        about = (current.settings().name, registration.email, registration.person, registration.company.name)
        if complaint := new_passwords.complaint(form.password.data, about):
            form.password.errors = [complaint]
        else:
            return _confirmed(token, registration, form.password.data)
    code = 422 if form.is_submitted() else 200
    return render_template("account/confirm.html", form=form, registration=registration), code


@bp.route("/companies/new", methods=["GET", "POST"])
def add_company() -> ResponseReturnValue:
    form = CompanyForm()
    _offer_countries(form)
    if form.validate_on_submit():
        try:
            throttles.attempt(current.session(), throttles.company_keys(current.actor()), at=current.now())
        except SignInBlocked as error:
            form.name.errors = [waiting.words_about_companies(error)]
            return render_template("account/add_company.html", form=form), 429
        registrations.add_company(current.session(), current.principal(), _company(form), at=current.now())
        flash(_("Your company is registered. Choose it to work for it."))
        return redirect(url_for("account.choose_organisation"))
    return render_template("account/add_company.html", form=form), 422 if form.is_submitted() else 200


def _confirmed(token: str, registration: Registration, password: str) -> ResponseReturnValue:
    """The hash is made outside any transaction; then account, company and sign-in are stored together."""
    current.release_lock()
    hashed = passwords.hash_password(password)
    try:
        user_id, membership_id = registrations.confirm(
            current.session(), token, registration, password_hash=hashed, at=current.now()
        )
    except LookupError:
        abort(404)
    flash(_("Your company is registered. A government of your country looks the registration number up."))
    return logins.opened(user_id, Proof(device=devices.device_text()), membership_id=membership_id)


def _registration(token: str) -> Registration:
    try:
        return registrations.find(current.session(), current.sealer(), token, at=current.now())
    except LookupError:
        abort(404)


def _company(form: CompanyForm) -> Company:
    return Company(form.name.data, form.local_name.data or "", form.country.data, form.registration_number.data)


def _offer_countries(form: CompanyForm) -> None:
    form.country.choices = [("", ""), *countries()]


def _send(email: str, token: str, known: bool) -> None:
    """Two letters of one kind: nobody but the reader can tell which was sent."""
    portal = current.settings().name
    if known:
        body = _(
            "Somebody, probably you, wants to register a company at %(portal)s with this address. You have an account "
            "already.\n\nSign in and add the company there:\n%(address)s\n\nIf it was not you, do nothing.\n",
            portal=portal,
            address=letters.address_of(url_for("account.add_company")),
        )
    else:
        body = _(
            "Somebody, probably you, wants to register a company at %(portal)s with this address.\n\n"
            "Confirm it within two days on this page:\n%(address)s\n\n"
            "If it was not you, do nothing: nothing is kept.\n",
            portal=portal,
            address=letters.address_of(url_for("account.confirm_registration", token=token)),
        )
    letters.post_all([email], _("Register your company"), body, kind="registration")
