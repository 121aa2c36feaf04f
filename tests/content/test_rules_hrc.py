"""Rules of the core questionnaire: which answer is which level, also at the borders."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from portal.catalogue import load_catalogue
from portal.domain.answers import Answer
from portal.domain.bundle import Bundle
from portal.domain.levels import declared_level
from portal.domain.questionnaire import Flag, QuestionType
from portal.domain.severity import most_severe_first, rated_risk, urgent_links
from portal.reports.profile import urgent_questions, worst_risks

HRC = load_catalogue(Path(__file__).parents[2] / "questionnaires").questionnaires["hrdd-core@2026.1"]
FIVE = ["association", "forced_labour", "child_labour", "discrimination", "safe_work"]
OTHERS = ["pay_and_hours", "migrants", "communities", "privacy", "defenders"]
RISK = {
    "risk": "Fees paid to brokers", "who": "Workers from two countries", "right": "forced_labour", "place": "The mill",
    "scale": 4, "scope": 4, "irremediability": 3, "likelihood": 2, "involvement": "contribute", "happening": "no",
}  # fmt: skip
SEEN = RISK | {"view": "yes"}
REQUIRED = list(RISK)


def level(question, value):
    return declared_level(HRC.by_id[question], Answer(value=value))


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        (FIVE + OTHERS, 4),
        (FIVE + OTHERS[:3], 4),
        (FIVE + OTHERS[2:], 4),
        (FIVE + OTHERS[:2], 3),
        (FIVE + OTHERS[4:], 3),
        (FIVE, 2),
        (FIVE[1:] + OTHERS, 1),
        (FIVE[:4] + OTHERS[:1], 1),
        (FIVE[:4], 1),
        (OTHERS, 1),
        (["privacy"], 1),
        (["none"], 0),
        ([], 0),
    ],
)
def test_the_five_fundamental_rights_come_before_all_others(rights, expected):
    assert level("HRC-GOV-02", rights) == expected


@pytest.mark.parametrize("missing", FIVE)
def test_each_of_the_five_is_needed_for_more_than_a_beginning(missing):
    assert level("HRC-GOV-02", [right for right in FIVE if right != missing] + OTHERS) == 1


@pytest.mark.parametrize(
    ("question", "levels"),
    [
        ("HRC-GOV-09", {"commented": 4, "shown": 3, "managers": 2, "one": 0}),
        ("HRC-COM-05", {"logged": 4, "informally": 2, "no": 0}),
    ],
)
def test_each_option_is_worth_what_the_design_says(question, levels):
    assert {option.id: level(question, option.id) for option in HRC.by_id[question].options} == levels


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (100, 4), (90, 4), (89.9, 3), (89, 3), (70, 3), (69.9, 2), (69, 2), (40, 2), (39.9, 1), (39, 1), (1, 1),
        (0.9, 0), (0, 0), ("none_unmonitored", 0), ("none_monitored", 3),
    ],
)  # fmt: skip
def test_closed_actions_count_by_their_share_and_silence_counts_nothing(share, expected):
    assert level("HRC-TRK-04", share) == expected


def test_a_share_is_from_0_to_100_percent():
    question = HRC.by_id["HRC-TRK-04"]

    assert (question.unit, question.minimum, question.maximum) == ("percent", 0, 100)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([SEEN] * 3, 4),
        ([SEEN] * 3 + [RISK, {"risk": "Heat"}], 4),
        ([SEEN, SEEN, RISK], 3),
        ([SEEN, SEEN, RISK | {"view": "no"}], 3),
        ([RISK] * 3, 3),
        ([SEEN, SEEN, {"risk": "Heat", "view": "yes"}], 2),
        ([SEEN, SEEN], 2),
        ([RISK], 2),
        ([{"risk": "Heat", "who": "Dyers"}] * 5, 1),
        ([{"view": "no"}], 1),
        ([{"risk": ""}, {}], 0),
        ([], 0),
    ],
)
def test_risks_count_when_complete_and_fully_when_the_people_were_heard(rows, expected):
    assert level("HRC-IDA-05", rows) == expected


@pytest.mark.parametrize("column", REQUIRED)
def test_a_risk_without_any_one_of_its_parts_is_not_complete(column):
    assert level("HRC-IDA-05", [SEEN, SEEN, SEEN | {column: ""}]) == 2
    assert level("HRC-IDA-05", [RISK | {column: ""}]) == 1


@pytest.mark.parametrize("rating", [1, 5])
def test_how_a_risk_is_rated_never_changes_the_level(rating):
    rated = SEEN | dict.fromkeys(("scale", "scope", "irremediability", "likelihood"), rating)

    assert level("HRC-IDA-05", [rated | {"happening": "yes", "involvement": "cause"}] * 3) == 4


def test_the_table_of_risks_has_the_columns_of_the_method():
    columns = {column.id: column for column in HRC.by_id["HRC-IDA-05"].columns}

    assert list(columns) == [*REQUIRED, "view", "question"]
    assert [name for name, column in columns.items() if not column.required] == ["view", "question"]
    assert len(columns["right"].options) == 20
    assert [option.id for option in columns["involvement"].options] == ["cause", "contribute", "linked"]
    ratings = [column for column in columns.values() if column.kind == "integer"]
    assert [column.id for column in ratings] == ["scale", "scope", "irremediability", "likelihood"]
    assert all(list(column.anchors) == ["1", "2", "3", "4", "5"] for column in ratings)


def test_severity_reads_the_columns_of_this_table():
    happening = RISK | {"happening": "yes", "question": "HRC-ACT-14"}
    rare = RISK | {"question": "HRC-ACT-07"}
    caused = RISK | {"involvement": "cause"}

    assert (rated_risk(rare).severity, rated_risk(rare).likelihood, rated_risk(happening).likelihood) == (4, 2, 5)
    assert urgent_links([rare, happening], ["question"]) == {"HRC-ACT-14"}
    assert most_severe_first([rare, caused, happening]) == [happening, caused, rare]


def test_a_report_shows_the_gravest_risks_of_this_table_first():
    bundle = Bundle(
        questionnaire=HRC.reference,
        as_of=date(2026, 11, 23),
        answers={
            "HRC-IDA-05": Answer(
                value=[
                    RISK | {"risk": "Late payslips", "scale": 2, "scope": 5, "irremediability": 1, "likelihood": 4},
                    RISK | {"risk": "Fees", "happening": "yes", "question": "HRC-ACT-14"},
                    RISK | {"risk": "Falls", "scale": 5, "scope": 1, "irremediability": 5, "likelihood": 3},
                    {"risk": "Not rated yet"},
                ]
            )
        },
    )

    assert [(risk.what, risk.severity, risk.likelihood) for risk in worst_risks(bundle, HRC)] == [
        ("Falls", 5, 3), ("Fees", 4, 5), ("Late payslips", 3, 4),
    ]  # fmt: skip
    assert urgent_questions(bundle, HRC) == {"HRC-ACT-14"}


def test_the_core_form_has_the_designed_shape():
    """66 questions, 16 critical, 4 red flags, weight 126: content design, sections 2 and 3."""
    flags = [question.flag for question in HRC.questions]
    types = [question.type for question in HRC.questions]

    assert (len(flags), flags.count(Flag.CRITICAL), flags.count(Flag.RED_FLAG)) == (66, 16, 4)
    assert sum(question.weight for question in HRC.questions) == 126
    assert {section.id: section.weight for section in HRC.sections} == {
        "GOV": 14, "EMB": 10, "IDA": 20, "ACT": 20, "TRK": 10, "COM": 8, "REM": 18,
    }  # fmt: skip
    assert {kind: types.count(kind) for kind in QuestionType} == {
        "maturity": 57, "incident": 4, "yesno": 2, "choice": 0, "multi": 1, "number": 1, "table": 1,
    }  # fmt: skip
    assert HRC.weakest_stage_cap
    assert HRC.kind == "core"
