"""Rules of the five sector supplements: which answer is which level, and which question a company is asked."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from portal.catalogue import load_catalogue
from portal.domain.answers import InvalidAnswer, check_value
from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.levels import level_rule
from portal.domain.questionnaire import QuestionType

CATALOGUE = load_catalogue(Path(__file__).parents[2] / "questionnaires")
PROFILE = CATALOGUE.profiles["profile@2026.1"]
SECTORS = {
    name: CATALOGUE.questionnaires[f"sector-{slug}@2026.1"]
    for name, slug in {
        "SEA": "fishing",
        "SHP": "shipping",
        "PLT": "platforms",
        "CMF": "construction-manufacturing",
        "AGR": "agriculture",
    }.items()
}
DETAILS = ("employer", "place", "licence", "vacancy", "pay", "costs", "contract", "visa", "contact", "closing")
JOB_POST = SECTORS["PLT"].by_id["PLT-PRE-04"]


@pytest.mark.parametrize(
    ("details", "level"),
    [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1), (5, 2), (6, 2), (7, 3), (8, 3), (9, 4), (10, 4)],
)
def test_a_job_post_is_judged_by_how_many_details_it_must_show(details, level):
    rule = level_rule(JOB_POST)

    assert {rule(list(chosen)) for chosen in combinations(DETAILS, details)} == {level}


def test_a_job_post_that_must_show_none_of_these_is_level_0():
    check_value(JOB_POST, ["none"])

    assert level_rule(JOB_POST)(["none"]) == 0


@pytest.mark.parametrize("value", [["none", "pay"], ["pay", "pay"], ["logo"], "pay"])
def test_details_of_a_job_post_that_make_no_sense_are_refused(value):
    with pytest.raises(InvalidAnswer):
        check_value(JOB_POST, value)


def test_the_details_of_a_job_post_are_the_ten_designed_ones():
    assert tuple(option.id for option in JOB_POST.options if not option.exclusive) == DETAILS


def test_it_is_the_only_question_of_a_sector_with_a_rule_to_work_out():
    chosen = {QuestionType.MATURITY, QuestionType.INCIDENT}

    assert [q.id for item in SECTORS.values() for q in item.questions if q.type not in chosen] == ["PLT-PRE-04"]


@pytest.mark.parametrize("name", SECTORS)
def test_the_weakest_stage_limits_no_sector_supplement(name):
    assert not SECTORS[name].weakest_stage_cap
    assert SECTORS[name].kind == "sector"


SEA_VES = [f"VES-0{number}" for number in range(1, 9)]
SEA_BUY = ["BUY-01", "BUY-02", "BUY-03"]
SHP_RES = [f"RES-0{number}" for number in range(1, 8)]
CMF_MOST = ["CHN-01", "CHN-02", "CHN-03", "CHN-04", "SIT-01", "SIT-02", "SIT-03", "SIT-05", "SIT-06"]
PLT_MOST = ["PRE-01", "PRE-03", "PRE-05", "PRE-06", "RSP-01", "RSP-02", "RSP-03", "RSP-04", "OPN-01", "OPN-02"]
AGR_MOST = ["LAB-01", "LAB-02", "LAB-03", "LAB-05", "LAB-06", "LND-03", "LND-04"]


@pytest.mark.parametrize(
    ("name", "profile", "asked"),
    [
        ("SEA", {"PRO-22": ["fishing"], "PRO-23": "yes"}, SEA_VES + SEA_BUY),
        ("SEA", {"PRO-22": ["fishing"], "PRO-23": "no"}, SEA_VES),
        ("SEA", {"PRO-22": ["merchant"], "PRO-23": "yes"}, SEA_BUY),
        ("SEA", {"PRO-22": ["none"], "PRO-23": "no"}, []),
        ("SHP", {"PRO-22": ["offshore"]}, [*SHP_RES, "CRE-01", "CRE-02", "CRE-03", "CRE-04"]),
        ("SHP", {"PRO-22": ["yacht"]}, [*SHP_RES, "CRE-02", "CRE-03", "CRE-04"]),
        ("SHP", {"PRO-22": ["none"]}, []),
        ("PLT", {"PRO-24": ["gig_work"]}, [*PLT_MOST, "PRE-02", "PRE-04"]),
        ("PLT", {"PRO-24": ["messaging", "social_network"]}, PLT_MOST),
        ("PLT", {"PRO-24": ["none"]}, []),
        ("CMF", {"PRO-06": ["F41"], "PRO-16": "yes"}, [*CMF_MOST, "SIT-04"]),
        ("CMF", {"PRO-06": ["A01", "C10"], "PRO-16": "no"}, CMF_MOST),
        ("CMF", {"PRO-06": ["A01"], "PRO-16": "no"}, []),
        ("AGR", {"PRO-25": ["palm_oil"], "PRO-20": "yes"}, [*AGR_MOST, "LND-01"]),
        ("AGR", {"PRO-25": ["rubber", "pesticides"], "PRO-20": "no"}, [*AGR_MOST, "LAB-04"]),
        ("AGR", {"PRO-25": ["smallholders"], "PRO-20": "no"}, [*AGR_MOST, "LND-02"]),
        ("AGR", {"PRO-25": ["none"], "PRO-20": "no"}, []),
    ],
)
def test_a_company_is_asked_what_concerns_it(name, profile, asked):
    found = applicable_questions(SECTORS[name], rule_values(PROFILE, profile))

    assert found == {f"{name}-{question}" for question in asked}


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("CMF-SIT-03", ("HRC-ACT-12",)),
        ("CMF-SIT-04", ("ERE-WRK-04",)),
        ("AGR-LAB-02", ("HRC-ACT-11", "HRS-DO-04")),
        ("AGR-LND-01", ("HRC-IDA-11",)),
        ("AGR-LND-04", ("HRC-REM-01", "HRS-FIX-01")),
    ],
)
def test_questions_that_ask_the_same_as_another_name_it(question, same):
    assert SECTORS[question[:3]].by_id[question].same_as == same


def test_the_level_of_camps_says_what_the_level_of_migrants_housing_means():
    camps = SECTORS["CMF"].by_id["CMF-SIT-04"].levels[3].lower()

    for word in ("space", "privacy", "locks", "water", "toilets", "fire", "cooking", "sex", "charge", "condition"):
        assert word in camps


def test_the_three_costs_that_maritime_law_lets_seafarers_pay_are_named():
    counted = SECTORS["SHP"].by_id["SHP-CRE-03"].counts_as

    for cost in ("medical certificate", "seafarer's book", "passport"):
        assert cost in counted
    assert "visa is not among them" in counted
