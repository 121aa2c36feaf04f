"""When a reminder is due: 30, 14, 3 and 0 days before a day, each once; after a gap only the nearest."""

from __future__ import annotations

from datetime import date

#: Days before, the nearest first.
STEPS = (0, 3, 14, 30)


def step_of(due_on: date, today: date) -> int | None:
    """Return which reminder this day belongs to, or None when it is too early, or too late to remind of."""
    left = (due_on - today).days
    return next((step for step in STEPS if 0 <= left <= step), None)
