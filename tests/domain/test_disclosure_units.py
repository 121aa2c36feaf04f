"""Rules D1 to D4: who counts, what is one group, and limits that cannot be lowered."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from portal.domain.disclosure.settings import DisclosureSettings, LimitTooLow
from portal.domain.disclosure.units import effective_size, group_units, select_units
from tests.domain.disclosed import SNAPSHOT, groups, unit, units


def selected(*given):
    return select_units(given, snapshot_on=SNAPSHOT, minimum_age=30)


@pytest.mark.parametrize(
    "changes",
    [
        {"verified": False},
        {"joins": False},
        {"submitted_on": SNAPSHOT - timedelta(days=29)},
        {"valid_until": SNAPSHOT - timedelta(days=1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_company_that_does_not_fulfil_one_condition_does_not_count(changes):
    assert selected(unit(1, **changes)) == []


def test_thirty_days_and_the_last_valid_day_are_enough():
    just = unit(1, submitted_on=SNAPSHOT - timedelta(days=30), valid_until=SNAPSHOT)

    assert selected(just) == [just]


def test_a_company_counts_once_with_its_latest_submission():
    old, new = unit(1), unit(1, submitted_on=date(2026, 4, 1), assessment_version="2")

    assert selected(new, old) == [new]


def test_a_newer_submission_that_ran_out_is_not_replaced_by_an_older_one():
    old = unit(1, valid_until=date(2030, 1, 1))
    new = unit(1, submitted_on=date(2026, 4, 1), valid_until=date(2026, 5, 1))

    assert selected(old, new) == []


def test_a_group_has_the_exact_mean_and_its_band():
    (group,) = group_units(
        unit(number, group="P", score=Fraction(score)) for number, score in enumerate([10, 50, 90, 91])
    )

    assert (group.score, group.band) == (Fraction(241, 4), "Established")


def test_a_group_is_as_bad_as_its_worst_company():
    states = ["none", "remediating", "unknown", "open"]
    (group,) = group_units(
        unit(number, group="P", red_flags={"Q": state} if number < 3 else {"Q": state, "R": "none"})
        for number, state in enumerate(states)
    )

    assert group.red_flags == {"Q": "open", "R": "none"}


def test_a_group_stands_where_most_of_its_companies_stand_and_in_every_role():
    (group,) = group_units(
        [
            unit(1, group="P", country="VN", size_class="large", roles=frozenset({"recruiter"})),
            unit(2, group="P", country="TH", roles=frozenset({"buyer_only"})),
            unit(3, group="P", country="TH", published_own=True),
        ]
    )

    assert (group.country, group.size_class, group.roles, group.published_own) == (
        "TH",
        "large",
        frozenset({"recruiter", "buyer_only"}),
        True,
    )


def test_the_order_of_companies_changes_nothing():
    companies = [unit(number, group=f"P{number % 3}", country=["TH", "VN", "MY"][number % 3]) for number in range(9)]

    assert group_units(companies) == group_units(reversed(companies))


def test_t2_twelve_companies_of_which_seven_have_one_parent_are_six_groups():
    companies = units(5) + units(7, first=5, group="parent")

    assert effective_size(group_units(companies)) == 6


def test_t3_groups_that_published_their_own_result_do_not_protect_the_others():
    assert effective_size(groups(9) + groups(4, first=9, published_own=True)) == 9


@pytest.mark.parametrize("limit", ["threshold", "participation", "large", "minimum_age"])
def test_a_limit_can_be_raised_and_not_lowered(limit):
    floor = getattr(DisclosureSettings(), limit)

    assert getattr(DisclosureSettings(**{limit: floor + 1}), limit) == floor + 1
    with pytest.raises(LimitTooLow, match=limit):
        DisclosureSettings(**{limit: floor - 1})
