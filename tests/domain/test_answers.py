"""What each type of question takes for an answer, and what level it is worth."""

from __future__ import annotations

from typing import Any

import pytest

from portal.domain.answers import Answer, InvalidAnswer, check_value, has_answer
from portal.domain.levels import declared_level
from portal.domain.questionnaire import (
    Column,
    MultiStep,
    NumberStep,
    Option,
    Question,
    QuestionType,
    RowCondition,
    TableStep,
)
from tests.domain.made import question

YES_NO = (Option("yes", "Yes", 4), Option("partly", "Partly", 2), Option("no", "No", 0), Option("unsure", "?"))
RIGHTS = (*(Option(name, name) for name in "abcde"), Option("none", "None", exclusive=True))
COLUMNS = (
    Column("what", "What", "text"),
    Column("scale", "Scale", "integer", minimum=1, maximum=5),
    Column("share", "Share", "number", required=False, minimum=0, maximum=100),
    Column("paid", "Paid by", "choice", required=False, options=(Option("us", "Us"), Option("worker", "Worker"))),
    Column("country", "Country", "country", required=False),
    Column("twice", "Twice", "calculate", expression="${T-scale} * 2"),
)
QUESTIONS = {
    "maturity": question("Q"),
    "incident": question("Q", type=QuestionType.INCIDENT),
    "yesno": question("Q", type=QuestionType.YESNO, options=YES_NO),
    "choice": question("Q", type=QuestionType.CHOICE, options=YES_NO),
    "multi": question(
        "Q",
        type=QuestionType.MULTI,
        options=RIGHTS,
        rule=(MultiStep(4, 4, ("a", "b")), MultiStep(2, 0, ("a", "b")), MultiStep(1, 1)),
    ),
    "number": question(
        "Q",
        type=QuestionType.NUMBER,
        options=(Option("unknown", "Not known", 0), Option("none_found", "None found", 3)),
        minimum=0,
        maximum=100,
        rule=(NumberStep(4, 90), NumberStep(3, 69.5), NumberStep(1, 1)),
    ),
    "table": question(
        "T",
        type=QuestionType.TABLE,
        columns=COLUMNS,
        rule=(
            TableStep(4, (RowCondition(at_least=2), RowCondition(where={"paid": ("worker",)}, at_most=0))),
            TableStep(3, (RowCondition(where={"twice": ("8", "10")}, at_least=1),)),
            TableStep(2, (RowCondition(complete=False, filled=("share", "country"), at_least=1),)),
            TableStep(1, (RowCondition(complete=False, at_least=1),)),
        ),
    ),
}
ROW = {"what": "Debt", "scale": 2}

LEVELS = [
    *[("maturity", level, level) for level in range(5)],
    *[("yesno", name, level) for name, level in (("yes", 4), ("partly", 2), ("no", 0), ("unsure", 0))],
    ("choice", "partly", 2),
    ("multi", [], 0),
    ("multi", ["c"], 1),
    ("multi", ["a", "b"], 2),
    ("multi", ["a", "b", "c"], 2),
    ("multi", ["d", "b", "c", "a"], 4),
    ("multi", ["c", "d", "e", "a"], 1),
    ("multi", ["none"], 0),
    ("number", 100, 4),
    ("number", 90, 4),
    ("number", 89.9, 3),
    ("number", 69.5, 3),
    ("number", 69, 1),
    ("number", 0.5, 0),
    ("number", "unknown", 0),
    ("number", "none_found", 3),
    ("table", [], 0),
    ("table", [{}, {"what": ""}], 0),
    ("table", [{"what": "Debt"}], 1),
    ("table", [{"share": 0}], 1),
    ("table", [{"share": 0, "country": "TH"}], 2),
    ("table", [ROW], 1),
    ("table", [ROW | {"scale": 4}], 3),
    ("table", [ROW, ROW], 4),
    ("table", [ROW, {}, ROW | {"paid": "us"}], 4),
    ("table", [ROW, ROW | {"paid": "worker"}], 1),
    ("table", [{"scale": 5}, {"scale": 1}], 1),
]


@pytest.mark.parametrize(("kind", "value", "level"), LEVELS, ids=str)
def test_a_value_is_worth_its_level(kind: str, value: Any, level: int) -> None:
    check_value(QUESTIONS[kind], value)

    assert declared_level(QUESTIONS[kind], Answer(value=value)) == level


@pytest.mark.parametrize("asked", [pytest.param(item, id=name) for name, item in QUESTIONS.items()])
def test_no_value_is_worth_nothing(asked: Question) -> None:
    for answer in (Answer(), Answer(dont_know=True), Answer(not_applicable="None.")):
        assert declared_level(asked, answer) == 0


REFUSED = [
    *[("maturity", value, "") for value in (-1, 5, 1.5, "1", True, None, [])],
    *[("incident", value, "") for value in ("open", 1, None, ["not_checked"])],
    *[("yesno", value, "") for value in ("maybe", True, None, ["yes"], {})],
    *[("multi", value, "") for value in ("a", None, ["a", "a"], ["none", "a"], {"a": True})],
    *[("multi", value, "[1]") for value in (["a", "z"], ["a", 1], ["a", ["b"]])],
    *[("number", value, "") for value in (-1, 101, "12", "z", True, None, [1], float("nan"), float("inf"))],
    *[("table", value, "") for value in ({}, "x", None)],
    ("table", [ROW, 1], "[1]"),
    ("table", [{"colour": ""}], "[0]"),
    ("table", [{"twice": 4}], "[0]"),
    *[("table", [{"scale": value}], "[0].scale") for value in (0, 6, 2.5, "2", True)],
    *[("table", [{"share": value}], "[0].share") for value in (-0.1, 100.1, "half")],
    ("table", [{"paid": "them"}], "[0].paid"),
    ("table", [{"country": "Laos"}], "[0].country"),
    ("table", [{"what": "a\x00b"}], "[0].what"),
]


@pytest.mark.parametrize(("kind", "value", "path"), REFUSED, ids=str)
def test_a_value_that_is_no_answer_is_refused_with_its_place(kind: str, value: Any, path: str) -> None:
    with pytest.raises(InvalidAnswer) as refusal:
        check_value(QUESTIONS[kind], value)

    assert refusal.value.path == path


def test_dont_know_is_an_answer_and_a_file_alone_is_not() -> None:
    assert has_answer(Answer(value=0))
    assert has_answer(Answer(dont_know=True))
    assert has_answer(Answer(not_applicable="We have none."))
    assert not has_answer(Answer(evidence="attached", comment="Later."))
    assert not has_answer(None)


def test_every_question_type_is_tried_here() -> None:
    assert set(QUESTIONS) == set(QuestionType)
