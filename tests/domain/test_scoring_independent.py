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

BANDS = {"Not started", "Beginning", "Developing", "Established", "Advanced"}
EVERYTHING = BANDS | {
    "CAP-R", "CAP-C", "CAP-M", "CAP-A",
    "answered", "unanswered", "dont_know", "na_system", "na_user", "na_confirmed", "na_rejected",
}  # fmt: skip
FAST, SLOW = 2_700, 45_000


def references(catalogue: Catalogue) -> list[str]:
    """Every version once, the shorter forms not more often than the longer ones."""
    return sorted(catalogue.questionnaires)


@pytest.mark.parametrize("bundles", [FAST, pytest.param(SLOW, marks=pytest.mark.slow)], ids=["fast", "slow"])
def test_an_independent_scorer_agrees_on_random_companies(catalogue: Catalogue, bundles: int) -> None:
    each = bundles // len(references(catalogue))
    seen: Counter[str] = Counter()
    for reference in references(catalogue):
        here = compare(catalogue, reference, bundles=each, seed=each)
        assert len(BANDS & here.keys()) >= 4, reference
        assert ("CAP-S" in here) == catalogue.questionnaires[reference].weakest_stage_cap
        seen += here

    assert seen.keys() >= EVERYTHING, "the companies made up are too much alike"


def compare(catalogue: Catalogue, reference: str, *, bundles: int, seed: int) -> Counter[str]:
    """Score random bundles both ways; return what they had in them."""
    published = json.loads(json.dumps(definition(catalogue.questionnaires[reference], catalogue)))
    random = Random(f"{reference} {seed}")
    seen: Counter[str] = Counter()
    for _ in range(bundles):
        bundle = random_bundle(random, published)
        card = scorecard_json(score_bundle(read_bundle(json.dumps(bundle), catalogue), catalogue))
        assert card == independent.scorecard(bundle, published), json.dumps(bundle)
        seen.update([card["band"], *(cap["code"] for cap in card["caps"])])
        seen.update(question["status"] for question in card["questions"].values())
    return seen


def test_random_companies_reach_every_level_of_every_computed_question(catalogue: Catalogue) -> None:
    reached: dict[str, set[int]] = {}
    for reference in references(catalogue):
        questionnaire = catalogue.questionnaires[reference]
        published = json.loads(json.dumps(definition(questionnaire, catalogue)))
        random = Random(reference)
        computed = [question for question in questionnaire.questions if question.rule]
        for bundle in (random_bundle(random, published) for _ in range(500 if computed else 0)):
            card = score_bundle(read_bundle(json.dumps(bundle), catalogue), catalogue)
            for question in computed:
                if card.questions[question.id].status == "answered":
                    reached.setdefault(question.id, set()).add(card.questions[question.id].declared)

    assert len(reached) >= 9
    assert {name: levels for name, levels in reached.items() if levels != {0, 1, 2, 3, 4}} == {}
