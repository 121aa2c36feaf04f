"""Two scorers, written apart, agree to the last digit."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from portal.catalogue import definition
from portal.domain.bundle import read_bundle
from portal.domain.questionnaire import Catalogue
from portal.domain.scorecard import scorecard_json
from portal.domain.scoring import score_bundle
from tests.domain import independent
from tests.domain.random_bundles import random_bundle

SHORT_FORM = "hrdd-short@2026.1"


@pytest.mark.parametrize(
    ("seed", "bundles"), [(1, 1500), pytest.param(2, 20_000, marks=pytest.mark.slow)], ids=["1500", "20000"]
)
def test_an_independent_scorer_agrees_on_random_companies(catalogue: Catalogue, seed: int, bundles: int) -> None:
    published = json.loads(json.dumps(definition(catalogue.questionnaires[SHORT_FORM], catalogue)))
    random = Random(seed)
    seen: Counter[str] = Counter()

    for _ in range(bundles):
        bundle = random_bundle(random, published)
        card = scorecard_json(score_bundle(read_bundle(json.dumps(bundle), catalogue), catalogue))
        assert card == independent.scorecard(bundle, published), json.dumps(bundle)
        seen.update([card["band"], *(cap["code"] for cap in card["caps"])])
        seen.update(question["status"] for question in card["questions"].values())

    everything = {"Not started", "Beginning", "Developing", "Established", "Advanced"}
    everything |= {"CAP-R", "CAP-C", "CAP-M", "CAP-A", "CAP-S"}
    everything |= {"answered", "unanswered", "dont_know", "na_system", "na_user", "na_confirmed", "na_rejected"}
    assert everything <= seen.keys(), "the companies made up are too much alike"
