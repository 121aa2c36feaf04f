"""The words of workbooks in the reader's language, without a web request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

TRANSLATIONS = Path(__file__).parents[1] / "translations"


class UnknownLanguage(ValueError):
    """Not a language tag we can make a workbook in."""


@dataclass(frozen=True, slots=True)
class Words:
    """Called like gettext. What is not translated yet is said in English, so that a workbook never has holes."""

    language: str
    locale: Locale
    translations: NullTranslations

    def __call__(self, text: str, **values: object) -> str:
        found: str = self.translations.gettext(text)
        return found % values if values else found

    @property
    def is_right_to_left(self) -> bool:
        return bool(self.locale.text_direction == "rtl")


@lru_cache(maxsize=32)
def words_in(language: str) -> Words:
    """Return the words of a language (BCP 47 tag). Raises UnknownLanguage."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        raise UnknownLanguage(f"{language!r} is not a language we know") from None
    return Words(language, locale, _translations(locale))


def _translations(locale: Locale) -> NullTranslations:
    for name in (str(locale), locale.language):
        source = TRANSLATIONS / name / "LC_MESSAGES" / "messages.po"
        if source.is_file():
            with source.open("rb") as lines, BytesIO() as compiled:
                write_mo(compiled, read_po(lines, locale=name))
                compiled.seek(0)
                return Translations(compiled)
    return NullTranslations()
