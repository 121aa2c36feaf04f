"""What to tell a person whose guesses are held up."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.services.throttles import SignInBlocked, SignInClosed


def words(error: SignInBlocked) -> str:
    """How long to wait; or, where waiting does not help, what does."""
    if isinstance(error, SignInClosed):
        return _(
            "Too many attempts have failed. Set a new password by mail, or sign in with a browser you have used before."
        )
    return _("Too many attempts have failed.") + " " + _wait(error)


def words_about_mail(error: SignInBlocked) -> str:
    return _("Several mails are on their way already. Look among unwanted mail too.") + " " + _wait(error)


def words_about_companies(error: SignInBlocked) -> str:
    return _("You have registered many companies today.") + " " + _wait(error)


def words_about_invitations(error: SignInBlocked) -> str:
    return _("Too many invitations were sent in a short time.") + " " + _wait(error)


def _wait(error: SignInBlocked) -> str:
    minutes = max(1, -(-error.seconds // 60))
    return ngettext("Wait %(num)d minute, then try again.", "Wait %(num)d minutes, then try again.", minutes)
