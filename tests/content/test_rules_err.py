"""Rules of the questionnaire for labour recruiters: which answer is which level, and who is asked what."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.catalogue import load_catalogue
from portal.domain.applicability import rule_values
from portal.domain.levels import level_rule
from portal.domain.questionnaire import Flag, QuestionType
from tests.content.costs import corridor

CATALOGUE = load_catalogue(Path(__file__).parents[2] / "questionnaires")
ERR = CATALOGUE.questionnaires["recruitment-agencies@2026.1"]
ERE = CATALOGUE.questionnaires["recruitment-employers@2026.1"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (corridor(), 4),
        (corridor(payer="none"), 4),
        (corridor() + corridor(origin="VN", f2="none"), 4),
        (corridor(proof="no"), 3),
        (corridor() + corridor(origin="VN", proof="no"), 3),
        (corridor(c3="recruiter"), 2),
        (corridor(payer="recruiter"), 2),
        (corridor(c1="worker_repaid", c7="worker_repaid"), 2),
        (corridor(c1="worker_repaid", c7="worker_repaid", x="worker_repaid"), 1),
        (corridor(c6="worker"), 1),
        (corridor(x="not_known"), 1),
        (corridor(c2=None), 1),
        (corridor(c2=""), 1),
        (corridor() + corridor(origin="VN", c2=None), 1),
        (corridor(f1="worker"), 0),
        (corridor(f2="worker_repaid"), 0),
        (corridor(f4="worker") + corridor(origin="VN"), 0),
        (corridor(payer=""), 0),
        ([], 0),
    ],
)
def test_the_level_of_the_table_of_costs_is_that_of_its_worst_row(rows, expected):
    assert level_rule(ERR.by_id["ERR-FEE-02"])(rows) == expected


def test_the_table_of_costs_is_scored_as_that_of_employers():
    theirs, ours = ERE.by_id["ERE-FEE-02"], ERR.by_id["ERR-FEE-02"]

    assert ours.rule == theirs.rule
    assert [column.id for column in ours.columns] == [column.id for column in theirs.columns]
    assert ours.columns[-1].expression == theirs.columns[-1].expression.replace("ERE-", "ERR-")


def test_nothing_but_the_table_of_costs_needs_a_rule():
    assert {question.type for question in ERR.questions if question.rule} == {QuestionType.TABLE}
    assert [question.id for question in ERR.questions if question.rule] == ["ERR-FEE-02"]


def asked(**profile):
    values = rule_values(CATALOGUE.profiles[ERR.profile], {"PRO-13": ["recruiter"]} | profile)
    return {question.id for question in ERR.questions if values[question.applies]}


def test_an_agency_that_only_places_local_workers_itself_is_asked_forty_questions():
    skipped = {question.id for question in ERR.questions} - asked()

    assert skipped == {
        "ERR-A-06", "ERR-B-02", "ERR-FEE-04", "ERR-FRE-04", "ERR-TRA-05", "ERR-TRA-07", "ERR-DAT-05"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("profile", "more"),
    [
        ({"ERR-PRE-01": "yes"}, {"ERR-TRA-07"}),
        ({"ERR-PRE-02": "yes"}, {"ERR-DAT-05"}),
        ({"PRO-15": "dont_know"}, {"ERR-B-02", "ERR-FEE-04"}),
        ({"PRO-12": [{"origin": "NP", "destination": "JP"}]}, {"ERR-A-06", "ERR-FRE-04", "ERR-TRA-05"}),
        ({"PRO-12": [{"origin": "NP", "destination": "NP"}]}, set()),
    ],
)
def test_the_profile_decides_what_else_an_agency_is_asked(profile, more):
    assert asked(**profile) - asked() == more


def test_the_numbers_are_those_of_the_design():
    flags = [question.flag for question in ERR.questions]

    assert (len(flags), flags.count(Flag.CRITICAL), flags.count(Flag.RED_FLAG)) == (47, 11, 8)
    assert sum(question.weight for question in ERR.questions) == 91
    assert [section.weight for section in ERR.sections] == [13, 17, 24, 10, 16, 8, 12]
    assert (ERR.kind, ERR.applies, ERR.weakest_stage_cap) == ("recruitment", "always", False)
