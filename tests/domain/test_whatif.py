"""What-if: the worked example of the method, and what must hold for any answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalogue import load_catalogue
from portal.domain.answers import Answer
from portal.domain.applicability import rule_values
from portal.domain.questionnaire import Questionnaire
from portal.domain.scorecard import Scorecard, band_of, show
from portal.domain.scoring import score_answers
from portal.domain.whatif import Step, best_pair, open_range, outcome, steps_of, way_to_next_band
from tests.builders import PROFILE

CATALOGUE = load_catalogue(Path("questionnaires"))
SHORT = CATALOGUE.questionnaires["hrdd-short@2026.1"]
TODAY = date(2026, 11, 24)
RULES = rule_values(CATALOGUE.profiles[SHORT.profile], PROFILE)
#: E17 of the method: a small firm that repays fees and never looked whether anybody was punished.
E17 = {
    "HRS-COM-01": (3, "attached"), "HRS-COM-02": (2, "none"), "HRS-COM-03": (3, "attached"),
    "HRS-KNO-01": (3, "attached"), "HRS-KNO-02": (2, "none"), "HRS-KNO-03": (2, "none"),
    "HRS-DO-01": (2, "none"), "HRS-DO-02": ("checked_not_found", "attached"),
    "HRS-DO-03": ("found_remediating", "attached"), "HRS-DO-04": ("checked_not_found", "attached"),
    "HRS-DO-05": ("checked_not_found", "attached"), "HRS-DO-06": (3, "attached"), "HRS-DO-07": (3, "none"),
    "HRS-DO-08": (2, "none"), "HRS-CHK-01": (2, "none"), "HRS-CHK-02": (1, "none"),
    "HRS-FIX-01": (3, "attached"), "HRS-FIX-02": (2, "none"), "HRS-FIX-03": ("not_checked", "none"),
}  # fmt: skip


def card_of(answers: dict[str, Answer], questionnaire: Questionnaire = SHORT) -> Scorecard:
    return score_answers(questionnaire, rules=RULES, answers=answers, review={}, as_of=TODAY)


@pytest.fixture(scope="module")
def e17() -> Scorecard:
    vectors = json.loads(Path("tests/domain/scoring_vectors.json").read_text(encoding="utf-8"))
    assert vectors
    answers = {name: Answer(value=value, evidence=evidence) for name, (value, evidence) in E17.items()}
    answers["HRS-DO-03"] = replace(answers["HRS-DO-03"], plan_end=date(2027, 3, 1))
    row = {"risk": "Heat", "who": "Dyers", "scale": 3, "scope": 2, "irremediability": 2, "likelihood": 4}
    answers["HRS-KNO-04"] = Answer(value=[row] * 5)
    return card_of(answers)


def test_the_example_begins_where_the_method_says(e17: Scorecard) -> None:
    assert (show(e17.score), show(e17.declared)) == ("57.3", "65.2")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("steps", "score"),
    [
        ([("HRS-FIX-03", 3)], "59.9"),
        ([("HRS-FIX-03", 3), ("HRS-CHK-02", 2)], "63.4"),
    ],
)
def test_single_steps_mislead_and_pairs_tell(e17: Scorecard, steps: list[tuple[str, int]], score: str) -> None:
    found = outcome(SHORT, e17, [Step(name, e17.questions[name].counted or 0, level) for name, level in steps])

    assert show(found.score) == score


def test_the_shortest_way_to_the_next_band_is_that_pair(e17: Scorecard) -> None:
    found = way_to_next_band(SHORT, e17)

    assert found is not None
    assert {step.question for step in found.steps} == {"HRS-FIX-03", "HRS-CHK-02"}
    assert (show(found.score), band_of(found.score)) == ("63.4", "Established")


def test_the_best_pair_is_the_best_of_all_pairs(e17: Scorecard) -> None:
    found = best_pair(SHORT, e17)
    each = steps_of(SHORT, e17)
    pairs = [pair for pair in combinations(each, 2) if pair[0].question != pair[1].question]

    assert found is not None
    assert found.score == max(outcome(SHORT, e17, pair).score for pair in pairs)


VALUES = {
    "maturity": st.integers(0, 4),
    "incident": st.sampled_from(["checked_not_found", "not_checked", "found_remedied", "found_open", "dont_know"]),
}
ASKED = [one for one in SHORT.questions if one.type in VALUES]
ANSWERS = st.fixed_dictionaries(
    {one.id: st.builds(Answer, value=VALUES[one.type], evidence=st.sampled_from(["none", "attached"])) for one in ASKED}
)


@settings(max_examples=60, deadline=None)
@given(ANSWERS, st.sets(st.sampled_from([one.id for one in ASKED])))
def test_whatever_is_answered_the_score_stays_in_the_range(answers: dict[str, Answer], silent: set[str]) -> None:
    before = card_of({name: answer for name, answer in answers.items() if name not in silent})
    after = card_of(answers)
    lowest, highest = open_range(SHORT, before) or (0, 0)

    assert after.score is not None
    assert lowest <= after.score <= highest


@settings(max_examples=20, deadline=None)
@given(ANSWERS)
def test_a_step_tells_what_the_answer_would_do(answers: dict[str, Answer]) -> None:
    before = card_of(answers)
    for step in steps_of(SHORT, before):
        question = SHORT.by_id[step.question]
        if question.type != "maturity" or step.level > 3:
            continue
        changed = answers | {step.question: Answer(value=step.level, evidence="attached")}
        assert outcome(SHORT, before, [step]).score == card_of(changed).score
