"""What may stand in a company's profile, field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.domain import isic
from portal.domain.answers import (
    Check,
    InvalidAnswer,
    check_country,
    check_text,
    number_between,
    one_of,
    several_of,
    table_of,
    within,
)
from portal.domain.canonical import shown
from portal.domain.questionnaire import Column, ProfileField

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YES_OR_NO = frozenset(("yes", "no"))
#: In a table whose rows are fixed, this key says which of them a row is.
ROW = "row"


def profile_check(field: ProfileField) -> Check:
    """Return the check of one profile field."""
    options = frozenset(option.id for option in field.options)
    match field.kind:
        case "choice":
            return one_of(options)
        case "yesno":
            return one_of(options or YES_OR_NO)
        case "multi":
            return several_of(options)
        case "country":
            return check_country
        case "countries":
            return _list_of(check_country, field.maximum)
        case "isic":
            return _isic(field.maximum)
        case "integer":
            return number_between(0, None)
        case "integers":
            return _integers(frozenset(field.parts))
        case "date":
            return check_day
        case "period":
            return check_period
        case "table":
            return _table(field)
        case "signoff":
            return _signoff(frozenset(field.parts), options)
        case _:
            return check_text


def parse_day(value: Any) -> date:
    """Raises InvalidAnswer for all but YYYY-MM-DD."""
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise InvalidAnswer("", f"{shown(value)} is not a date written YYYY-MM-DD")


def check_day(value: Any) -> None:
    parse_day(value)


def check_period(value: Any) -> None:
    """A period is an object with `start` and `end`."""
    parts = _object(value, frozenset(("start", "end")), check_day)
    if len(parts) < 2:
        raise InvalidAnswer("", "needs a start and an end")
    if parts["start"] > parts["end"]:
        raise InvalidAnswer(".end", "is before the start")


def _object(value: Any, keys: frozenset[str], check: Check) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidAnswer("", f"must be an object with {', '.join(sorted(keys))}")
    for key, content in value.items():
        if key not in keys:
            raise InvalidAnswer("", f"there is no part {shown(key)}")
        within(f".{key}", check, content)
    return value


def _list_of(check: Check, most: int | None) -> Check:
    def check_list(value: Any) -> None:
        if not isinstance(value, list):
            raise InvalidAnswer("", "must be a list")
        if most is not None and len(value) > most:
            raise InvalidAnswer("", f"has more than {most} entries")
        for place, item in enumerate(value):
            within(f"[{place}]", check, item)

    return check_list


def _isic(most: int | None) -> Check:
    check_list = _list_of(_check_code, most)
    return lambda value: _check_code(value) if isinstance(value, str) else check_list(value)


def _check_code(value: Any) -> None:
    if not isinstance(value, str) or not isic.codes(value):
        raise InvalidAnswer("", f"{shown(value)} is not a section or division of ISIC Rev.4")


def _integers(parts: frozenset[str]) -> Check:
    """One number where the parts are not known apart, else an object of numbers."""
    count = number_between(0, None)

    def check(value: Any) -> None:
        if isinstance(value, dict):
            _object(value, parts, count)
        else:
            count(value)

    return check


def _signoff(parts: frozenset[str], options: frozenset[str]) -> Check:
    """Who filled it in is one of the options; on its own, or beside the name of who signed."""
    chosen = one_of(options)

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            return chosen(value)
        _object(value, parts, check_text)
        if options and "filled_by" in value:
            within(".filled_by", chosen, value["filled_by"])

    return check


def _table(field: ProfileField) -> Check:
    if not field.rows:
        return table_of(field.columns)
    name = Column(ROW, "", "choice", options=field.rows)
    return table_of((name, *field.columns))
