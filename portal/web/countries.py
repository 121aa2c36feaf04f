"""Countries as people read and write them: in the language of the page, in English, or by their two letters."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.web.typed import Mistyped, clean


def country_code(text: str) -> str | None:
    """Read a country as people write it: its name in the page's language or in English, or its two letters."""
    wanted = clean(text, longest=100).casefold()
    if not wanted:
        return None
    for language in (str(get_locale() or "en"), "en"):
        for code, name in _named(language):
            if wanted in (name.casefold(), code.casefold()):
                return code
    raise Mistyped(_("We do not know the country “%(name)s”. Choose one from the list.", name=text.strip()[:60]))


def country_name(code: str) -> str:
    return dict(countries()).get(code, code)


def countries() -> tuple[tuple[str, str], ...]:
    """Codes and names of all countries and areas, by their name in the language of the page."""
    return _named(str(get_locale() or "en"))


@lru_cache(maxsize=32)
def _named(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(language).territories
    known = (
        (code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    )
    return tuple(sorted(known, key=lambda item: item[1]))


#: Codes Babel names that are no countries: groupings, and places for private use.
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
