"""Rules of the questionnaire for employers of migrant workers: which answer is which level, also at the borders."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.catalogue import load_catalogue
from portal.domain.levels import level_rule, varies_by
from portal.domain.questionnaire import Flag
from tests.content.costs import COSTS, FEES, corridor

ERE = load_catalogue(Path(__file__).parents[2] / "questionnaires").questionnaires["recruitment-employers@2026.1"]


def level(question, value, holding=""):
    return level_rule(ERE.by_id[question], holding)(value)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (corridor(), 4),
        (corridor(payer="none", proof=""), 4),
        (corridor(f1="none", x="none"), 4),
        (corridor(proof="no"), 3),
        (corridor(proof=""), 3),
        (corridor(payer="none") + corridor(proof="no", origin="VN"), 3),
        (corridor(c6="recruiter"), 2),
        (corridor(payer="recruiter"), 2),
        (corridor(f1="recruiter"), 2),
        (corridor(c1="worker_repaid"), 2),
        (corridor(c1="worker_repaid", c7="worker_repaid"), 2),
        (corridor(c1="worker_repaid", c6="worker_repaid", c7="worker_repaid"), 1),
        (corridor(c1="worker"), 1),
        (corridor(x="not_known"), 1),
        (corridor(f1="not_known"), 1),
        (corridor(x=None), 1),
        (corridor(f4=None), 1),
        (corridor(x=""), 1),
        ([{"payer": "employer"}], 1),
        (corridor(f1="worker"), 0),
        (corridor(payer=""), 0),
        ([], 0),
    ],
)
def test_the_level_of_the_table_of_costs_is_that_of_its_worst_row(rows, expected):
    assert level("ERE-FEE-02", rows) == expected


@pytest.mark.parametrize("fee", FEES)
@pytest.mark.parametrize("payer", ["worker", "worker_repaid"])
def test_a_fee_for_the_job_paid_by_a_worker_is_level_0_even_if_repaid(fee, payer):
    assert level("ERE-FEE-02", corridor(**{fee: payer})) == 0
    assert level("ERE-FEE-02", [{"item": fee, "payer": payer}]) == 0


@pytest.mark.parametrize("item", FEES + COSTS)
def test_a_corridor_without_one_of_the_twelve_items_is_not_complete(item):
    assert level("ERE-FEE-02", corridor(**{item: None})) == 1
    assert level("ERE-FEE-02", corridor() + corridor(origin="BD", **{item: None})) == 1


def test_two_repaid_costs_are_counted_for_each_corridor():
    first = corridor(c1="worker_repaid", c7="worker_repaid")
    second = corridor(origin="BD", c1="worker_repaid", c6="worker_repaid")
    third = corridor(origin="BD", c1="worker_repaid", c6="worker_repaid", c7="worker_repaid")

    assert level("ERE-FEE-02", first + second) == 2
    assert level("ERE-FEE-02", first + third) == 1


def test_two_destinations_of_one_origin_are_two_corridors():
    half = [row for row in corridor() if row["item"] in FEES]
    rest = [row for row in corridor(destination="SG") if row["item"] in COSTS]

    assert level("ERE-FEE-02", half + rest) == 1
    assert level("ERE-FEE-02", corridor() + corridor(destination="SG")) == 4


def test_the_worse_of_two_rows_for_the_same_item_counts():
    assert level("ERE-FEE-02", [*corridor(), *corridor(c1="worker")]) == 1
    assert level("ERE-FEE-02", [*corridor(), {**corridor()[0], "payer": "worker"}]) == 0


def test_amounts_and_currencies_do_not_change_the_level_of_the_table_of_costs():
    rows = [row | {"amount": 120.5, "currency": "USD"} for row in corridor()]

    assert level("ERE-FEE-02", rows) == 4


@pytest.mark.parametrize(
    ("share", "many", "few"),
    [
        (100, 4, 4),
        (99.9, 4, 3),
        (80, 4, 3),
        (79.9, 3, 3),
        (50, 3, 3),
        (49.9, 2, 2),
        (10, 2, 2),
        (9.9, 1, 1),
        (1, 1, 1),
        (0.9, 0, 0),
        (0, 0, 0),
    ],
)
def test_the_share_of_arrivals_interviewed_needs_everybody_where_few_arrived(share, many, few):
    assert level("ERE-FEE-03", share) == many
    assert level("ERE-FEE-03", share, "few_arrivals") == few
    assert varies_by(ERE.by_id["ERE-FEE-03"]) == "few_arrivals"


@pytest.mark.parametrize(
    ("terms", "expected"), [(13, 4), (12, 3), (11, 3), (10, 2), (8, 2), (7, 1), (4, 1), (3, 0), (1, 0), (0, 0)]
)
def test_the_level_of_the_contract_follows_the_number_of_terms(terms, expected):
    offered = [option.id for option in ERE.by_id["ERE-CON-02"].options if not option.exclusive]

    assert len(offered) == 13
    assert level("ERE-CON-02", offered[:terms]) == expected
    assert level("ERE-CON-02", offered[13 - terms :]) == expected


def test_a_contract_with_none_of_the_terms_is_level_0():
    assert level("ERE-CON-02", ["none"]) == 0


def test_the_numbers_are_those_of_the_design():
    flags = [question.flag for question in ERE.questions]

    assert (len(flags), flags.count(Flag.CRITICAL), flags.count(Flag.RED_FLAG)) == (45, 13, 7)
    assert sum(question.weight for question in ERE.questions) == 86
    assert [section.weight for section in ERE.sections] == [10, 15, 24, 13, 14, 12, 12]
    assert (ERE.kind, ERE.applies, ERE.weakest_stage_cap) == ("recruitment", "has_migrants", False)
