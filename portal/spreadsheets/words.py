"""The words of workbooks in the reader's language, without a web request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from babel.support import NullTranslations

from portal.messages import locale_of, translations_in


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
    locale = locale_of(language)
    return Words(language, locale, translations_in(locale))
