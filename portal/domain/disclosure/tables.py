"""The fixed tables of a release and the cells that are tried for them, in order of priority (rule D6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from portal.domain.disclosure.merging import Block, Members, settle
from portal.domain.disclosure.regions import (
    COUNTRIES,
    ROLES,
    SECTORS,
    SIZES,
    Node,
    country_class,
    sector_class,
    size_class,
)
from portal.domain.disclosure.units import Group, protected


@dataclass(frozen=True, slots=True)
class Cell:
    """A row of a table that may be published. `merged` names the categories it holds, if it holds several."""

    table: str
    key: str
    groups: tuple[Group, ...]
    merged: tuple[str, ...] = ()

    @property
    def members(self) -> Members:
        return protected(self.groups)


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are the categories that always have a row, with or without a number.

    The two-way table has none: it lists the cells that can be shown, and all others are not shown.
    """

    id: str
    rows: tuple[str, ...]
    cells: Callable[[Collection[Group], int], Iterable[Cell]]
    #: Whether rows never overlap, so that they can be subtracted from what holds them.
    partition: bool = True


def fixed_tables(questionnaires: tuple[str, ...]) -> tuple[Table, ...]:
    """Return all tables in order of priority; there are no others, and no table has three dimensions."""
    versions = Node("all", tuple(Node(reference) for reference in questionnaires))
    return (
        Table("all", ("all",), lambda groups, k: [Cell("all", "all", tuple(groups))]),
        _one_way("questionnaire", versions, lambda group: group.questionnaire),
        _one_way("sector", SECTORS, _sector),
        _one_way("country", COUNTRIES, _country),
        _one_way("size", SIZES, lambda group: size_class(group.size_class)),
        Table("role", ROLES, _role_cells, partition=False),
        Table("sector_country", (), _sector_country_cells),
    )


def _one_way(table: str, root: Node, category: Callable[[Group], str]) -> Table:
    return Table(table, tuple(root.leaves()), partial(_cells, table, root, category))


def _cells(
    table: str, root: Node, category: Callable[[Group], str], groups: Collection[Group], k: int
) -> Iterator[Cell]:
    """A block of all categories says no more than the table above it, unless there is but one category."""
    leaves = tuple(root.leaves())
    for block in _blocks(root, category, groups, k):
        if block.leaves == leaves and len(leaves) > 1:
            continue
        chosen = tuple(group for group in groups if category(group) in block.leaves)
        yield Cell(table, block.key, chosen, () if block.leaves == (block.key,) else block.leaves)


def _blocks(root: Node, category: Callable[[Group], str], groups: Collection[Group], k: int) -> list[Block]:
    members = {leaf: protected(group for group in groups if category(group) == leaf) for leaf in root.leaves()}
    return settle(root, members, lambda candidate: len(candidate) >= k)


def _role_cells(groups: Collection[Group], k: int) -> Iterator[Cell]:
    """Roles overlap, so they have no siblings to merge with."""
    for role in ROLES:
        yield Cell("role", role, tuple(group for group in groups if role in group.roles))


def _sector_country_cells(groups: Collection[Group], k: int) -> Iterator[Cell]:
    """Each sector group by country, merged up to sub-regions and regions as far as needed."""
    for sector in SECTORS.leaves():
        chosen = [group for group in groups if _sector(group) == sector]
        for cell in _cells("sector_country", COUNTRIES, _country, chosen, k):
            yield Cell("sector_country", f"{sector}/{cell.key}", cell.groups, cell.merged)


def _sector(group: Group) -> str:
    return sector_class(group.sector)


def _country(group: Group) -> str:
    return country_class(group.country)
