"""The questionnaires are the designed ones; every difference is meant and has its reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from portal.catalogue import load_catalogue
from portal.domain.questionnaire import Flag
from tests.content.comparison import designs, differences, explained_by, intended

CATALOGUE = load_catalogue(Path(__file__).parents[2] / "questionnaires")
FIRST = {item.id: item for item in CATALOGUE.questionnaires.values() if item.version == "2026.1"}
DESIGNS = designs()


def test_all_nine_are_here():
    assert set(FIRST) == set(DESIGNS)
    assert len(DESIGNS) == 9


@pytest.mark.parametrize("name", sorted(FIRST))
def test_every_difference_from_the_design_has_its_reason(name):
    live, reasons = FIRST[name], intended(FIRST[name])
    found = {place: explained_by(place, reasons) for place in differences(live, DESIGNS[name])}

    assert [place for place, key in found.items() if key is None] == []
    assert set(reasons) - set(found.values()) == set(), "these reasons explain nothing any more"
    assert all(len(reason) > 10 for reason in reasons.values())


def test_the_numbers_are_those_of_the_design():
    counted = Counter(
        flag for item in FIRST.values() for question in item.questions for flag in ("question", question.flag)
    )

    assert (counted["question"], counted[Flag.CRITICAL], counted[Flag.RED_FLAG]) == (232, 68, 33)
    weights = {name: sum(question.weight for question in item.questions) for name, item in FIRST.items()}
    assert weights == {
        "HRC": 126, "HRS": 42, "ERE": 86, "ERR": 91, "SEA": 27, "SHP": 25, "PLT": 25, "CMF": 21, "AGR": 22
    }  # fmt: skip
