"""What each answer to an incident question is worth: the fixed table of the scoring method, rule 4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from portal.domain.answers import Answer

#: What is known of a harm that no other strength can outweigh. All but "none" cap a score.
RedFlag = Literal["open", "remediating", "unknown", "none"]


@dataclass(frozen=True, slots=True)
class Incident:
    """Level and state of an option as claimed, and what is left of both where what it needs is missing."""

    level: int
    state: RedFlag
    unproven_level: int
    unproven_state: RedFlag


INCIDENTS: Mapping[str, Incident] = {
    "checked_not_found": Incident(4, "none", 1, "unknown"),
    "not_checked": Incident(1, "unknown", 1, "unknown"),
    "found_remedied": Incident(4, "none", 2, "remediating"),
    "found_remediating": Incident(2, "remediating", 0, "open"),
    "found_open": Incident(0, "open", 0, "open"),
    "dont_know": Incident(0, "unknown", 0, "unknown"),
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
