"""Level rules that look at groups of rows, or at the profile."""

from __future__ import annotations

from datetime import date

import pytest

from portal.domain.answers import Answer
from portal.domain.levels import level_rule, varies_by
from portal.domain.questionnaire import (
    Column,
    NumberStep,
    Option,
    Question,
    Questionnaire,
    QuestionType,
    RowCondition,
    Section,
    Stage,
    TableStep,
)
from portal.domain.scoring import score_answers

PAYERS = tuple(Option(name, name) for name in ("employer", "worker"))
COSTS = Question(
    id="TRY-ALL-01",
    type=QuestionType.TABLE,
    ask="Who pays?",
    weight=1,
    stage=Stage.ACT,
    columns=(
        Column("from", "From", "text"),
        Column("item", "Cost", "choice", options=(Option("visa", "Visa"), Option("travel", "Travel"))),
        Column("payer", "Who", "choice", options=PAYERS),
    ),
    rule=(
        TableStep(
            4, (RowCondition(where={"payer": ("employer",)}, each=("from",), covers={"item": ("visa", "travel")}),)
        ),
        TableStep(
            3,
            (
                RowCondition(complete=False, where={"payer": ("worker",)}, each=("from",), at_most=1),
                RowCondition(complete=False, filled=("payer",), at_least=1),
            ),
        ),
    ),
)
SHARE = Question(
    id="TRY-ALL-02",
    type=QuestionType.NUMBER,
    ask="What share?",
    weight=1,
    stage=Stage.ACT,
    rule=(NumberStep(4, 80, {"few": 100}), NumberStep(3, 50)),
    evidence_exempt=True,
)


def rows(*written: str) -> list[dict[str, str]]:
    """ "A visa employer" is a row."""
    return [dict(zip(("from", "item", "payer"), line.split(), strict=False)) for line in written]


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ([], 0),
        (["A visa employer"], 3),
        (["A visa employer", "A travel employer"], 4),
        (["A visa employer", "A travel worker"], 3),
        (["A visa worker", "A travel worker"], 0),
        (["A visa employer", "B travel employer"], 3),
        (["A visa employer", "A travel employer", "B visa employer", "B travel employer"], 4),
        (["A visa worker", "B travel worker"], 3),
        (["A visa employer", "A travel employer", "B visa"], 3),
        (["A visa", "A travel"], 0),
    ],
)
def test_a_condition_may_be_asked_of_every_group_of_rows(written, level):
    assert level_rule(COSTS)(rows(*written)) == level


@pytest.mark.parametrize(
    ("share", "usual", "few"),
    [(100, 4, 4), (99.9, 4, 3), (80, 4, 3), (79.9, 3, 3), (50, 3, 3), (49, 0, 0)],
)
def test_a_threshold_may_depend_on_a_rule_of_the_profile(share, usual, few):
    assert varies_by(SHARE) == "few"
    assert level_rule(SHARE)(share) == usual
    assert level_rule(SHARE, "few")(share) == few


@pytest.mark.parametrize(("rules", "score"), [({"few": False}, 100), ({"few": True}, 75)])
def test_the_score_of_a_company_follows_its_profile(rules, score):
    questionnaire = Questionnaire(
        "TRY", "trial", "2026.1", "Trial", (Section("ALL", "All", 100, (SHARE,)),), "sha256:0"
    )

    card = score_answers(
        questionnaire,
        rules={"always": True} | rules,
        answers={SHARE.id: Answer(value=85)},
        review={},
        as_of=date(2026, 11, 23),
    )

    assert card.score == score
