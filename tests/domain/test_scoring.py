"""The worked examples of the method, and what it says about reviews, silence and "not applicable"."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.domain.answers import Answer, Determination
from portal.domain.questionnaire import Flag, Question, Questionnaire, QuestionType, Stage
from portal.domain.scorecard import Scorecard, show
from tests.domain.made import TODAY, incident, question, questionnaire, score, section

VECTORS = json.loads(Path(__file__).with_name("scoring_vectors.json").read_text("utf-8"))
FLAGS = {"C": Flag.CRITICAL, "RF": Flag.RED_FLAG, None: None}
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


def cases(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in VECTORS[kind]]


def made_from(case: dict[str, Any]) -> Questionnaire:
    sections = [
        section(part["id"], *map(question_from, part["questions"]), weight=part["weight"])
        for part in case["input"]["sections"]
    ]
    return questionnaire(*sections, weakest_stage_cap=case["options"].get("weakest", False))


def question_from(given: dict[str, Any]) -> Question:
    return question(
        given["id"],
        type=QuestionType(given.get("type", "maturity")),
        weight=given["w"],
        stage=Stage(given["stage"]),
        flag=FLAGS[given.get("flag")],
        applies="never" if given.get("status") == "na_system" else "always",
        evidence_exempt=given["evidence"] == "exempt",
    )


def answer_from(given: dict[str, Any]) -> Answer:
    evidence = "none" if given["evidence"] == "exempt" else given["evidence"]
    if given.get("type") == "incident":
        plan_end = YESTERDAY if given.get("plan_overdue") else TODAY
        return Answer(value=given["answer"], evidence=evidence, plan_end=plan_end)
    match given["status"]:
        case "answered":
            return Answer(value=given["level"], evidence=evidence)
        case "dont_know":
            return Answer(dont_know=True, evidence=evidence)
        case "na_user":
            return Answer(not_applicable="We have none.", evidence=evidence)
        case _:
            return Answer(evidence=evidence)


def scored(case: dict[str, Any]) -> Scorecard:
    given = [item for part in case["input"]["sections"] for item in part["questions"]]
    review = {
        item["id"]: Determination(item["reviewer_level"], None, "Seen.") for item in given if "reviewer_level" in item
    }
    answers = {item["id"]: answer_from(item) for item in given}
    return score(made_from(case), answers, review=review, ruled_out=["never"])


@pytest.mark.parametrize("case", cases("questionnaires"))
def test_a_worked_example_comes_out_as_published(case: dict[str, Any]) -> None:
    expected = case["expected"]

    card = scored(case)

    assert card.score is not None or expected["final"] is None
    if card.score is not None and card.raw is not None and card.declared is not None:
        assert show(card.score) == str(expected["final"])
        assert (show(card.raw), show(card.declared)) == (str(expected["raw"]), str(expected["declared"]))
        assert card.band == expected["band"]
        assert [cap.code for cap in card.caps] == expected["caps"]


@pytest.mark.parametrize("case", cases("questionnaires"))
def test_the_working_of_an_example_comes_out_as_published(case: dict[str, Any]) -> None:
    expected = case["expected"]

    card = scored(case)

    assert {name: part and section_shown(part) for name, part in card.sections.items()} == expected["sections"]
    assert {stage.value: float(show(value)) for stage, value in card.stages.items()} == expected.get("stages", {})
    assert sorted(set(card.red_flags.values())) == expected.get("rf_states", [])
    shown = {
        name: {"declared": one.declared, "counted": one.counted, "points": one.points, "rf": one.red_flag}
        for name, one in card.questions.items()
        if one.counted is not None
    }
    assert shown == expected.get("questions", {})


def section_shown(part: Any) -> dict[str, Any]:
    numbers = {"raw": part.raw, "capped": part.score, "declared": part.declared}
    return {name: float(show(value)) for name, value in numbers.items()} | {"caps": [cap.code for cap in part.caps]}


ONE_INCIDENT = questionnaire(section("A", incident("I")))


@pytest.mark.parametrize(
    ("option", "none", "attached", "accepted"),
    [
        ("checked_not_found", (1, "unknown"), (3, None), (4, None)),
        ("not_checked", (1, "unknown"), (1, "unknown"), (1, "unknown")),
        ("found_remedied", (2, "remediating"), (3, None), (4, None)),
        ("found_remediating", (0, "open"), (2, "remediating"), (2, "remediating")),
        ("found_open", (0, "open"), (0, "open"), (0, "open")),
        ("dont_know", (0, "unknown"), (0, "unknown"), (0, "unknown")),
    ],
)
def test_an_incident_counts_by_the_fixed_table(option: str, none: Any, attached: Any, accepted: Any) -> None:
    for evidence, expected in (("none", none), ("attached", attached), ("accepted", accepted)):
        card = score(ONE_INCIDENT, {"I": Answer(value=option, evidence=evidence, plan_end=TOMORROW)})
        assert (card.questions["I"].counted, card.questions["I"].red_flag) == expected


@pytest.mark.parametrize(
    ("plan_end", "expected"),
    [(None, (0, "open")), (YESTERDAY, (0, "open")), (TODAY, (2, "remediating")), (TOMORROW, (2, "remediating"))],
    ids=["no plan", "overdue", "last day", "running"],
)
def test_a_remedy_counts_while_its_plan_runs(plan_end: date | None, expected: tuple[int, str]) -> None:
    card = score(ONE_INCIDENT, {"I": Answer(value="found_remediating", evidence="attached", plan_end=plan_end)})

    assert (card.questions["I"].counted, card.questions["I"].red_flag) == expected


@pytest.mark.parametrize("answer", [None, Answer(dont_know=True), Answer(value="dont_know")])
def test_silence_about_an_incident_is_not_knowing(answer: Answer | None) -> None:
    card = score(ONE_INCIDENT, {"I": answer} if answer else {})

    assert card.red_flags == {"I": "unknown"}
    assert card.questions["I"].status == ("dont_know" if answer else "unanswered")


@pytest.mark.parametrize(
    ("option", "evidence", "determination", "expected"),
    [
        ("checked_not_found", "none", Determination(4, None, ""), (1, "unknown")),
        ("checked_not_found", "attached", Determination(4, None, ""), (4, None)),
        ("checked_not_found", "accepted", Determination(2, None, ""), (2, None)),
        ("checked_not_found", "accepted", Determination(None, "open", ""), (4, "open")),
        ("found_open", "none", Determination(None, "none", ""), (0, None)),
        ("found_open", "none", Determination(3, "remediating", ""), (0, "remediating")),
    ],
)
def test_a_reviewer_replaces_the_ceiling_and_may_set_the_state(
    option: str, evidence: str, determination: Determination, expected: Any
) -> None:
    card = score(ONE_INCIDENT, {"I": Answer(value=option, evidence=evidence)}, review={"I": determination})

    assert (card.questions["I"].counted, card.questions["I"].red_flag) == expected


def tenths(*answers: Answer) -> Scorecard:
    """Ten questions of weight 1; those not given are answered with level 2."""
    questions = [question(f"Q{number}") for number in range(10)]
    given = [*answers, *[Answer(value=2)] * (10 - len(answers))]
    return score(
        questionnaire(section("A", *questions)),
        {item.id: answer for item, answer in zip(questions, given, strict=True)},
    )


PENDING = Answer(not_applicable="None.")
CONFIRMED, REJECTED = replace(PENDING, na_review="confirmed"), replace(PENDING, na_review="rejected")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([PENDING], "50.0"),
        ([PENDING, PENDING], "40.0"),
        ([PENDING, CONFIRMED], "50.0"),
        ([PENDING, PENDING, CONFIRMED], "38.9"),
        ([REJECTED], "45.0"),
        ([PENDING, REJECTED], "44.4"),
        ([CONFIRMED] * 9, "50.0"),
    ],
)
def test_not_applicable_is_left_out_up_to_a_tenth_of_the_section(answers: list[Answer], expected: str) -> None:
    card = tenths(*answers)

    assert card.score is not None
    assert show(card.score) == expected


def test_a_section_called_not_applicable_as_a_whole_has_no_score_once_confirmed() -> None:
    card = score(questionnaire(section("A", question("Q"))), {"Q": CONFIRMED})

    assert (card.score, card.band, card.sections["A"]) == (None, None, None)
    assert card.coverage.not_applicable == card.coverage.applicable == 1


def test_answers_to_questions_that_do_not_apply_change_nothing() -> None:
    made = questionnaire(section("A", question("Q"), incident("I", applies="never")))
    answers = {"Q": Answer(value=2)}

    silent = score(made, answers, ruled_out=["never"])
    spoken = score(made, answers | {"I": Answer(value="found_open")}, ruled_out=["never"])

    assert silent == spoken


@pytest.mark.parametrize(("weakest", "limit"), [(0, "39.9"), (1, "59.9"), (2, "79.9"), (3, None)])
def test_the_weakest_stage_holds_the_score_one_band_above_it(weakest: int, limit: str | None) -> None:
    made = questionnaire(
        section("A", question("Q"), question("R", weight=99, stage=Stage.REMEDY)), weakest_stage_cap=True
    )
    best = Answer(value=4, evidence="accepted")

    card = score(made, {"Q": replace(best, value=weakest), "R": best})

    assert [(cap.code, show(cap.limit), cap.because) for cap in card.caps] == (
        [("CAP-S", limit, ("act",))] if limit else []
    )


def test_all_stages_of_the_lowest_band_are_named() -> None:
    stages = zip("PQR", (Stage.COMMIT, Stage.ACT, Stage.TRACK), strict=True)
    made = questionnaire(
        section("A", *[question(name, stage=stage, weight=1 if name != "R" else 98) for name, stage in stages]),
        weakest_stage_cap=True,
    )

    card = score(made, {"R": Answer(value=4, evidence="accepted")})

    assert card.caps[0].because == ("commit", "act")


def test_a_cap_names_the_questions_that_caused_it_in_the_order_of_the_questionnaire() -> None:
    best = Answer(value=4, evidence="accepted")
    made = questionnaire(
        section("A", incident("I"), question("Q", flag=Flag.CRITICAL)), section("B", question("R", weight=9)),
        section("C", question("S", flag=Flag.CRITICAL, weight=9), weight=900),
    )  # fmt: skip

    card = score(made, {"Q": Answer(value=1), "R": best, "S": best})

    assert [(cap.code, cap.because) for cap in card.caps] == [("CAP-C", ("I", "Q"))]
