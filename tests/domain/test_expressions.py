"""Rules as text: what they mean by the rules of ODK, and what is refused where."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.expressions import ExpressionError, evaluate, parse, references
from portal.domain.functions import FUNCTIONS

VALUES = {
    "n": 12,
    "zero": 0,
    "text": "yes",
    "written": "2.5",
    "several": ["fishing", "yacht"],
    "column": [3, "", 4.5],
    "rows": [{"a": 1}, {"a": 2}],
    "empty": "",
    "nothing": None,
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("1 - 2 - 3", -4),
        ("10 div 4", 2.5),
        ("-7 mod 3", -1),
        ("7 mod -3", 1),
        ("5.5 mod 2", 1.5),
        ("-${n} + 2", -10),
        ("${n}-1", 11),
        ("2 < 3 = true()", True),
        ("1 = 1 or 1 = 2 and 1 = 3", True),
        ("not(1 = 1) or ${n} > 10", True),
        ("${text} = 'yes'", True),
        ('${text} = "yes"', True),
        ("${text} != 'no'", True),
        ("'1' = 1", True),
        ("'1.0' = '1'", False),
        ("true() = 'anything'", True),
        ("${written} + 1", 3.5),
        ("selected(${several}, 'yacht')", True),
        ("selected('fishing yacht', 'yacht')", True),
        ("selected(${several}, 'yach')", False),
        ("selected(${nothing}, 'none')", False),
        ("count-selected(${several})", 2),
        ("count-selected(${nothing})", 0),
        ("count(${rows})", 2),
        ("count(${column})", 2),
        ("count(${nothing})", 0),
        ("sum(${column})", 7.5),
        ("sum(${nothing})", 0),
        ("min(3, ${column})", 3),
        ("max(${column}, 1)", 4.5),
        ("join(', ', ${several}, 'cargo')", "fishing, yacht, cargo"),
        ("concat('a', ${n}, true())", "a12true"),
        ("if(${n} > 10, 'big', 'small')", "big"),
        ("coalesce(${nothing}, 'else')", "else"),
        ("coalesce(${zero}, 5)", 0),
        ("string-length(${text})", 3),
        ("number('12')", 12),
        ("round(2.5)", 3),
        ("round(-2.5)", -2),
        ("round(10 div 3, 2)", 3.33),
        ("int(-2.7)", -2),
        ("${n} * 0.5", 6),
        (". >= 0 and . < 100", True),
    ],
)
def test_a_rule_means_what_it_means_in_odk(rule: str, expected: Any) -> None:
    value = evaluate(parse(rule), VALUES, own=5)

    assert value == expected
    assert type(value) is type(expected) or not isinstance(expected, bool)


@pytest.mark.parametrize(
    "rule", ["${nothing}", "${empty}", "${unknown}", "'word'", "1 div 0", "1 mod 0", "min(${empty})", "int('x')"]
)
def test_what_is_no_number_is_neither_more_nor_less_than_any(rule: str) -> None:
    assert math.isnan(evaluate(parse(f"number({rule})"), VALUES))
    for comparison in (">= 0", "< 0", "= 0", "+ 1 = 1"):
        assert evaluate(parse(f"number({rule}) {comparison}"), VALUES) is False


def test_an_unanswered_question_is_the_empty_text_and_not_zero() -> None:
    assert evaluate(parse("${nothing} = ''"), VALUES) is True
    assert evaluate(parse("${nothing} = 0"), VALUES) is False


def test_a_rule_names_what_it_looks_at() -> None:
    assert references(parse("${PRO-07} + coalesce(${PRO-08}, 0) >= if(${a.b_c}, 1, 2)")) == {
        "PRO-07",
        "PRO-08",
        "a.b_c",
    }


@pytest.mark.parametrize(
    ("rule", "position"),
    [
        ("", 0),
        ("   ", 0),
        ("1 +", 3),
        ("1 1", 2),
        ("${a", 0),
        ("${a} == 1", 6),
        ("(1", 2),
        ("1)", 1),
        ("'open", 0),
        ("__import__('os')", 0),
        ("${a}.__class__", 5),
        ("yes", 0),
        ("eval('1')", 0),
        ("regex(${a}, '.*')", 0),
        ("1 or not(1, 2)", 5),
        ("selected(${a})", 0),
        ("true(1)", 0),
        ("if(1, 2)", 0),
        ("round(1 2)", 8),
        ("1; 2", 1),
        ("${a}[0]", 4),
        ("1234567890123456", 15),
        ("and 1", 0),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_its_place(rule: str, position: int) -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse(rule)

    assert refusal.value.position == position
    assert f"(at character {position + 1})" in str(refusal.value)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("1 " * 1001, "longer than 2000"),
        ("(" * 41 + "1" + ")" * 41, "nested more than 40"),
        ("-" * 42 + "1", "nested more than 40"),
        ("not(" * 41 + "1" + ")" * 41, "nested more than 40"),
        ("1" + "+1" * 300, "more than 400 parts"),
    ],
    ids=["long", "brackets", "signs", "calls", "parts"],
)
def test_a_rule_has_limits(rule: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        parse(rule)


def test_the_largest_rule_allowed_can_be_asked() -> None:
    assert evaluate(parse("1" + "+1" * 199), {}) == 200
    assert evaluate(parse("(" * 40 + "1" + ")" * 40), {}) == 1


WORDS = ["${n}", "${several}", "${nothing}", "'a'", "1", "0", "99999999", "(", ")", ",", "+", "-", "*", "div", "mod"]
WORDS += ["=", "!=", "<", ">=", "and", "or", "."] + [f"{name}(" for name in FUNCTIONS]


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_no_rule_breaks_anything(words: list[str]) -> None:
    try:
        tree = parse(" ".join(words))
    except ExpressionError:
        return
    evaluate(tree, VALUES, own="")


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as refusal:
        assert 0 <= refusal.position <= len(text)
