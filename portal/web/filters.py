"""What templates may do to a value before it is shown: dates, sizes, names of countries, safe addresses."""

from __future__ import annotations

import re
from datetime import date, datetime

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, get_locale, ngettext
from flask_babel import gettext as _

from portal.web import navigation

_EMAIL = re.compile(r"[^@\s<>\"']+@[^@\s<>\"']+\.[^@\s<>\"']+")
_KILO = 1024


def init_app(app: Flask) -> None:
    navigation.init_app(app)
    app.jinja_env.filters.update(
        day=day, moment=moment, month=month, bytes=file_size, country=country, web_address=web_address, count=count
    )
    app.jinja_env.tests["email_address"] = lambda text: bool(_EMAIL.fullmatch(str(text)))


def day(value: date | None) -> str:
    """23 November 2026, in the words of the page's language; nothing for no date."""
    return format_date(value, "long") if value else ""


def month(value: date | None) -> str:
    return format_date(value, "LLLL yyyy") if value else ""


def moment(value: datetime | None) -> str:
    """Day and time with the zone named: readers sit in many, and the server does not know theirs."""
    if value is None:
        return ""
    return _("%(day)s, %(time)s UTC", day=format_date(value, "long"), time=format_datetime(value, "HH:mm"))


def file_size(number: int) -> str:
    """Size as people say it: whole kilobytes, megabytes with one decimal."""
    if number < _KILO:
        return ngettext("%(num)d byte", "%(num)d bytes", number)
    if number < _KILO * _KILO:
        return _("%(size)s KB", size=format_decimal(round(number / _KILO)))
    return _("%(size)s MB", size=format_decimal(round(number / _KILO / _KILO, 1)))


def country(code: str) -> str:
    """Name of a country in the page's language; the code itself where the locale has no name for it."""
    locale = get_locale()
    return str(locale.territories.get(code, code)) if locale else code


def count(number: int) -> str:
    return str(format_decimal(number))


def web_address(address: str) -> str:
    """The address if it may be a link, else nothing: people and data files can hold javascript: and worse."""
    return address if address.startswith(("https://", "mailto:")) else ""
