"""What templates may do to a value before it is shown: dates, sizes, names of countries, safe addresses."""

from __future__ import annotations

import re
from datetime import date, datetime

from babel import Locale
from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, get_locale
from flask_babel import gettext as _

from portal.domain.wording import language_of
from portal.reports import formats
from portal.web import current, languages, navigation

_EMAIL = re.compile(r"[^@\s<>\"']+@[^@\s<>\"']+\.[^@\s<>\"']+")


def init_app(app: Flask) -> None:
    navigation.init_app(app)
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        month=month,
        size=size,
        country=country,
        web_address=web_address,
        count=count,
        direction=formats.direction,
        grouped=formats.grouped,
        lang=language_of,
        plain=formats.plain,
        questionnaire_name=questionnaire_name,
    )
    app.jinja_env.tests["email_address"] = lambda text: bool(_EMAIL.fullmatch(str(text)))


def questionnaire_name(reference: str) -> str:
    """What people call a questionnaire, in the reader's language; the reference where it is not installed any more."""
    version = current.catalogue().questionnaires.get(reference)
    if version is None:
        return reference
    shown = languages.in_words_of_reader(version)
    return shown.short_title or shown.title


def day(value: date | None) -> str:
    """23 November 2026, in the words of the page's language; nothing for no date."""
    return formats.day(value, _locale())


def month(value: date | None) -> str:
    return format_date(value, "LLLL yyyy") if value else ""


def moment(value: datetime | None) -> str:
    """Day and time with the zone named: readers sit in many, and the server does not know theirs."""
    if value is None:
        return ""
    return _("%(day)s, %(time)s UTC", day=day(value), time=format_datetime(value, "HH:mm"))


def size(number: int) -> str:
    return formats.size(number, _locale())


def country(code: str) -> str:
    """Name of a country in the page's language; the code itself where nobody has a name for it."""
    return formats.country(code, _locale())


def count(number: int) -> str:
    return str(format_decimal(number))


def web_address(address: str) -> str:
    """The address if it may be a link, else nothing: people and data files can hold javascript: and worse."""
    return address if address.startswith(("https://", "mailto:")) else ""


def _locale() -> Locale:
    """English without a country writes days first, as nearly everyone does."""
    found = get_locale()
    return found if found and found.language != "en" else Locale("en", "GB")
