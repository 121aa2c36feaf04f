"""When something is deleted by rule, and what has to be said before: pure dates, no clock."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

#: Days before the deletion at which the owners are told, once each.
FIRST_WARNING, LAST_WARNING = 30, 3


class Step(StrEnum):
    WAIT = "wait"
    WARN = "warn"
    WARN_AGAIN = "warn_again"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Terms:
    """Months after which things go: drafts since the last work on them, submissions since they ceased to be valid."""

    drafts: int
    submissions: int
    #: Months for submissions by country of the company, where the law asks for another term.
    countries: Mapping[str, int] = field(default_factory=dict)

    def draft_due(self, last_worked: date) -> date:
        return months_after(last_worked, self.drafts)

    def submission_due(self, valid_until: date, country: str) -> date:
        """Its files go with it: evidence is kept as long as the version that names it, and no longer."""
        return months_after(valid_until, self.countries.get(country, self.submissions))


@dataclass(frozen=True, slots=True)
class Notice:
    """What the owners were told: the day it will be deleted, and when they were told the second time."""

    day: date
    repeated_on: date | None = None


def next_step(rule_day: date, notice: Notice | None, today: date) -> tuple[Step, date]:
    """Return what is to be done today, and the day of the deletion as it is now.

    Nothing goes unannounced: where the rule came, the worker stood still or the clock jumped, the day moves and
    not the warning. A notice of a day before the rule's is of earlier idleness, and counts for nothing.
    """
    if notice is None or notice.day < rule_day:
        day = max(rule_day, today + timedelta(days=FIRST_WARNING))
        return (Step.WARN if today >= rule_day - timedelta(days=FIRST_WARNING) else Step.WAIT), day
    if notice.repeated_on is None:
        day = max(notice.day, today + timedelta(days=LAST_WARNING))
        return (Step.WARN_AGAIN if today >= notice.day - timedelta(days=LAST_WARNING) else Step.WAIT), day
    day = max(notice.day, notice.repeated_on + timedelta(days=LAST_WARNING))
    return (Step.DELETE if today >= day else Step.WAIT), day


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
