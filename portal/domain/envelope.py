"""The keys of a bundle that are about the submission, not about the score: who, when, for which period, to whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.domain.answers import Check, InvalidAnswer, check_country, within
from portal.domain.canonical import shown
from portal.domain.profiles import check_day, check_period
from portal.domain.readers import check_filled_text, check_parts, check_truth

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")


def check_moment(value: Any) -> None:
    """Moments are in UTC and say so by their final Z (RFC 3339)."""
    if isinstance(value, str) and MOMENT.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return
    raise InvalidAnswer("", f"{shown(value)} is not a moment written YYYY-MM-DDTHH:MM:SSZ")


def check_names(value: Any) -> None:
    if not isinstance(value, list):
        raise InvalidAnswer("", "must be a list")
    for place, name in enumerate(value):
        within(f"[{place}]", check_filled_text, name)


def check_statements(value: Any) -> None:
    """Statements of worker representatives: for whom they speak and their words, without names of persons."""
    if not isinstance(value, list):
        raise InvalidAnswer("", "must be a list")
    for place, statement in enumerate(value):
        within(f"[{place}]", _STATEMENT, statement)


def object_of(checks: Mapping[str, Check], *, required: frozenset[str]) -> Check:
    def check(value: Any) -> None:
        check_parts(value, checks)
        for key in sorted(required - value.keys()):
            raise InvalidAnswer(f".{key}", "is missing")

    return check


_STATEMENT = object_of({"body": check_filled_text, "words": check_filled_text}, required=frozenset(("body", "words")))
ENVELOPE: Mapping[str, Check] = {
    "reference": check_filled_text,
    "company": object_of(
        {"name": check_filled_text, "local_name": check_filled_text, "country": check_country},
        required=frozenset(("name",)),
    ),
    "period": check_period,
    "signed": object_of(
        {"name": check_filled_text, "position": check_filled_text, "on": check_day},
        required=frozenset(("name",)),
    ),
    "submitted_at": check_moment,
    "shared_with": check_names,
    "joins_aggregates": check_truth,
    "worker_statements": check_statements,
}
