"""Rules D10 and D15: numbers that are rounded once and for all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.disclosure.rounding import SHARES, CellKeys, rounded_mean, share

KEYS = CellKeys(b"demo-secret")


def names(count):
    return [f"G{number:03}" for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("count", "key", "shown"),
    [(12, "0.2187", 15), (13, "0.3869", 15), (14, "0.7040", 15), (16, "0.2348", 15), (17, "0.7919", 15)],
)
def test_t9_repeated_queries_give_the_same_number(count, key, shown):
    assert f"{float(KEYS.cell_key(names(count), 'count')):.4f}" == key
    assert KEYS.count(names(count)) == KEYS.count(reversed(names(count))) == shown


@given(st.frozensets(st.text(min_size=1, max_size=8), max_size=40))
def test_a_count_moves_by_less_than_five_and_multiples_stay(members):
    shown = KEYS.count(members)

    assert shown % 5 == 0
    assert abs(shown - len(members)) < 5
    assert shown == len(members) or len(members) % 5


def test_another_secret_or_statistic_rounds_otherwise():
    counts = {KEYS.count(names(12), f"statistic {number}") for number in range(30)}

    assert counts == {10, 15}


def test_rounding_is_unbiased():
    shown = [CellKeys(str(number).encode()).count(names(13)) for number in range(400)]

    assert abs(sum(shown) / len(shown) - 13) < 0.5


@pytest.mark.parametrize(
    ("values", "shown"), [(["0"], 0), (["2.49"], 0), (["2.5"], 5), (["46"], 45), (["47.5"], 50), (["100", "99"], 100)]
)
def test_a_mean_is_shown_to_the_nearest_five_half_up(values, shown):
    assert rounded_mean(Fraction(value) for value in values) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 40, "<=10"), (5, 45, "<=10"), (5, 40, "15"), (20, 40, "50"), (40, 45, ">=90"), (45, 40, ">=90")],
)
def test_a_share_has_open_ends_and_never_says_nobody_or_everybody(part, whole, shown):
    assert share(part, whole) == shown


@given(st.integers(0, 60), st.integers(1, 60))
def test_every_share_is_one_of_the_codes(part, whole):
    assert share(5 * part, 5 * whole) in SHARES
