"""Decide cell by cell whether a number may be shown beside all numbers shown before it (rules D3 to D9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from portal.domain.disclosure.audit import SpanAudit, size, small_differences, small_remainders
from portal.domain.disclosure.merging import Members
from portal.domain.disclosure.settings import DisclosureSettings
from portal.domain.disclosure.statistics import Statistic, alike_within, members_of, too_alike
from portal.domain.disclosure.tables import Cell
from portal.domain.disclosure.units import Group


class Refusal(StrEnum):
    """Why a number is not shown. Kept for the people who prepare a release; the public sees one sign."""

    SMALL = "small"
    ALIKE = "alike"
    DIFFERENCE = "difference"
    REMAINDER = "remainder"
    SUM = "sum"
    SPAN = "span"
    ALIKE_PART = "alike_part"


@dataclass(slots=True)
class Ledger:
    """All cells for which one statistic is shown, those of earlier releases included."""

    statistic: Statistic
    settings: DisclosureSettings
    audit: SpanAudit
    #: Every group of the release: a part that can be worked out may hold any of them.
    groups: Collection[Group]
    cells: list[Members] = field(default_factory=list)
    tables: defaultdict[str, list[Members]] = field(default_factory=lambda: defaultdict(list))

    def remember(self, members: Members) -> None:
        """Take in a cell of an earlier release: it is known already, whatever we decide now."""
        self.cells.append(members)
        self.audit = self.audit.with_cell(members)

    def admit(self, cell: Cell, *, partition: bool) -> Refusal | None:
        """Take the cell in, or say why not.

        The limits apply to what can be worked out, not to what is printed: to every difference, remainder, sum of
        three cells and union of three atoms that the cells determine. That also protects the categories of a
        distribution, since their counts are sums over the same cells.
        """
        members = members_of(self.statistic, cell.groups)
        table = self.tables[cell.table] if partition else []
        if refusal := self._refusal(cell, members, table):
            return refusal
        self.cells.append(members)
        self.tables[cell.table].append(members)
        self.audit = self.audit.with_cell(members)
        return None

    def _refusal(self, cell: Cell, members: Members, table: list[Members]) -> Refusal | None:
        k, large = self._audited_size, self.settings.large
        if size(members) < self._minimum:
            return Refusal.SMALL
        if too_alike(self.statistic, self.statistic.about(cell.groups), large):
            return Refusal.ALIKE
        if any(small_differences(members, self.cells, k)):
            return Refusal.DIFFERENCE
        if any(small_remainders(members, table, self.cells, k)):
            return Refusal.REMAINDER
        after = self.audit.with_cell(members)
        if any(after.sums(k)):
            return Refusal.SUM
        if any(after.unions(k)):
            return Refusal.SPAN
        if self.statistic.categories:
            parts = chain(
                after.sums(large),
                after.unions(large),
                small_differences(members, self.cells, large),
                small_remainders(members, table, self.cells, large),
            )
            if alike_within(self.statistic, self.groups, parts, large):
                return Refusal.ALIKE_PART
        return None

    @property
    def _minimum(self) -> int:
        return {
            "participation": self.settings.participation,
            "threshold": self.settings.threshold,
            "large": self.settings.large,
        }[self.statistic.minimum]

    @property
    def _audited_size(self) -> int:
        """What may be worked out obeys the threshold even where more is asked of what is shown."""
        return min(self._minimum, self.settings.threshold)
