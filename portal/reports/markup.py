"""The report as HTML: our own templates, filled without a web request, every value escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.reports.formats import filters
from portal.reports.parts import AssessmentReport

PORTAL = Path(__file__).parents[1]
TEMPLATES = PORTAL / "templates"
TRANSLATIONS = PORTAL / "translations"
#: English without a country writes days first, as nearly everyone does.
INTERNATIONAL = {"en": "en-GB"}


class UnknownLanguage(ValueError):
    """Not a language tag we can set a report in."""


def report_html(report: AssessmentReport, *, language: str = "en", incomplete: bool = False) -> str:
    """Return the whole report as one HTML document in this language (BCP 47 tag). Raises UnknownLanguage.

    What is not translated yet appears in English, so a report never has holes. `incomplete` adds the notice that some
    characters could not be printed.
    """
    locale = locale_of(language)
    template = _environment(language).get_template("reports/report.html")
    return template.render(report=report, lang=language, dir=_direction(locale), incomplete=incomplete)


def locale_of(language: str) -> Locale:
    try:
        return Locale.parse(INTERNATIONAL.get(language, language), sep="-")
    except (UnknownLocaleError, ValueError):
        raise UnknownLanguage(f"{language!r} is not a language we know") from None


def _direction(locale: Locale) -> str:
    return "rtl" if locale.text_direction == "rtl" else "ltr"


@lru_cache(maxsize=32)
def _environment(language: str) -> Environment:
    """One environment for each language, because compiled templates keep the filters they were compiled with."""
    locale = locale_of(language)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    found = (
        Translations.load(TRANSLATIONS, [str(locale), locale.language]) if TRANSLATIONS.is_dir() else NullTranslations()
    )
    environment.install_gettext_translations(found, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(filters(locale))
    return environment
