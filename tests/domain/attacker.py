"""Somebody who knows who stands in every cell, has every number exactly, and solves for small groups of companies.

Written apart from the audit it checks: the null space by plain elimination over fractions, and every union tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import lcm

Members = frozenset[tuple[str, str]]


def exposed(cells: Sequence[Members], *, below: int, most: int = 3) -> Iterator[Members]:
    """Yield unions of up to `most` atoms with fewer than `below` groups whose exact sum follows from the cells.

    A sum follows if and only if its vector is at right angles to everything the cells leave open.
    """
    atoms = atoms_of(cells)
    left_open = null_space([[Fraction(atom <= cell) for atom in atoms] for cell in cells], len(atoms))
    columns = list(zip(*left_open, strict=True)) if left_open else [()] * len(atoms)
    for number in range(1, most + 1):
        for chosen in combinations(range(len(atoms)), number):
            if not any(map(sum, zip(*(columns[place] for place in chosen), strict=True))):
                union = frozenset[tuple[str, str]]().union(*(atoms[place] for place in chosen))
                if groups_in(union) < below:
                    yield union


def small_combinations(cells: Sequence[Members], *, below: int) -> Iterator[Members]:
    """Yield small sets that are a sum or difference of up to three cells, however many atoms they have."""
    elements = sorted(frozenset[tuple[str, str]]().union(*cells))
    place = {element: 16**number for number, element in enumerate(elements)}
    packed = [sum(place[element] for element in cell) for cell in dict.fromkeys(cells)]
    ones = sum(place.values())
    for number in (2, 3):
        for chosen in combinations(packed, number):
            for signs in product((1, -1), repeat=number):
                left = sum(sign * cell for sign, cell in zip(signs, chosen, strict=True))
                if left > 0 and left & ones == left and left.bit_count() < 2 * below:
                    found = frozenset(element for element in elements if left & place[element])
                    if groups_in(found) < below:
                        yield found


def atoms_of(cells: Sequence[Members]) -> list[Members]:
    found: dict[tuple[bool, ...], set[tuple[str, str]]] = {}
    for element in sorted(frozenset[tuple[str, str]]().union(*cells)):
        found.setdefault(tuple(element in cell for cell in cells), set()).add(element)
    return [frozenset(atom) for atom in found.values()]


def null_space(rows: Sequence[Sequence[Fraction]], width: int) -> list[list[int]]:
    left = [list(row) for row in rows]
    pivots: list[int] = []
    for column in range(width):
        top = len(pivots)
        pivot = next((place for place in range(top, len(left)) if left[place][column]), None)
        if pivot is None:
            continue
        left[top], left[pivot] = left[pivot], left[top]
        first = left[top][column]
        left[top] = [value / first for value in left[top]]
        for place in range(len(left)):
            if place != top and (factor := left[place][column]):
                left[place] = [value - factor * taken for value, taken in zip(left[place], left[top], strict=True)]
        pivots.append(column)
    return [_way(free, pivots, left, width) for free in range(width) if free not in pivots]


def groups_in(members: Collection[tuple[str, str]]) -> int:
    return len({group for group, _version in members})


def _way(free: int, pivots: list[int], reduced: list[list[Fraction]], width: int) -> list[int]:
    """Return one way to change the atoms that no cell notices, in whole numbers."""
    way = [Fraction(0)] * width
    way[free] = Fraction(1)
    for row, pivot in enumerate(pivots):
        way[pivot] = -reduced[row][free]
    whole = lcm(*(value.denominator for value in way))
    return [int(value * whole) for value in way]
