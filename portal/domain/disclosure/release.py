"""Build a release: choose who counts, try each cell of the fixed tables, and write down only protected numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.domain.disclosure.audit import SpanAudit
from portal.domain.disclosure.history import PastCell, PastRelease, is_held, past_cells
from portal.domain.disclosure.ledger import Ledger
from portal.domain.disclosure.merging import Members
from portal.domain.disclosure.rounding import STEP, CellKeys
from portal.domain.disclosure.settings import SUPPRESSED, DisclosureSettings
from portal.domain.disclosure.statistics import (
    COMPANIES,
    MOST_ALIKE,
    Shown,
    Statistic,
    members_of,
    nested,
    question_statistic,
    row_statistics,
)
from portal.domain.disclosure.tables import Cell, Table, fixed_tables
from portal.domain.disclosure.units import Group, Unit, group_units, select_units

FORMAT = "release/1"
LICENCE = "CC-BY-4.0"
WEAKEST = 10
HELD = "held"
WARNINGS = ("self_selected", "mostly_unreviewed")
NOTES = ("groups", "counts_rounded", "means_rounded", "shares_rounded", "shares_open_ended", "suppressed", "held")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a release is about, fixed before anybody looks at the answers."""

    id: str
    title: str
    #: References of the questionnaires that place a company in the tables.
    questionnaires: tuple[str, ...]
    #: Red-flag questions, whether or not anybody had to answer them.
    red_flags: tuple[str, ...] = ()
    #: Questions that may be among the weakest.
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """`document` is for the public. `members` must never leave: it says who stood in which cell."""

    document: dict[str, Any]
    members: dict[str, Any]


@dataclass(slots=True)
class _Work:
    """What has been decided so far."""

    plan: Plan
    settings: DisclosureSettings
    keys: CellKeys
    as_of: str
    groups: tuple[Group, ...]
    past: tuple[PastCell, ...]
    root: SpanAudit = field(default_factory=SpanAudit)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    #: (table, key, members) -> statistics shown for exactly these members.
    shown: defaultdict[tuple[str, str, Members], list[str]] = field(default_factory=lambda: defaultdict(list))
    log: list[dict[str, str]] = field(default_factory=list)


def build_release(
    units: Iterable[Unit],
    plan: Plan,
    *,
    snapshot_on: date,
    secret: bytes,
    previous: Iterable[PastRelease] = (),
    settings: DisclosureSettings | None = None,
) -> ReleaseDraft:
    """Return the public document and the private list of who stood where; the same input gives the same bytes."""
    settings = settings or DisclosureSettings()
    groups = group_units(select_units(units, snapshot_on=snapshot_on, minimum_age=settings.minimum_age))
    own = {group.id for group in groups if group.published_own}
    work = _Work(plan, settings, CellKeys(secret), snapshot_on.isoformat(), groups, tuple(past_cells(previous, own)))
    tables = [_table(work, table) for table in fixed_tables(plan.questionnaires)]
    tables.append(_weakest_questions(work))
    return ReleaseDraft(_document(work, tables), {"cells": _cells(work), "log": work.log})


def _document(work: _Work, tables: list[dict[str, Any]]) -> dict[str, Any]:
    settings = work.settings
    return {
        "format": FORMAT,
        "id": work.plan.id,
        "title": work.plan.title,
        "snapshot_on": work.as_of,
        "licence": LICENCE,
        "questionnaires": list(work.plan.questionnaires),
        "method": {
            "unit": "group",
            "threshold": settings.threshold,
            "participation_threshold": settings.participation,
            "large": settings.large,
            "minimum_age_days": settings.minimum_age,
            "most_alike_percent": int(100 * MOST_ALIKE),
            "step": STEP,
            "symbol": SUPPRESSED,
        },
        "warnings": list(WARNINGS),
        "notes": list(NOTES),
        "tables": tables,
    }


def _table(work: _Work, table: Table) -> dict[str, Any]:
    """Fixed categories keep their row whether or not a number can be shown; merged rows follow."""
    rows = {cell.key: _row(work, table, cell) for cell in table.cells(work.groups, work.settings.threshold)}
    order = [*table.rows, *(key for key, row in rows.items() if key not in table.rows and row["as_of"])]
    return {
        "id": table.id,
        "title_key": f"release.table.{table.id}",
        "dimension": table.id,
        "rows": [rows.get(key) or _hidden_row(work, key) for key in order],
    }


def _row(work: _Work, table: Table, cell: Cell) -> dict[str, Any]:
    if held := _held(work, cell):
        work.log.append({"table": cell.table, "key": cell.key, "statistic": "", "decision": HELD})
        return held
    values: dict[str, Shown] = {}
    for statistic in row_statistics(work.plan.red_flags):
        values[statistic.id] = _value(work, statistic, cell, partition=table.partition)
        if len(values) == 1 and values[statistic.id] == SUPPRESSED:
            return _hidden_row(work, cell.key)
    return {"key": cell.key, "merged": list(cell.merged), "as_of": work.as_of, **nested(values)}


def _hidden_row(work: _Work, key: str) -> dict[str, Any]:
    values = {statistic.id: statistic.hidden() for statistic in row_statistics(work.plan.red_flags)}
    return {"key": key, "merged": [], "as_of": None, **nested(values)}


def _held(work: _Work, cell: Cell) -> dict[str, Any] | None:
    """Return the last row published for the cell, if too few groups changed since (D9)."""
    last = _last(work, cell, COMPANIES)
    if last and last.row and is_held(last.members, cell.members, work.settings.threshold):
        return deepcopy(dict(last.row))
    return None


def _last(work: _Work, cell: Cell, statistic: str) -> PastCell | None:
    """Return the cell as it stood when the statistic was last shown anew."""
    same = (past for past in work.past if (past.table, past.key) == (cell.table, cell.key))
    return next((past for past in same if statistic in past.statistics), None)


def _value(work: _Work, statistic: Statistic, cell: Cell, *, partition: bool) -> Shown:
    """Return the numbers, or the sign for all of them.

    Those who were asked one question may have changed less than the cell: then their old value belongs to another
    date than the row, and no value is shown.
    """
    members = members_of(statistic, cell.groups)
    last = _last(work, cell, statistic.id)
    if last and is_held(last.members, members, work.settings.threshold):
        decision: str | None = HELD
    else:
        decision = _ledger(work, statistic).admit(cell, partition=partition)
    if decision:
        work.log.append({"table": cell.table, "key": cell.key, "statistic": statistic.id, "decision": str(decision)})
        return statistic.hidden()
    work.shown[cell.table, cell.key, members].append(statistic.id)
    return statistic.shown(statistic.about(cell.groups), work.keys)


def _ledger(work: _Work, statistic: Statistic) -> Ledger:
    if statistic.id not in work.ledgers:
        ledger = Ledger(statistic, work.settings, work.root, work.groups)
        for past in work.past:
            if statistic.id in past.statistics:
                ledger.remember(past.members)
        work.ledgers[statistic.id] = ledger
    return work.ledgers[statistic.id]


def _weakest_questions(work: _Work) -> dict[str, Any]:
    """Ordered by what is shown, then by place: an order by exact means would say more than the means."""
    whole = Cell("questions", "all", work.groups)
    points: dict[str, Shown] = {
        question: _value(work, question_statistic(question), whole, partition=False) for question in work.plan.questions
    }
    shown = [(value, question) for question, value in points.items() if isinstance(value, int)]
    shown.sort(key=lambda found: found[0])
    return {
        "id": "questions",
        "title_key": "release.table.questions",
        "dimension": "question",
        "rows": [
            {"key": question, "merged": [], "as_of": work.as_of, "mean_points": value}
            for value, question in shown[:WEAKEST]
        ],
    }


def _cells(work: _Work) -> list[Mapping[str, Any]]:
    return [
        {"table": table, "key": key, "statistics": shown, "members": [list(element) for element in sorted(members)]}
        for (table, key, members), shown in work.shown.items()
    ]
