"""How much of a section may be said not to apply: the share that is shown agrees with the rule of the score."""

from __future__ import annotations

import pytest

from portal.domain.not_applicable import Claimed


@pytest.mark.parametrize(
    ("weight", "of", "percent", "exceeds"),
    [
        (0, 0, "0.0", False),
        (0, 30, "0.0", False),
        (3, 30, "10.0", False),
        (1, 9, "11.2", True),
        (1001, 10000, "10.1", True),
        (1, 30, "3.4", False),
    ],
)
def test_the_share_and_whether_it_is_beyond_the_limit(weight: int, of: int, percent: str, exceeds: bool) -> None:
    assert (Claimed(weight, of).percent, Claimed(weight, of).exceeds) == (percent, exceeds)
