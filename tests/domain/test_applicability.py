"""From a profile to the rules that hold."""

from __future__ import annotations

from typing import Any

import pytest

from portal.domain import isic
from portal.domain.applicability import (
    applicable_questionnaires,
    applicable_questions,
    expression_values,
    rule_values,
)
from portal.domain.questionnaire import Catalogue
from tests.domain.made import question, questionnaire, section

#: The last field decides between holding and not.
RULES = [
    ("always", {}, True),
    ("medium_plus", {"PRO-07": 49, "PRO-08": 1}, True),
    ("medium_plus", {"PRO-07": 49, "PRO-08": 0}, False),
    ("medium_plus", {"PRO-07": 50}, True),
    ("has_suppliers", {"PRO-18": 1}, True),
    ("has_suppliers", {"PRO-18": 0.5}, False),
    ("has_suppliers", {}, False),
    ("uses_security", {"PRO-19": "yes"}, True),
    ("uses_security", {"PRO-19": "no"}, False),
    ("land_footprint", {"PRO-20": "yes"}, True),
    ("conflict_ctx", {"PRO-21": "yes"}, True),
    ("employs_refugees", {"PRO-17": "yes"}, True),
    ("employs_refugees", {"PRO-17": "dont_know"}, False),
    ("has_migrants", {"PRO-11": 1}, True),
    ("has_migrants", {"PRO-11": 0}, False),
    ("has_migrants", {"PRO-12": [{"origin": "MM"}]}, True),
    ("has_migrants", {"PRO-11": 0, "PRO-12": [{}, {"origin": ""}]}, False),
    ("few_arrivals", {}, True),
    ("few_arrivals", {"PRO-12": [{"arrived": 12}, {"origin": "MM"}, {"arrived": 7}]}, True),
    ("few_arrivals", {"PRO-12": [{"arrived": 12}, {"arrived": 8}]}, False),
    ("uses_recruiters", {"PRO-14": {"origin": 0, "destination": 1}}, True),
    ("uses_recruiters", {"PRO-14": {"origin": 0, "destination": 0}}, False),
    ("uses_recruiters", {"PRO-14": 2}, True),
    ("uses_recruiters", {"PRO-12": [{"channel": "direct"}, {"channel": "private_recruiter"}]}, True),
    ("uses_recruiters", {"PRO-12": [{"channel": "direct"}]}, False),
    ("agency_workers", {"PRO-08": 1}, True),
    ("agency_workers", {"PRO-07": 9}, False),
    ("provides_housing", {"PRO-16": "yes"}, True),
    ("overseas_recruit", {"PRO-12": [{"origin": "TH", "destination": "TH"}]}, False),
    ("overseas_recruit", {"PRO-12": [{"origin": "TH", "destination": "TH"}, {"origin": "MM"}]}, True),
    ("overseas_recruit", {}, False),
    ("subagents", {"PRO-15": "dont_know"}, True),
    ("subagents", {"PRO-15": "no"}, False),
    ("dispatches_own", {"ERR-PRE-01": "yes"}, True),
    ("collects_online", {"ERR-PRE-02": "no"}, False),
    ("vessel_fishing", {"PRO-22": ["yacht", "fishing"]}, True),
    ("vessel_fishing", {"PRO-22": ["yacht"]}, False),
    ("vessel_merchant", {"PRO-22": ["offshore"]}, True),
    ("vessel_merchant", {"PRO-22": ["yacht", "fishing"]}, False),
    ("vessel_any", {"PRO-22": ["yacht"]}, True),
    ("vessel_any", {"PRO-22": ["none"]}, False),
    ("vessel_any", {"PRO-22": []}, False),
    ("vessel_any", {}, False),
    ("buys_seafood", {"PRO-23": "yes"}, True),
    ("platform_any", {"PRO-24": ["messaging"]}, True),
    ("platform_jobs", {"PRO-24": ["messaging"]}, False),
    ("platform_jobs", {"PRO-24": ["gig_work"]}, True),
    ("construction_or_manufacturing", {"PRO-06": "C"}, True),
    ("construction_or_manufacturing", {"PRO-06": "13"}, True),
    ("construction_or_manufacturing", {"PRO-06": ["A", "F41"]}, True),
    ("construction_or_manufacturing", {"PRO-06": ["A01", "45"]}, False),
    ("agri", {"PRO-25": ["pesticides"]}, True),
    ("agri", {"PRO-25": ["none"]}, False),
    ("pesticides", {"PRO-25": ["palm_oil"]}, False),
    ("smallholders", {"PRO-25": ["smallholders"]}, True),
    ("high_risk_small", {"PRO-07": 49, "PRO-11": 25}, True),
    ("high_risk_small", {"PRO-07": 50, "PRO-11": 26}, False),
    ("high_risk_small", {"PRO-07": 9, "PRO-11": 4}, False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "values", "holds"), RULES, ids=str)
def test_a_rule_of_the_profile_holds_as_designed(
    catalogue: Catalogue, rule: str, values: dict[str, Any], holds: bool
) -> None:
    assert rule_values(catalogue.profiles["profile@2026.1"], values)[rule] is holds


def test_every_rule_is_tried_here(catalogue: Catalogue) -> None:
    assert {rule for rule, _, _ in RULES} == set(catalogue.profiles["profile@2026.1"].rules)


def test_an_empty_profile_leaves_what_applies_to_everybody(catalogue: Catalogue) -> None:
    held = rule_values(catalogue.profiles["profile@2026.1"], {})

    assert [rule for rule, holds in held.items() if holds] == ["always", "few_arrivals"]


def test_rules_see_sums_parts_columns_and_codes(catalogue: Catalogue) -> None:
    values = {
        "PRO-06": ["C13", "C", "03"],
        "PRO-12": [{"origin": "MM", "destination": "TH"}, {}, {"origin": "TH", "destination": "TH"}],
        "PRO-14": {"origin": 2, "destination": 3},
        "PRO-27": {"start": "2025-01-01", "end": "2025-12-31"},
        "PRO-99": "unknown fields are passed over",
    }

    known = expression_values(catalogue.profiles["profile@2026.1"], values)

    assert known["PRO-06"] == ["C", "13", "A", "03"]
    assert len(known["PRO-12"]) == 2
    assert known["PRO-12-origin"] == ["MM", "TH"]
    assert known["PRO-12-crossing"] == [1, 0]
    assert known["PRO-12-arrived"] == ["", ""]
    assert (known["PRO-14"], known["PRO-14-origin"]) == (5, 2)
    assert known["PRO-27-start"] == "2025-01-01"
    assert "PRO-99" not in known


def test_questions_and_questionnaires_apply_by_their_rule() -> None:
    made = questionnaire(section("A", question("Q"), question("S", applies="has_suppliers")))
    other = questionnaire(slug="other", applies="has_suppliers")
    rules = {"always": True, "has_suppliers": False}

    assert applicable_questions(made, rules) == {"Q"}
    assert applicable_questionnaires([made, other], rules) == (made,)


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("A", ("A",)),
        ("03", ("A", "03")),
        ("A03", ("A", "03")),
        ("99", ("U", "99")),
        ("B03", ()),
        ("04", ()),
        ("V", ()),
        ("", ()),
        ("3", ()),
        ("C133", ()),
        ("٠٣", ()),
    ],
)
def test_an_activity_is_a_section_with_or_without_its_division(written: str, codes: tuple[str, ...]) -> None:
    assert isic.codes(written) == codes


def test_the_classification_has_21_sections_and_88_divisions() -> None:
    assert (len(isic.SECTIONS), len(isic.DIVISIONS)) == (21, 88)
