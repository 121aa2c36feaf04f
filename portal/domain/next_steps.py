"""What somebody in a company does next: which kinds of step there are, and which comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

#: A day nearer than this puts a step before those that have more time, or no day.
NEAR = 14


class Kind(IntEnum):
    """In the order in which steps of the same urgency stand: what keeps others from going on comes first."""

    PROFILE = 1
    BEGIN = 2
    SCREENING = 3
    RETURNED = 4
    PLAN_OVER = 5
    WORK = 6
    MENTION = 7
    SIGN = 8
    LAST_TIME = 9
    ANSWER = 10
    CHECK = 11
    HANDED_BACK = 12
    GIVEN_LATE = 13
    ACTION = 14
    SHARE_ENDS = 15
    DECIDED = 16
    RENEW = 17


#: Without these nothing else can go on, so they stand before everything that has time.
FIRST = frozenset({Kind.PROFILE, Kind.SCREENING, Kind.RETURNED})
#: Good to know; nothing is late because of it.
NEWS = frozenset({Kind.HANDED_BACK, Kind.DECIDED})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `days` are left until its day: 0 is today, less is late, none is no day."""

    kind: Kind
    #: Breaks ties, so that the order is the same whenever the page is opened.
    key: str
    days: int | None = None

    @property
    def is_late(self) -> bool:
        return self.days is not None and self.days < 0 and self.kind not in NEWS


def in_order(steps: Iterable[Step]) -> list[Step]:
    """What is late first, then what keeps the rest from going on, then what is near, then the rest, news at the end.

    Within each, what has a day before what has none, the nearest day first, and then in the order of the kinds.
    """
    return sorted(steps, key=lambda one: (_urgency(one), _day(one), one.kind, one.days is None, one.days, one.key))


def _urgency(step: Step) -> int:
    if step.is_late:
        return 0
    if step.kind in FIRST:
        return 1
    if step.kind in NEWS:
        return 4
    return 2 if step.days is not None and step.days <= NEAR else 3


def _day(step: Step) -> int:
    """Among steps that have time their kind decides, not their day: a far day says little."""
    if step.days is None or _urgency(step) > 2:
        return NEAR + 1
    return step.days
