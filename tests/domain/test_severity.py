"""Severity, likelihood, class and order of risks, and the actions that follow."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from portal.domain.answers import Answer
from portal.domain.questionnaire import Column, Flag, QuestionType, Stage
from portal.domain.scorecard import show
from portal.domain.severity import (
    WeakAnswer,
    classify,
    likelihood,
    most_severe_first,
    priority,
    rated_risk,
    severity,
    urgent_links,
)
from tests.domain.made import incident, question, questionnaire, score, section

VECTORS = json.loads(Path(__file__).with_name("scoring_vectors.json").read_text("utf-8"))["severity"]


def row(case: dict[str, Any]) -> dict[str, Any]:
    ratings = {name: case[name] for name in ("scale", "scope", "irremediability", "likelihood")}
    return {"risk": case["name"], **ratings, "happening": "yes" if case["happening"] else "no"}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in VECTORS])
def test_a_worked_risk_comes_out_as_published(case: dict[str, Any]) -> None:
    risk = rated_risk(row(case))

    assert risk is not None
    found = {"severity": risk.severity, "likelihood": risk.likelihood, "key": risk.key, "cls": risk.risk_class.value}
    assert found == case["expected"]


def test_scope_and_irremediability_lift_severity_by_one_step_at_most() -> None:
    for scale, scope, irremediability in product(range(1, 6), repeat=3):
        assert scale <= severity(scale, scope, irremediability) <= min(scale + 1, 5)


@pytest.mark.parametrize(
    ("grave", "classes"),
    [
        (5, "High High Urgent Urgent Urgent"),
        (4, "High High Urgent Urgent Urgent"),
        (3, "Medium Medium Medium High High"),
        (2, "Low Low Low Medium Medium"),
        (1, "Low Low Low Low Low"),
    ],
)
def test_the_class_follows_severity_before_likelihood(grave: int, classes: str) -> None:
    assert [classify(grave, chance).value for chance in range(1, 6)] == classes.split()


def test_what_happens_already_is_as_likely_as_can_be() -> None:
    assert (likelihood(None, happening=True), likelihood(1, happening=True), likelihood(2, happening=False)) == (
        5,
        5,
        2,
    )


def test_risks_are_ordered_by_key_then_involvement_then_people() -> None:
    rows = [
        {"risk": "unrated"},
        {"risk": "linked", "scale": 2, "scope": 2, "irremediability": 2, "likelihood": 4, "involvement": "linked"},
        {"risk": "few", "scale": 2, "scope": 2, "irremediability": 2, "likelihood": 4, "involvement": "cause"},
        {"risk": "many", "scale": 2, "scope": 2, "irremediability": 2, "likelihood": 4, "involvement": "cause",
         "people": 90},
        {"risk": "grave", "scale": 5, "scope": 1, "irremediability": 1, "likelihood": 1, "involvement": "linked"},
    ]  # fmt: skip

    assert [item["risk"] for item in most_severe_first(rows)] == ["grave", "many", "few", "linked", "unrated"]


@pytest.mark.parametrize(
    ("answer", "urgent", "expected"),
    [
        (WeakAnswer("ERE-FEE-05", 2, 3, 0, red_flag_raised=True), True, "13.5"),
        (WeakAnswer("HRC-IDA-07", 1, 3, 25, critical=True), False, "4.5"),
        (WeakAnswer("HRC-COM-05", 4, 1, 50), False, "0.5"),
    ],
)
def test_the_priorities_of_the_method_come_out(answer: WeakAnswer, urgent: bool, expected: str) -> None:
    assert show(priority(answer, urgent=urgent)) == expected


URGENT = {"scale": 4, "scope": 1, "irremediability": 1, "likelihood": 3, "question": "Q"}


@pytest.mark.parametrize(
    ("changed", "linked"),
    [
        ({}, {"Q"}),
        ({"scale": 3}, set()),
        ({"likelihood": 2}, set()),
        ({"likelihood": ""}, set()),
        ({"question": ""}, set()),
    ],
)
def test_only_an_urgent_risk_links_its_question(changed: dict[str, Any], linked: set[str]) -> None:
    assert urgent_links([URGENT | changed], ["question"]) == linked


def test_actions_are_ten_and_ordered_by_priority_stage_and_id() -> None:
    late = [question(f"L{number:02}", stage=Stage.REMEDY) for number in range(9)]
    early = [question("E2", stage=Stage.COMMIT), question("E1", stage=Stage.COMMIT)]
    made = questionnaire(section("A", *late, *early, incident("I"), question("C", flag=Flag.CRITICAL)))

    actions = score(made, {}).top_actions

    assert [action.question for action in actions] == ["I", "C", "E1", "E2", *[item.id for item in late[:6]]]
    assert [action.priority for action in actions[:3]] == [Fraction(3), Fraction(2), Fraction(1)]


def test_a_question_with_full_points_or_left_out_is_no_action() -> None:
    made = questionnaire(section("A", question("Q"), question("N"), question("S", applies="never")))
    answers = {"Q": Answer(value=4, evidence="accepted"), "N": Answer(not_applicable="-", na_review="confirmed")}

    assert score(made, answers, ruled_out=["never"]).top_actions == ()


def test_an_urgent_risk_lifts_the_priority_of_the_question_it_names() -> None:
    table = question(
        "T",
        type=QuestionType.TABLE,
        evidence_exempt=True,
        columns=(Column("scale", "", "integer"), Column("question", "", "question", required=False)),
    )
    made = questionnaire(section("A", question("Q"), table))

    actions = score(made, {"T": Answer(value=[URGENT])}).top_actions

    assert {action.question: action.priority for action in actions} == {"Q": Fraction(3, 2), "T": Fraction(1)}
