"""What is deleted by rule, and when: tables of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.domain.retention import Notice, Step, Terms, months_after, next_step

DAY = date(2027, 6, 30)
TERMS = Terms(24, 60, {"TH": 120})


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 11, 30), 24, date(2028, 11, 30)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_the_law_of_a_country_has_a_term_of_its_own() -> None:
    assert TERMS.submission_due(date(2026, 1, 1), "TH") == date(2036, 1, 1)
    assert TERMS.submission_due(date(2026, 1, 1), "JP") == date(2031, 1, 1)


@pytest.mark.parametrize(
    ("left", "notice", "step", "day"),
    [
        (31, None, Step.WAIT, DAY),
        (30, None, Step.WARN, DAY),
        (29, None, Step.WARN, DAY + timedelta(days=1)),
        (-900, None, Step.WARN, DAY + timedelta(days=930)),
        (10, Notice(DAY - timedelta(days=1)), Step.WARN, DAY + timedelta(days=20)),
        (30, Notice(DAY), Step.WAIT, DAY),
        (4, Notice(DAY), Step.WAIT, DAY),
        (3, Notice(DAY), Step.WARN_AGAIN, DAY),
        (-5, Notice(DAY), Step.WARN_AGAIN, DAY + timedelta(days=8)),
        (1, Notice(DAY, DAY - timedelta(days=3)), Step.WAIT, DAY),
        (0, Notice(DAY, DAY - timedelta(days=3)), Step.DELETE, DAY),
        (-1, Notice(DAY, DAY), Step.WAIT, DAY + timedelta(days=3)),
        (-3, Notice(DAY, DAY), Step.DELETE, DAY + timedelta(days=3)),
    ],
)
def test_nothing_goes_that_was_not_announced_twice(left: int, notice: Notice | None, step: Step, day: date) -> None:
    assert next_step(DAY, notice, DAY - timedelta(days=left)) == (step, day)
