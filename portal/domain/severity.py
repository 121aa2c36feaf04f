"""How grave a risk to people is, and which weak answers to work on first: order of work, never part of a score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

MOST_ACTIONS = 10
#: UNGP 19: causing a harm comes before contributing to it, and that before being linked to it.
INVOLVEMENT = {"cause": 0, "contribute": 1, "linked": 2}


class RiskClass(StrEnum):
    URGENT = "Urgent"
    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"


@dataclass(frozen=True, slots=True)
class Risk:
    """A rated risk. `key` orders risks: severity first, likelihood second, never their product."""

    severity: int
    likelihood: int

    @property
    def key(self) -> int:
        return 10 * self.severity + self.likelihood

    @property
    def risk_class(self) -> RiskClass:
        return classify(self.severity, self.likelihood)


@dataclass(frozen=True, slots=True)
class Action:
    """A question worth working on. The larger the priority, the sooner."""

    question: str
    priority: Fraction


class WeakAnswer(NamedTuple):
    """What decides the priority of a question: points below 100, weight, and whether it is flagged."""

    question: str
    #: Place of its stage in the order of due diligence.
    stage: int
    weight: int
    points: int
    critical: bool = False
    red_flag_raised: bool = False


def severity(scale: int, scope: int, irremediability: int) -> int:
    """Return 1 to 5. Scope and irremediability lift the scale by one step at most.

    UNGP 14 names three characters of severity, of which one can be enough, so no average; but a wide, light problem
    must not rank with killings, so no plain maximum either.
    """
    return max(scale, min(scope, scale + 1), min(irremediability, scale + 1))


def likelihood(rated: int | None, *, happening: bool) -> int | None:
    """What happens already could not be likelier."""
    return 5 if happening else rated


def classify(severity: int, likelihood: int) -> RiskClass:
    if severity >= 4 and likelihood >= 3:
        return RiskClass.URGENT
    if severity >= 4 or (severity == 3 and likelihood >= 4):
        return RiskClass.HIGH
    if severity == 3 or (severity == 2 and likelihood >= 4):
        return RiskClass.MEDIUM
    return RiskClass.LOW


def rated_risk(row: Mapping[str, Any]) -> Risk | None:
    """Return the risk a table row rates, or None while a rating is missing."""
    ratings = [row.get(name) for name in ("scale", "scope", "irremediability")]
    chance = likelihood(_rating(row.get("likelihood")), happening=row.get("happening") == "yes")
    scale, scope, irremediability = (_rating(rating) for rating in ratings)
    if scale is None or scope is None or irremediability is None or chance is None:
        return None
    return Risk(severity(scale, scope, irremediability), chance)


def _rating(value: Any) -> int | None:
    return value if type(value) is int else None


def most_severe_first(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Order rated rows: key, then involvement, then number of people; unrated rows come last, as they came."""
    return sorted(rows, key=_place)


def _place(row: Mapping[str, Any]) -> tuple[int, int, int]:
    risk = rated_risk(row)
    people = row.get("people")
    return (
        -risk.key if risk else 0,
        INVOLVEMENT.get(row.get("involvement", ""), len(INVOLVEMENT)),
        -people if type(people) is int else 0,
    )


def urgent_links(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> set[str]:
    """The questions that rows of class Urgent name in one of these columns."""
    names = tuple(columns)
    linked: set[str] = set()
    for row in rows:
        named = [row[name] for name in names if row.get(name)]
        if named and (risk := rated_risk(row)) and risk.risk_class is RiskClass.URGENT:
            linked.update(named)
    return linked


def priority(answer: WeakAnswer, *, urgent: bool) -> Fraction:
    """Weight x what is missing x 3, 2 or 1 (raised red flag, critical, other) x 1.5 where an urgent risk is linked."""
    return _fraction(_two_hundredths(answer, urgent))


def top_actions(answers: Iterable[WeakAnswer], *, urgent: set[str]) -> tuple[Action, ...]:
    """Return the ten questions to work on first: by priority, then stage, then id."""
    ranked = sorted(
        [(-_two_hundredths(answer, answer.question in urgent), answer.stage, answer.question) for answer in answers]
    )
    return tuple([_action(question, -negative) for negative, _, question in ranked[:MOST_ACTIONS]])


def _two_hundredths(answer: WeakAnswer, urgent: bool) -> int:
    factor = 3 if answer.red_flag_raised else 2 if answer.critical else 1
    return answer.weight * (100 - answer.points) * factor * (3 if urgent else 2)


@lru_cache(maxsize=4096)
def _action(question: str, two_hundredths: int) -> Action:
    """There are few different actions, so equal ones are the same object."""
    return Action(question, _fraction(two_hundredths))


@lru_cache(maxsize=4096)
def _fraction(two_hundredths: int) -> Fraction:
    return Fraction(two_hundredths, 200)
