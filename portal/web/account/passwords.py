"""Change one's password, or set a new one by a link in a mail."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.services import password_changes, passwords, throttles
from portal.services.outbox import Letter
from portal.services.password_changes import Account, Outdated
from portal.services.passwords import Credentials
from portal.services.throttles import SignInBlocked
from portal.web import current, letters, new_passwords
from portal.web.account import devices, logins, waiting
from portal.web.account.blueprint import bp
from portal.web.account.forms import ChangePasswordForm, ForgottenForm, ResetForm


@bp.get("/password")
def show_password() -> ResponseReturnValue:
    account = password_changes.account_of(current.session(), current.actor())
    return render_template("account/password.html", form=ChangePasswordForm(), email=account.email)


@bp.post("/password")
def change_password() -> ResponseReturnValue:
    if current.principal().is_demonstration:
        abort(403)
    form = ChangePasswordForm()
    account = password_changes.account_of(current.session(), current.actor())
    code = 422
    if form.validate():
        try:
            if _is_new(form, account) and _is_current(form.current.data, account):
                return _changed(account, form.new.data)
            form.current.errors = form.current.errors or ([] if form.new.errors else [_wrong()])
        except SignInBlocked as error:
            form.current.errors = [waiting.words(error)]
            code = 429
        except Outdated:
            form.current.errors = [_wrong()]
    return render_template("account/password.html", form=form, email=account.email), code


@bp.get("/password/forgotten")
def show_forgotten() -> ResponseReturnValue:
    return render_template("account/forgotten.html", form=ForgottenForm())


@bp.post("/password/forgotten")
def ask_for_link() -> ResponseReturnValue:
    """Answer and work are the same whether or not somebody has this address."""
    form = ForgottenForm()
    if not form.validate():
        return render_template("account/forgotten.html", form=form), 422
    email = passwords.fold(form.email.data)
    try:
        throttles.attempt(current.session(), throttles.mail_keys(email, current.network()), at=current.now())
    except SignInBlocked as error:
        form.email.errors = [waiting.words_about_mail(error)]
        return render_template("account/forgotten.html", form=form), 429
    link = password_changes.ask_for_link(current.session(), email, at=current.now())
    password_changes.post_link(current.session(), current.sealer(), _letter(link), at=current.now())
    return render_template("account/forgotten_sent.html")


@bp.get("/password/reset/<token>")
def show_reset(token: str) -> ResponseReturnValue:
    return render_template("account/reset.html", form=ResetForm(), email=_account_of(token).email)


@bp.post("/password/reset/<token>")
def reset_password(token: str) -> ResponseReturnValue:
    account = _account_of(token)
    form = ResetForm()
    if not form.validate() or not _is_new(form, account):
        return render_template("account/reset.html", form=form, email=account.email), 422
    current.release_lock()
    hashed = passwords.hash_password(form.new.data)
    try:
        password_changes.reset_password(current.session(), token, account, hashed, at=current.now())
    except LookupError:
        abort(404)
    _tell(account)
    logins.forget_form()
    flash(_("Your new password is set. Sign in with it."))
    response = redirect(url_for("account.sign_in"))
    current.clear_login_cookie(response)
    devices.remember(response, account.user_id)
    return response


def _changed(account: Account, password: str) -> ResponseReturnValue:
    hashed = passwords.hash_password(password)
    principal = current.principal()
    token = password_changes.change_password(current.session(), principal, account, hashed, at=current.now())
    throttles.forget_failures(current.session(), throttles.proof_keys(account.user_id))
    _tell(account)
    flash(_("Your password is changed. You are signed out everywhere else."))
    response = redirect(url_for("account.show_logins"))
    current.set_login_cookie(response, token)
    return response


def _is_new(form: ChangePasswordForm | ResetForm, account: Account) -> bool:
    """Whether the new password is taken; if not, the form says why."""
    about = (current.settings().name, *account.about)
    if complaint := new_passwords.complaint(form.new.data, about):
        form.new.errors = [complaint]
    return not form.new.errors


def _is_current(password: str, account: Account) -> bool:
    """The check runs outside any transaction, after the attempt was counted. Raises SignInBlocked."""
    throttles.attempt(current.session(), throttles.proof_keys(account.user_id), at=current.now())
    current.commit_now()
    return passwords.password_matches(Credentials(account.user_id, account.password_hash), password)


def _account_of(token: str) -> Account:
    """Whose link it is; one that is unknown, used or too old is told apart by nothing."""
    try:
        return password_changes.account_of_link(current.session(), token, at=current.now())
    except LookupError:
        abort(404)


def _letter(link: password_changes.ResetLink) -> Letter:
    body = _(
        "Somebody, probably you, asked for a new password at %(portal)s.\n\n"
        "Set it within %(minutes)s minutes on this page:\n%(address)s\n\n"
        "The link works once. If you did not ask for it, do nothing: your password stays as it is.\n",
        portal=current.settings().name,
        minutes=int(password_changes.LINK_LASTS.total_seconds() // 60),
        address=letters.address_of(url_for("account.show_reset", token=link.token)),
    )
    language = str(get_locale() or "en").replace("_", "-")
    return Letter(to=link.email, subject=_("Set a new password"), body=body, language=language)


def _tell(account: Account) -> None:
    body = _(
        "The password of your account at %(portal)s was changed. Everybody who was signed in to it was signed out.\n\n"
        "If that was not you, set a new password at once:\n%(address)s\n\n"
        "and tell those who run the portal.\n",
        portal=current.settings().name,
        address=letters.address_of(url_for("account.show_forgotten")),
    )
    letters.post_all([account.email], _("Your password was changed"), body, kind="password")


def _wrong() -> str:
    return _("The password you use now is not right. Check it and try again.")
