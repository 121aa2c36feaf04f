"""What people are told about new passwords, wherever they set one."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from portal.services.password_rules import SHORTEST, Fault, fault_of

HINT = _l(
    "At least %(shortest)s characters. Several words in a row are easy to remember and hard to guess. Any letters and "
    "signs will do.",
    shortest=SHORTEST,
)
_WORDS = {
    Fault.SHORT: _l("Use at least %(shortest)s characters, such as a few words in a row", shortest=SHORTEST),
    Fault.LONG: _l("The password is too long for the portal. Use a shorter one"),
    Fault.COMMON: _l("This password is one of those that are guessed first. Use words that do not belong together"),
    Fault.PERSONAL: _l("The password is mostly made of your name, your address or the name of the portal. Add words"),
    Fault.UNREADABLE: _l("The password holds a character that no keyboard writes. Type it again"),
}


def complaint(password: str, about: Iterable[str]) -> str | None:
    """Why the password is not taken, in words, or None. `about`: the portal, the person and their organisation."""
    fault = fault_of(password, about)
    return str(_WORDS[fault]) if fault else None
