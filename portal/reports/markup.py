"""The report as HTML: our own templates, filled without a web request, every value escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal import messages
from portal.reports.formats import filters
from portal.reports.parts import AssessmentReport

TEMPLATES = Path(__file__).parents[1] / "templates"
#: English without a country writes days first, as nearly everyone does.
INTERNATIONAL = {"en": "en-GB"}


def report_html(report: AssessmentReport, *, language: str = "en", incomplete: bool = False) -> str:
    """Return the whole report as one HTML document in this language (BCP 47 tag). Raises UnknownLanguage.

    What is not translated yet appears in English, so a report never has holes. `incomplete` adds the notice that some
    characters could not be printed.
    """
    return render("reports/report.html", language, report=report, incomplete=incomplete)


def render(template: str, language: str, **values: object) -> str:
    """Fill one of our templates in this language, without a web request. Raises UnknownLanguage."""
    locale = locale_of(language)
    return _environment(language).get_template(template).render(lang=language, dir=_direction(locale), **values)


def locale_of(language: str) -> Locale:
    return messages.locale_of(INTERNATIONAL.get(language, language))


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
    environment.install_gettext_translations(messages.translations_in(locale), newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(filters(locale))
    return environment
