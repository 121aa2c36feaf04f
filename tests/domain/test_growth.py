"""Levels that do not grow: which are found, and which are left alone."""

from __future__ import annotations

import pytest

from portal.domain.growth import flaws_of
from portal.domain.questionnaire import (
    MultiStep,
    NumberStep,
    Option,
    Question,
    QuestionType,
    RowCondition,
    Stage,
    TableStep,
)


def question(kind: QuestionType, **more) -> Question:
    return Question("TST-ONE-01", kind, "What?", 1, Stage.ACT, **more)


def said(kind: QuestionType, **more) -> list[tuple[str, bool]]:
    return [(flaw.key, flaw.certain) for flaw in flaws_of(question(kind, **more))]


def options(*levels: int) -> tuple[Option, ...]:
    return tuple(Option(f"o{number}", "O", level) for number, level in enumerate(levels))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("No.", "A bit.", "Some.", "Much.", "As 3, and more."), []),
        (("No.", "A bit.", "a  BIT", "Much.", "All."), [("levels.2", True)]),
        (("No.", "A bit.", "Some.", "Much.", "As 1, and more."), [("levels.4", False)]),
    ],
)
def test_equal_texts_are_wrong_and_a_leap_is_odd(levels, expected):
    assert said(QuestionType.MATURITY, levels=levels) == expected


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((4, 2, 0), []), ((2, 2), [("options", True)]), ((3, 0), [("options", False)])],
)
def test_options_must_differ_and_one_should_reach_the_top(levels, expected):
    assert said(QuestionType.CHOICE, options=options(*levels)) == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((MultiStep(4, 4), MultiStep(2, 2)), []),
        ((MultiStep(4, 2), MultiStep(2, 3)), [("rule.2", True)]),
        ((MultiStep(4, 0, ("a",)), MultiStep(2, 0, ("a", "b"))), [("rule.2", True)]),
        ((MultiStep(4, 0, ("a", "b")), MultiStep(2, 0, ("a",))), []),
        ((MultiStep(4, 3, ("a",)), MultiStep(2, 2, ("a",))), []),
        ((MultiStep(3, 1),), [("rule", False)]),
    ],
)
def test_steps_of_a_multi_question_that_nobody_reaches(steps, expected):
    assert said(QuestionType.MULTI, rule=steps) == expected


def test_a_number_above_the_limit_is_never_reached():
    assert said(QuestionType.NUMBER, rule=(NumberStep(4, 101), NumberStep(2, 50)), maximum=100) == [("rule.1", True)]
    assert said(QuestionType.NUMBER, rule=(NumberStep(4, 101, {"few": 80}),), maximum=100) == []


SHOWN = RowCondition(filled=("proof",), at_least=3)


@pytest.mark.parametrize(
    ("higher", "lower", "expected"),
    [
        ((RowCondition(at_least=3),), (RowCondition(at_least=1),), []),
        ((RowCondition(at_least=1),), (RowCondition(at_least=3),), [("rule.2", True)]),
        ((RowCondition(at_least=3),), (SHOWN,), [("rule.2", True)]),
        ((SHOWN,), (RowCondition(at_least=3),), []),
        ((RowCondition(complete=False, at_least=1),), (RowCondition(at_least=1),), [("rule.2", True)]),
        ((RowCondition(at_most=0),), (RowCondition(at_most=2),), []),
        ((RowCondition(at_most=2),), (RowCondition(complete=False, at_most=0),), [("rule.2", True)]),
        ((RowCondition(covers={"a": ("x",)}),), (RowCondition(covers={"a": ("x", "y")}),), [("rule.2", True)]),
        ((RowCondition(at_least=1, each=("a",)),), (RowCondition(at_least=1),), []),
        ((RowCondition(at_least=3),), (RowCondition(at_least=2, at_most=1),), [("rule.2", True)]),
        ((RowCondition(where={"a": ("x", "y")}, at_least=1),), (RowCondition(where={"a": ("x",)}, at_least=1),),
         [("rule.2", True)]),
    ],
)  # fmt: skip
def test_steps_of_a_table_that_nobody_reaches(higher, lower, expected):
    assert said(QuestionType.TABLE, rule=(TableStep(4, higher), TableStep(2, lower))) == expected
