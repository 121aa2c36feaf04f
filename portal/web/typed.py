"""What people type, cleaned at the edge: the same rules for every field of every form."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from flask_babel import gettext as _

from portal.domain.canonical import UNFIT

#: Marks of direction and blanks without width; the joiners that Persian and Indic words need stay.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DAY_FIRST = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4})")


class Mistyped(ValueError):
    """The message says what to do, in the reader's language."""


def clean(text: str, *, longest: int = 10_000) -> str:
    """Return text as it is stored: NFC, line feeds only, no blanks at the ends. Raises Mistyped."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if UNFIT.search(text):
        raise Mistyped(_("The text holds characters that cannot be stored. Type it again instead of pasting it."))
    if len(text) > longest:
        raise Mistyped(_("Shorten the text to %(count)s characters; it has %(now)s.", count=longest, now=len(text)))
    return text


def one_line(text: str, *, longest: int = 200) -> str:
    """Return a name as it is stored: on one line, without signs that nobody sees and that turn text around."""
    return clean(" ".join(_UNSEEN.sub("", text).split()), longest=longest)


def number(text: str) -> int | float | None:
    """Read a number in any decimal digits, with blanks between thousands; None if nothing stands there."""
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text).replace("\u066b", ".")
    plain = re.sub(r"[\s\u00a0\u202f_]", "", plain)
    if not plain:
        return None
    if re.fullmatch(r"-?\d{1,15}", plain):
        return int(plain)
    if re.fullmatch(r"-?\d{1,15}[.,]\d{1,6}", plain):
        return float(plain.replace(",", "."))
    raise Mistyped(_("Enter a number in digits, such as 40."))


def day(text: str) -> date | None:
    """Read a date as the browser's field sends it, or typed as day month year."""
    text = text.strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    if found := _DAY_FIRST.fullmatch(text):
        try:
            return date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            pass
    raise Mistyped(_("Enter the date as day month year, for example 30 4 2027."))
