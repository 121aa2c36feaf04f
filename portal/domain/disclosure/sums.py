"""Find groups that follow from adding and subtracting a few published cells, however many atoms they have."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations, product

from portal.domain.disclosure.merging import Members
from portal.domain.disclosure.units import Element

#: Room for the sum of three memberships and a sign.
_BITS = 4


class _Digits:
    """Which element has which digit; shared by all that is reckoned together."""

    def __init__(self) -> None:
        self.places: dict[Element, int] = {}
        self.elements: list[Element] = []

    def pack(self, members: Members) -> int:
        for element in sorted(members - self.places.keys()):
            self.places[element] = len(self.elements)
            self.elements.append(element)
        return sum(1 << _BITS * self.places[element] for element in members)

    def unpack(self, number: int) -> Members:
        return frozenset(element for place, element in enumerate(self.elements) if number >> _BITS * place & 1)

    def ones(self) -> int:
        return sum(1 << _BITS * place for place in range(len(self.elements)))


class SignedSums:
    """The cells so far, each as one large number with a hexadecimal digit for each element.

    A signed sum of cells describes a set if every digit is 0 or 1; a negative digit borrows and shows as another.
    """

    def __init__(self, cells: tuple[int, ...] = (), digits: _Digits | None = None) -> None:
        self._cells = cells
        self._digits = digits or _Digits()

    def with_cell(self, members: Members) -> SignedSums:
        number = self._digits.pack(members)
        return SignedSums((*(cell for cell in self._cells if cell != number), number), self._digits)

    @cached_property
    def found(self) -> tuple[Members, ...]:
        """Every set that is a signed sum of the last cell and one or two of the others."""
        *others, last = self._cells
        ones = self._digits.ones()
        totals = {
            sign * last + sum(one * cell for one, cell in zip(signs, chosen, strict=True))
            for count in (1, 2)
            for chosen in combinations(others, count)
            for sign, *signs in product((1, -1), repeat=count + 1)
        }
        return tuple(self._digits.unpack(total) for total in sorted(totals) if total > 0 and total & ones == total)
