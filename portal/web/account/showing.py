"""Check the factor, or the password, that a form brings; guessing is slowed down per account."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from portal.clock import clock
from portal.services import factors, passkeys, passwords, recovery, throttles
from portal.web import current, letters, proofs
from portal.web.account import devices, waiting


class Wrong(Exception):
    """What was shown does not prove anything; the message says what to do."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def shown_factor() -> str:
    """Return which factor the form showed. Raises Wrong.

    The attempt is counted and committed before the check, so that guesses sent at once do not slip through together.
    """
    text, answer = request.form.get("code", ""), request.form.get("passkey", "")
    if not (text.strip() or answer):
        raise Wrong(_("Enter the code"))
    keys = _counted()
    how = _passkey(answer) if answer else _code(text)
    throttles.forget_failures(current.session(), keys)
    return how


def check_password() -> None:
    """Raises Wrong unless the form holds the person's password."""
    password = request.form.get("password", "")
    if not password:
        raise Wrong(_("Enter your password"))
    address = factors.address_of(current.session(), current.actor())
    credentials = passwords.credentials_of(current.session(), address)
    keys = _counted()
    if not passwords.password_matches(credentials, password):
        raise Wrong(_("The password is not right. Check it and try again."))
    throttles.forget_failures(current.session(), keys)


def tell_of_recovery_code() -> None:
    left = recovery.codes_left(current.session(), current.actor())
    body = _(
        "A recovery code was used to sign in to your account at %(portal)s. You have %(count)s codes left.\n\n"
        "If that was not you, change your password at once and tell those who run the portal.\n",
        portal=current.settings().name,
        count=left,
    )
    tell(_("A recovery code was used"), body)


def tell(subject: str, body: str) -> None:
    """Write to the person about their own factors."""
    address = factors.address_of(current.session(), current.actor())
    letters.post_all([address], subject, body, kind="factors")


def _counted() -> tuple[throttles.Key, ...]:
    """On a browser the person has used, what others do elsewhere does not count."""
    keys = throttles.factor_keys(current.actor(), devices.known_device(current.actor()))
    try:
        throttles.attempt(current.session(), keys, at=current.now())
    except throttles.SignInClosed:
        raise Wrong(
            _("Too many attempts have failed. Ask those who manage your organisation to remove your second factors."),
            429,
        ) from None
    except throttles.SignInBlocked as error:
        raise Wrong(waiting.words(error), 429) from None
    current.commit_now()
    return keys


def _passkey(answer: str) -> str:
    here = proofs.site()
    current.keep_changes()
    if here is None:
        raise Wrong(_("Passkeys do not work at this address. Use a code."))
    try:
        passkeys.take(current.session(), here, current.actor(), answer, at=current.now())
    except passkeys.WentBack:
        raise Wrong(
            _("This passkey may have been copied, so it was not accepted. Use a code, then remove the passkey.")
        ) from None
    except passkeys.Refused:
        raise Wrong(_("The passkey was not accepted. Try once more, or use a code.")) from None
    return factors.PASSKEY


def _code(text: str) -> str:
    session, person = current.session(), current.actor()
    if factors.take_code(session, current.sealer(), person, text, at=current.now(), shown_at=clock.machine()):
        return factors.APP
    if recovery.take_code(session, person, text, at=current.now()):
        tell_of_recovery_code()
        return factors.RECOVERY
    raise Wrong(_("The code is not right, or was used before. Wait for the next code in your app and enter that one."))
