"""Find what published cells give away together: small differences, remainders and spans (rules D7 and D8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from hashlib import sha512
from itertools import combinations

from portal.domain.disclosure.merging import Members
from portal.domain.disclosure.sums import SignedSums

#: Arithmetic modulo this prime decides exactly whether a 0/1 vector lies in the span of up to 370 cells: the answer
#: could differ from that over the rationals only if the prime divided a minor of a 0/1 matrix, and by Hadamard's
#: bound no such minor of 370 rows or fewer is as large as the prime.
PRIME = 2**1279 - 1
MOST_CELLS = 370


def size(members: Members) -> int:
    """Count groups: two answers of one group over time are two elements but one group to protect."""
    return len({group for group, _version in members})


class TooManyCells(ValueError):
    """More independent cells than the audit can decide exactly."""


class SpanAudit:
    """The atoms and the row space of the cells published so far; adding a cell gives a new audit.

    Audits with the same history are the same object, since most statistics of a release cover the same cells.
    """

    def __init__(
        self,
        atoms: tuple[Members, ...] = (),
        rows: tuple[tuple[int, tuple[int, ...]], ...] = (),
        sums: SignedSums | None = None,
    ) -> None:
        #: Elements that stand in exactly the same cells.
        self.atoms = atoms
        #: Reduced echelon form: the column of the leading 1, then the row.
        self._rows = rows
        self._sums = sums or SignedSums()
        self._next: dict[Members, SpanAudit] = {}

    def with_cell(self, members: Members) -> SpanAudit:
        if members not in self._next:
            self._next[members] = self._split(members)._insert(members, self._sums.with_cell(members))
        return self._next[members]

    def unions(self, limit: int) -> Iterator[Members]:
        """Yield every union of up to three atoms with fewer than `limit` groups whose sum the cells determine."""
        return (union for union in self._exposed if size(union) < limit)

    def sums(self, limit: int) -> Iterator[Members]:
        """Yield every set of fewer than `limit` groups that is a signed sum of the last cell and one or two others.

        It may have any number of atoms, which `unions` leaves out.
        """
        return (found for found in self._sums.found if size(found) < limit)

    def _split(self, members: Members) -> SpanAudit:
        atoms: list[Members] = []
        origin: list[int] = []
        for place, atom in enumerate(self.atoms):
            for part in (atom & members, atom - members):
                if part:
                    atoms.append(part)
                    origin.append(place)
        if fresh := members.difference(*self.atoms):
            atoms.append(fresh)
        extra = (0,) * (len(atoms) - len(origin))
        rows = tuple((origin.index(pivot), (*(row[place] for place in origin), *extra)) for pivot, row in self._rows)
        return SpanAudit(tuple(atoms), rows)

    def _insert(self, members: Members, sums: SignedSums) -> SpanAudit:
        row = self._reduced([int(atom <= members) for atom in self.atoms])
        pivot = next((place for place, value in enumerate(row) if value), None)
        if pivot is None:
            return SpanAudit(self.atoms, self._rows, sums)
        if len(self._rows) == MOST_CELLS:
            raise TooManyCells(f"more than {MOST_CELLS} independent cells")
        inverse = pow(row[pivot], -1, PRIME)
        new = tuple(value * inverse % PRIME for value in row)
        others = tuple((place, _minus(old, old[pivot], new)) for place, old in self._rows)
        return SpanAudit(self.atoms, (*others, (pivot, new)), sums)

    def _reduced(self, vector: Sequence[int]) -> tuple[int, ...]:
        """Return what is left of a vector after taking out the row space; zero if it lies inside."""
        left = tuple(vector)
        for pivot, row in self._rows:
            left = _minus(left, left[pivot], row)
        return left

    @cached_property
    def _exposed(self) -> tuple[Members, ...]:
        """Atoms are compared by a checksum of what is left of them, linear, so that no true sum of zero is missed."""
        places = range(len(self.atoms))
        weights = [int.from_bytes(sha512(str(place).encode()).digest()) for place in places]
        checks = [self._checksum(place, weights) for place in places]
        found: list[tuple[int, ...]] = [(place,) for place in places if not checks[place]]
        found += [pair for pair in combinations(places, 2) if not (checks[pair[0]] + checks[pair[1]]) % PRIME]
        found += _triples(checks)
        return tuple(self._union(chosen) for chosen in found if not any(self._left_of(chosen)))

    def _checksum(self, place: int, weights: Sequence[int]) -> int:
        return sum(value * weight for value, weight in zip(self._left_of((place,)), weights, strict=True)) % PRIME

    def _left_of(self, chosen: Iterable[int]) -> tuple[int, ...]:
        wanted = frozenset(chosen)
        return self._reduced([int(place in wanted) for place in range(len(self.atoms))])

    def _union(self, chosen: Iterable[int]) -> Members:
        return frozenset().union(*(self.atoms[place] for place in chosen))


def small_differences(members: Members, cells: Iterable[Members], k: int) -> Iterator[Members]:
    """Yield the differences to nested cells that hold somebody but fewer than `k` groups (D7)."""
    for cell in cells:
        if cell < members or members < cell:
            difference = cell ^ members
            if size(difference) < k:
                yield difference


def small_remainders(members: Members, table: Iterable[Members], cells: Iterable[Members], k: int) -> Iterator[Members]:
    """Yield what a cell that holds several rows of a table leaves of itself, where that is fewer than `k` groups.

    The rows must not overlap. D7 looks at one row at a time and D8 at three atoms: a rest made of four atoms or more
    would pass both, and is still the total minus the rows.
    """
    rows = [row for row in table if row]
    for cell in cells:
        if members <= cell:
            rest = cell - members.union(*(row for row in rows if row <= cell))
            if rest and size(rest) < k:
                yield rest


def _minus(row: tuple[int, ...], factor: int, other: tuple[int, ...]) -> tuple[int, ...]:
    if not factor:
        return row
    return tuple((value - factor * taken) % PRIME for value, taken in zip(row, other, strict=True))


def _triples(checks: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    places: dict[int, list[int]] = {}
    for place, check in enumerate(checks):
        places.setdefault(check, []).append(place)
    for first, second in combinations(range(len(checks)), 2):
        for third in places.get(-(checks[first] + checks[second]) % PRIME, ()):
            if third > second:
                yield first, second, third
