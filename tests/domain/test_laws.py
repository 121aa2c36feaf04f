"""Laws a profile hints at, each at the borders of its thresholds."""

from __future__ import annotations

from typing import Any

import pytest

from portal.domain.laws import hints
from portal.domain.questionnaire import Catalogue

LISTED = {"PRO-02": "listed_company"}

HINTED: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"PRO-03": "TH"}, ""),
    ({"PRO-03": "GB", "PRO-09": "from_1m"}, ""),
    ({"PRO-03": "GB", "PRO-09": "from_10m"}, "uk_msa"),
    ({"PRO-03": "TH", "PRO-04": ["TH", "GB"], "PRO-09": "over_1500m"}, "uk_msa"),
    ({"PRO-03": "GB", "PRO-09": "not_said", "PRO-07": 249}, ""),
    ({"PRO-03": "GB", "PRO-09": "not_said", "PRO-07": 250}, "uk_msa"),
    ({"PRO-04": ["AU"], "PRO-09": "from_10m"}, ""),
    ({"PRO-04": ["AU"], "PRO-09": "from_50m"}, "au_msa"),
    ({"PRO-03": "CA", "PRO-09": "from_1m", "PRO-07": 249}, ""),
    ({"PRO-03": "CA", "PRO-09": "from_1m", "PRO-07": 250}, "ca_s211"),
    ({"PRO-03": "CA", "PRO-09": "from_10m"}, "ca_s211"),
    ({"PRO-03": "NO", "PRO-09": "from_100k", "PRO-07": 49}, ""),
    ({"PRO-03": "NO", "PRO-09": "from_100k", "PRO-07": 50}, "no_transparency"),
    ({"PRO-03": "NO", "PRO-09": "from_1m"}, "no_transparency"),
    ({"PRO-03": "DE", "PRO-07": 999}, "eu_flr"),
    ({"PRO-03": "DE", "PRO-07": 1000}, "de_lksg eu_flr"),
    ({"PRO-03": "FR", "PRO-07": 5000, "PRO-09": "over_1500m"}, "eu_flr"),
    ({"PRO-03": "FR", "PRO-07": 5001, "PRO-09": "over_1500m"}, "eu_csddd eu_flr"),
    ({"PRO-03": "FR", "PRO-07": 5001, "PRO-09": "from_450m"}, "eu_flr"),
    ({"PRO-03": "TH", "PRO-04": ["TH", "SE"], "PRO-07": 5001, "PRO-09": "over_1500m"}, "eu_csddd eu_flr"),
    ({"PRO-03": "ID", "PRO-06": ["C13"]}, "eu_flr"),
    ({"PRO-03": "ID", "PRO-06": ["G46"]}, ""),
    ({"PRO-03": "TH"} | LISTED, "th_listed"),
    ({"PRO-03": "ID"} | LISTED, ""),
    ({"PRO-04": ["JP"]}, "jp_guidelines"),
]


@pytest.mark.parametrize(("values", "laws"), HINTED, ids=[str(values) for values, _ in HINTED])
def test_a_law_is_hinted_at_where_the_profile_speaks_for_it(
    catalogue: Catalogue, values: dict[str, Any], laws: str
) -> None:
    found = hints(catalogue.laws, catalogue.profiles["profile@2026.1"], values)

    assert [hint.law.id for hint in found] == laws.split()


def test_every_law_is_tried(catalogue: Catalogue) -> None:
    assert {law for _, laws in HINTED for law in laws.split()} == {law.id for law in catalogue.laws}


def test_a_law_the_company_names_is_marked_as_reported(catalogue: Catalogue) -> None:
    values = {"PRO-03": "JP", "PRO-02": "listed_company", "PRO-26": ["jp_guidelines"], "PRO-06": ["A03"]}

    found = hints(catalogue.laws, catalogue.profiles["profile@2026.1"], values)

    assert {hint.law.id: hint.reported for hint in found} == {"eu_flr": False, "jp_guidelines": True}


def test_hints_never_say_must_and_laws_the_profile_asks_about_are_all_there(catalogue: Catalogue) -> None:
    options = {option.id for option in catalogue.profiles["profile@2026.1"].by_id["PRO-26"].options}

    assert {law.id for law in catalogue.laws} == options - {"none", "dont_know"}
    for law in catalogue.laws:
        assert " must " not in f" {law.because} {law.threshold} ", law.id
        assert law.because[-1] == law.threshold[-1] == law.caution[-1] == "."
        assert law.reference in catalogue.references
