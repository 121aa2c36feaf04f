"""Who counts in a release, and how the companies of one group become one record (rules D1 to D3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256

from portal.domain.scorecard import band_of

#: Worst first. A group is as bad as its worst company: a mean of states would hide an open flag.
FLAG_STATES = ("open", "unknown", "remediating", "none")
SIZE_CLASSES = ("micro", "small", "medium", "large")

#: What the audits reason about: one group as it answered once. Answering again makes another element.
Element = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """One company's latest submission of one questionnaire, with what places it in tables."""

    company_id: str
    #: The ultimate parent; a company on its own is its own group.
    group: str
    verified: bool
    submitted_on: date
    valid_until: date
    published_own: bool
    #: ISO 3166-1 alpha-2.
    country: str
    #: ISIC Rev. 4 section letter, with the division where it is known: "C", "A03".
    sector: str
    size_class: str
    roles: frozenset[str]
    questionnaire: str
    score: Fraction
    band: str
    stages: Mapping[str, Fraction]
    #: Question id -> state, "none" included; a question that did not apply is absent.
    red_flags: Mapping[str, str]
    joins: bool
    assessment_version: str
    #: Question id -> points from 0 to 100; optional.
    points: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """One ultimate parent: the unit of every count and threshold."""

    id: str
    #: Changes when any company of the group submits again, joins or leaves.
    version: str
    published_own: bool
    country: str
    sector: str
    size_class: str
    roles: frozenset[str]
    questionnaire: str
    score: Fraction
    band: str
    stages: Mapping[str, Fraction]
    red_flags: Mapping[str, str]
    points: Mapping[str, Fraction]

    @property
    def element(self) -> Element:
        return self.id, self.version


def select_units(units: Iterable[Unit], *, snapshot_on: date, minimum_age: int) -> list[Unit]:
    """Keep each company's latest submission that counts (D2).

    Unverified accounts never count: sham companies could otherwise fill a cell around one real company.
    """
    latest: dict[str, Unit] = {}
    for unit in units:
        if not (unit.verified and unit.joins and unit.submitted_on <= snapshot_on - timedelta(days=minimum_age)):
            continue
        known = latest.get(unit.company_id)
        if known is None or _age(known) < _age(unit):
            latest[unit.company_id] = unit
    return [latest[company] for company in sorted(latest) if latest[company].valid_until >= snapshot_on]


def group_units(units: Iterable[Unit]) -> tuple[Group, ...]:
    """Make one record of all companies with the same ultimate parent (D1).

    Scores, stages and points are means over the companies, each with the same weight, and the band is that of the
    mean. A red flag has its worst state. Country, sector and questionnaire are those of most companies, the first in
    the alphabet if several lead; the size is that of the largest; roles are all roles. One company that published its
    own result makes the whole group count as published, since that can only lower the effective size.
    """
    members: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        members[unit.group].append(unit)
    return tuple(_group(name, members[name]) for name in sorted(members))


def effective_size(groups: Collection[Group]) -> int:
    """Return the number of groups whose result is not public already (D3)."""
    return sum(not group.published_own for group in groups)


def protected(groups: Iterable[Group]) -> frozenset[Element]:
    """Return what must not be found out: an attacker can subtract whoever published its own result."""
    return frozenset(group.element for group in groups if not group.published_own)


def _group(name: str, companies: list[Unit]) -> Group:
    score = _mean([unit.score for unit in companies])
    return Group(
        id=name,
        version=_version(companies),
        published_own=any(unit.published_own for unit in companies),
        country=_most_common(unit.country for unit in companies),
        sector=_most_common(unit.sector for unit in companies),
        size_class=max((unit.size_class for unit in companies), key=SIZE_CLASSES.index),
        roles=frozenset[str]().union(*(unit.roles for unit in companies)),
        questionnaire=_most_common(unit.questionnaire for unit in companies),
        score=score,
        band=band_of(score),
        stages=_means([unit.stages for unit in companies]),
        red_flags=_worst([unit.red_flags for unit in companies]),
        points=_means([unit.points for unit in companies]),
    )


def _age(unit: Unit) -> tuple[date, str]:
    return unit.submitted_on, unit.assessment_version


def _version(companies: list[Unit]) -> str:
    text = "\n".join(sorted(f"{unit.company_id}|{unit.assessment_version}" for unit in companies))
    return sha256(text.encode()).hexdigest()[:16]


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _means(rows: list[Mapping[str, Fraction]]) -> dict[str, Fraction]:
    found: defaultdict[str, list[Fraction]] = defaultdict(list)
    for row in rows:
        for name, value in row.items():
            found[name].append(value)
    return {name: _mean(found[name]) for name in sorted(found)}


def _worst(rows: list[Mapping[str, str]]) -> dict[str, str]:
    names = sorted({name for row in rows for name in row})
    return {name: min((row[name] for row in rows if name in row), key=FLAG_STATES.index) for name in names}


def _most_common(values: Iterable[str]) -> str:
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value))
