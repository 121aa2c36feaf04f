"""The only numbers that leave: rounded counts, means and shares (rules D10 and D15)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

#: Counts, means and shares all move in steps of five.
STEP = 5
LOW, HIGH = "<=10", ">=90"
#: Every share that can be shown, in order.
SHARES = (LOW, *(str(percent) for percent in range(15, 90, STEP)), HIGH)


@dataclass(frozen=True, slots=True)
class CellKeys:
    """Rounding that is random to the reader and fixed for ever by who stands in the cell.

    The same groups give the same number in every table and every release, so asking again averages nothing away. The
    secret may not change while a release is online.
    """

    secret: bytes

    def record_key(self, group: str, statistic: str) -> Fraction:
        """First 8 bytes of HMAC-SHA256 over "group|statistic" in UTF-8, as a fraction of 2**64."""
        digest = hmac.digest(self.secret, f"{group}|{statistic}".encode(), "sha256")
        return Fraction(int.from_bytes(digest[:8], "big"), 2**64)

    def cell_key(self, groups: Iterable[str], statistic: str) -> Fraction:
        return sum((self.record_key(group, statistic) for group in groups), Fraction(0)) % 1

    def count(self, groups: Iterable[str], statistic: str = "count") -> int:
        """Round the number of groups to a multiple of five, up with probability r/5 where r is the remainder."""
        names = frozenset(groups)
        whole, rest = divmod(len(names), STEP)
        up = self.cell_key(names, statistic) < Fraction(rest, STEP)
        return STEP * (whole + up)


def rounded_mean(values: Iterable[Fraction]) -> int:
    """Round the exact mean to the nearest five points, half up."""
    numbers = tuple(values)
    return STEP * int(sum(numbers, Fraction(0)) / len(numbers) / STEP + Fraction(1, 2))


def share(part: int, whole: int) -> str:
    """Return a share of two rounded counts in steps of five, with an open code at either end.

    Neither "nobody" nor "everybody" can be said: 0 % and 100 % hide behind the end codes.
    """
    percent = min(Fraction(100), Fraction(100 * part, whole))
    nearest = STEP * int(percent / STEP + Fraction(1, 2))
    if nearest <= 10:
        return LOW
    return HIGH if nearest >= 90 else str(nearest)
