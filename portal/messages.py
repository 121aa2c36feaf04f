"""Our own words in a language, read from their source, without a web request and without a folder to compile into."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

TRANSLATIONS = Path(__file__).parent / "translations"


class UnknownLanguage(ValueError):
    """Not a language tag we know."""


def locale_of(language: str) -> Locale:
    """Return the locale of a language (BCP 47 tag). Raises UnknownLanguage."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        raise UnknownLanguage(f"{language!r} is not a language we know") from None


def translations_in(locale: Locale) -> NullTranslations:
    """Return what is translated; the rest is said in English, so that nothing has holes."""
    for name in (str(locale), locale.language):
        source = TRANSLATIONS / name / "LC_MESSAGES" / "messages.po"
        if source.is_file():
            with source.open("rb") as lines, BytesIO() as compiled:
                write_mo(compiled, read_po(lines, locale=name))
                compiled.seek(0)
                return Translations(compiled)
    return NullTranslations()
