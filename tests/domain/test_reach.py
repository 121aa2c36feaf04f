"""Whether a rule can hold for any company."""

from __future__ import annotations

import pytest

from portal.domain.questionnaire import Profile
from portal.domain.reach import Reach, reach


@pytest.fixture(scope="module")
def profile(request) -> Profile:
    return request.getfixturevalue("catalogue").profiles["profile@2026.1"]


@pytest.mark.parametrize(
    "expression",
    [
        "true()",
        "${PRO-18} >= 1",
        "${PRO-18} >= 4711 and ${PRO-18} < 4712",
        "coalesce(${PRO-07}, 0) + coalesce(${PRO-08}, 0) >= 50",
        "${PRO-07} + ${PRO-08} = 100 and ${PRO-07} < 60",
        "selected(${PRO-22}, 'fishing') and not(selected(${PRO-22}, 'yacht'))",
        "count-selected(${PRO-22}) >= 4",
        "count(${PRO-12}) >= 7",
        "sum(${PRO-12-crossing}) >= 2",
        "selected(join(' ', ${PRO-12-channel}), 'informal')",
        "${PRO-14-origin} > 3 and ${PRO-14-destination} < 2",
        "selected(${PRO-06}, 'F') and selected(${PRO-06}, '10')",
        "${PRO-19} != 'yes'",
        "coalesce(${PRO-18}, 0) = 0",
    ],
)
def test_what_a_company_can_meet_is_reached(profile, expression):
    assert reach(profile, [expression]) is Reach.YES


@pytest.mark.parametrize(
    "expression",
    [
        "false()",
        "${PRO-18} < 0",
        "${PRO-18} >= 2 and ${PRO-18} < 2",
        "${PRO-19} = 'yes' and ${PRO-19} = 'no'",
        "selected(${PRO-22}, 'none') and selected(${PRO-22}, 'fishing')",
    ],
)
def test_what_contradicts_itself_is_never_reached(profile, expression):
    assert reach(profile, [expression]) is Reach.NEVER


def test_two_rules_may_contradict_each_other(profile):
    assert reach(profile, ["${PRO-18} >= 2", "${PRO-19} = 'yes'"]) is Reach.YES
    assert reach(profile, ["${PRO-18} >= 2", "${PRO-19} = 'yes'", "${PRO-18} < 2"]) is Reach.NEVER


def test_where_a_rule_calculates_nothing_is_certain(profile):
    assert reach(profile, ["${PRO-07} > 10 and ${PRO-07} * 2 < 10"]) is Reach.HARDLY


def test_every_installed_rule_is_reached(profile):
    assert {name for name, text in profile.rules.items() if reach(profile, [text]) is not Reach.YES} == set()
