"""Companies and groups for the tests of disclosure control."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from portal.domain.disclosure.release import Plan
from portal.domain.disclosure.units import FLAG_STATES, Group, Unit, group_units
from portal.domain.scorecard import BANDS, band_of

SNAPSHOT = date(2026, 6, 30)
SECRET = b"demo-secret"
HRS = "hrdd-short@2026.1"
PLAN = Plan(
    id="2026-1",
    title="Findings, June 2026",
    questionnaires=(HRS,),
    red_flags=("HRS-DO-02", "HRS-DO-03"),
    questions=tuple(f"HRS-COM-{number:02}" for number in range(1, 13)),
)

#: Scores that spread over the bands, so that nothing is homogeneous by accident.
SPREAD = (12, 27, 33, 41, 48, 55, 62, 71, 44, 85)


def unit(number: int, **changes: Any) -> Unit:
    """Return one verified company on its own; each number gives another company with another score."""
    name = f"G{number:03}"
    score = Fraction(SPREAD[number % len(SPREAD)])
    plain = Unit(
        company_id=f"company-{name}",
        group=name,
        verified=True,
        submitted_on=date(2026, 3, 1),
        valid_until=date(2027, 3, 1),
        published_own=False,
        country="TH",
        sector="C",
        size_class="small",
        roles=frozenset(),
        questionnaire=HRS,
        score=score,
        band=band_of(score),
        stages={"commit": score, "identify": score / 2},
        red_flags={"HRS-DO-02": FLAG_STATES[number % 4]},
        joins=True,
        assessment_version="1",
        points={"HRS-COM-01": Fraction(25 * (number % 5))},
    )
    return replace(plain, **changes)


def units(count: int, first: int = 0, **changes: Any) -> list[Unit]:
    return [unit(number, **changes) for number in range(first, first + count)]


def groups(count: int, first: int = 0, **changes: Any) -> tuple[Group, ...]:
    return group_units(units(count, first, **changes))


def named(band: str, count: int, first: int = 0) -> tuple[Group, ...]:
    """Return groups that are all in one band."""
    middle = Fraction(20 * BANDS.index(band) + 10)
    return group_units(unit(number, score=middle) for number in range(first, first + count))


def rows(document: dict[str, Any], table: str) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for found in document["tables"] if found["id"] == table for row in found["rows"]}


def shown(document: dict[str, Any], table: str) -> set[str]:
    return {key for key, row in rows(document, table).items() if row["as_of"]}


def elements(names: Iterable[str], version: str = "1") -> frozenset[tuple[str, str]]:
    return frozenset((name, version) for name in names)
