"""What each answer to an incident question is worth: the fixed table of the scoring method, rule 4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.domain.answers import Answer


class RedFlag(StrEnum):
    """What is known of a harm that no other strength can outweigh."""

    OPEN = "open"
    REMEDIATING = "remediating"
    UNKNOWN = "unknown"
    NONE = "none"


#: The states in which a red flag caps a score.
RAISED = (RedFlag.OPEN, RedFlag.REMEDIATING, RedFlag.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Incident:
    """Level and state of an option as claimed, and what is left of both where what it needs is missing."""

    level: int
    state: RedFlag
    unproven_level: int
    unproven_state: RedFlag


INCIDENTS: Mapping[str, Incident] = {
    "checked_not_found": Incident(4, RedFlag.NONE, 1, RedFlag.UNKNOWN),
    "not_checked": Incident(1, RedFlag.UNKNOWN, 1, RedFlag.UNKNOWN),
    "found_remedied": Incident(4, RedFlag.NONE, 2, RedFlag.REMEDIATING),
    "found_remediating": Incident(2, RedFlag.REMEDIATING, 0, RedFlag.OPEN),
    "found_open": Incident(0, RedFlag.OPEN, 0, RedFlag.OPEN),
    "dont_know": Incident(0, RedFlag.UNKNOWN, 0, RedFlag.UNKNOWN),
}


def settled(answer: Answer | None, *, proven: bool, as_of: date) -> tuple[int, RedFlag]:
    """Return level and red-flag state before any ceiling. Silence is like "don't know".

    `proven`: there is evidence, or none is asked. A remedy under way also needs a plan that has not run out.
    """
    option = answer.value if answer is not None and answer.value is not None else "dont_know"
    incident = INCIDENTS[option]
    if option == "found_remediating":
        assert answer is not None
        proven = proven and answer.plan_end is not None and answer.plan_end >= as_of
    if proven:
        return incident.level, incident.state
    return incident.unproven_level, incident.unproven_state
