"""The overall number of several questionnaires."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from portal.domain.answers import Answer
from portal.domain.overall import Module, ModuleResult, module_result, score_overall
from portal.domain.scorecard import show
from tests.domain.made import incident, questionnaire, score, section

VECTORS = json.loads(Path(__file__).with_name("scoring_vectors.json").read_text("utf-8"))["overall"]
KINDS = {"core": "core", "recruit": "recruitment", "sector": "sector"}


def modules(case: dict[str, Any]) -> list[Module]:
    return [
        Module(f"{place}@1", KINDS[item["kind"]], result_from(item["result"]))
        for place, item in enumerate(case["modules"])
        if item["applicable"]
    ]


def result_from(given: dict[str, Any] | None) -> ModuleResult | None:
    return given and ModuleResult(Fraction(str(given["final"])), frozenset(given["rf_states"]))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in VECTORS])
def test_a_worked_overall_comes_out_as_published(case: dict[str, Any]) -> None:
    expected = case["expected"]

    overall = score_overall(modules(case))

    assert (overall is None) == (expected["final"] is None)
    if overall is not None:
        assert (show(overall.raw), show(overall.score)) == (str(expected["raw"]), str(expected["final"]))
        assert overall.band == expected["band"]
        assert [cap.code for cap in overall.caps] == expected["caps"]


def test_a_red_flag_nobody_looked_into_caps_the_whole() -> None:
    full = ModuleResult(Fraction(100), frozenset())
    unknown = ModuleResult(Fraction("59.9"), frozenset(("unknown",)))

    overall = score_overall([Module("a@1", "core", full), Module("b@1", "sector", unknown)])

    assert overall is not None
    assert [(cap.code, show(cap.limit), cap.because) for cap in overall.caps] == [("CAP-C", "59.9", ("b@1",))]


def test_a_questionnaire_in_which_nothing_applied_is_left_out() -> None:
    made = questionnaire(section("A", incident("I")))
    result = module_result(score(made, {"I": Answer(value="found_open")}))
    empty = ModuleResult(None, frozenset())

    overall = score_overall([Module("a@1", "core", result), Module("b@1", "sector", empty)])

    assert overall is not None
    assert overall.score == 0
    assert score_overall([Module("b@1", "sector", empty)]) is None
    assert score_overall([]) is None
