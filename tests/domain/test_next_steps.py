"""Which of several things to do comes first."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.next_steps import FIRST, NEAR, NEWS, Kind, Step, in_order


def kinds(*steps: Step) -> list[Kind]:
    return [step.kind for step in in_order(steps)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Step(Kind.ACTION, "late", -1), Step(Kind.PROFILE, "")),
        (Step(Kind.ACTION, "later", -9), Step(Kind.WORK, "late", -1)),
        (Step(Kind.RETURNED, ""), Step(Kind.WORK, "today", 0)),
        (Step(Kind.WORK, "near", 3), Step(Kind.ANSWER, "near", 4)),
        (Step(Kind.RENEW, "near", NEAR), Step(Kind.WORK, "far", NEAR + 1)),
        (Step(Kind.WORK, "far", 90), Step(Kind.ANSWER, "sooner", 30)),
        (Step(Kind.RENEW, "far", 60), Step(Kind.DECIDED, "")),
        (Step(Kind.RENEW, "far", 60), Step(Kind.HANDED_BACK, "", -3)),
        (Step(Kind.SIGN, "a"), Step(Kind.SIGN, "b")),
    ],
    ids=[
        "late before the profile", "later before late", "returned before today", "nearer first", "near before far",
        "kind decides among far ones", "news last", "news is never late", "the key breaks ties",
    ],
)  # fmt: skip
def test_one_step_comes_before_another(first: Step, second: Step):
    assert in_order([second, first]) == in_order([first, second]) == [first, second]


def test_a_new_company_begins_with_its_profile():
    assert kinds(Step(Kind.BEGIN, ""), Step(Kind.PROFILE, ""))[0] is Kind.PROFILE


@given(
    st.lists(
        st.builds(Step, st.sampled_from(Kind), st.sampled_from("ab"), st.none() | st.integers(-40, 90)),
        max_size=5,
        unique=True,
    )
)
def test_the_order_depends_on_the_steps_alone(steps: list[Step]):
    found = in_order(steps)

    assert all(in_order(others) == found for others in permutations(steps))
    late = [step.is_late for step in found]
    assert late == sorted(late, reverse=True), "what is late stands first"
    news = [step.kind in NEWS for step in found]
    assert news == sorted(news), "news stands last"


def test_what_keeps_others_from_going_on_is_never_news():
    assert not FIRST & NEWS
