"""How days, sizes, countries, digests and directions are written, in the language of the reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.units import format_unit

from portal.domain.wording import language_of
from portal.reports import text

Filter = Callable[..., Any]

#: "Myanmar (Burma)": a form of government business names a country once.
FORMER_NAME = re.compile(r" ?[(（][^)）]*[)）]$")


def filters(locale: Locale) -> Mapping[str, Filter]:
    """Return the template filters that report and answer templates use, bound to one locale."""
    return {
        "day": lambda value: day(value, locale),
        "size": lambda value: size(value, locale),
        "country": lambda value: country(value, locale),
        "grouped": grouped,
        "direction": direction,
        "plain": plain,
        "address": address,
        "lang": language_of,
    }


def day(value: date | None, locale: Locale) -> str:
    """Gregorian, the month in words: 2 March and 3 February must not be taken for each other."""
    return "" if value is None else format_date(value, "long", locale=locale)


def size(number: int, locale: Locale) -> str:
    """Return a file size a person can compare, in steps of 1,000."""
    for power, unit in ((1_000_000, "digital-megabyte"), (1_000, "digital-kilobyte")):
        if number >= power:
            return format_unit(round(number / power, 1 if number < 10 * power else 0), unit, "short", locale=locale)
    return format_unit(number, "digital-byte", "short", locale=locale)


def country(code: str, locale: Locale) -> str:
    """Return the country's name; English where the language has none, the code where nobody knows it."""
    name = locale.territories.get(code) or Locale("en").territories.get(code) or code
    return FORMER_NAME.sub("", name)


def grouped(digest: str) -> str:
    """Return hexadecimal digits in groups of eight, so that two people can compare them aloud."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def direction(words: str) -> str:
    """Return the direction of the first letter that has one; WeasyPrint knows no dir="auto"."""
    for character in words:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            break
    return "ltr"


def plain(words: str) -> str:
    """Return words without break hints, for places that are not laid out."""
    return words.replace(text.BREAK, "")


def address(url: str) -> str:
    """Return a web address as one reads it: without its scheme, breakable."""
    return text.line(url.removeprefix("https://").removeprefix("http://"))
