"""Which published row holds a company."""

from __future__ import annotations

from datetime import date

import pytest

from portal.domain.disclosure.placing import Place, counts_in, rows_for, size_of, whole

PLACE = Place("fishing", "TH", "under_50", frozenset({"recruiter"}), "hrdd-short@2026.1")


def row(key, merged=(), as_of="2026-06-30"):
    return {"key": key, "merged": list(merged), "as_of": as_of, "mean_score": 50, "companies": "20"}


def document(**tables):
    everybody = {"id": "all", "rows": [row("all")]}
    return {
        "snapshot_on": "2026-06-30",
        "questionnaires": ["hrdd-short@2026.1"],
        "method": {"minimum_age_days": 30},
        "tables": [everybody, *({"id": name, "rows": rows} for name, rows in tables.items())],
    }


def found(**tables):
    return {one.table: one.row and one.row["key"] for one in rows_for(document(**tables), PLACE)}


def test_a_row_of_its_own_comes_before_one_it_is_merged_in():
    assert found(sector=[row("fishing"), row("goods", ["fishing", "mining_utilities"])]) == {"sector": "fishing"}


def test_what_is_shown_together_with_others_is_found_in_their_row():
    hidden = row("fishing", as_of=None)

    assert found(sector=[hidden, row("goods", ["fishing", "mining_utilities"])]) == {"sector": "goods"}


def test_what_is_hidden_stays_hidden_and_no_wider_table_takes_its_place():
    hidden = row("fishing", as_of=None)

    assert found(sector=[hidden, row("trade_hospitality")], country=[row("TH"), row("MY")]) == {
        "sector": None,
        "country": "TH",
    }


def test_sector_and_country_together_are_found_merged_by_country_within_the_sector():
    rows = [row("manufacturing/TH"), row("fishing/asia", ["TH", "MY"])]

    assert found(sector_country=rows) == {"sector_country": "fishing/asia"}


def test_a_table_of_one_row_says_no_more_than_that_of_everybody():
    assert found(size=[row("under_50")]) == {}


def test_everybody_is_none_where_even_that_is_hidden():
    everything = document()
    everything["tables"][0]["rows"][0]["as_of"] = None

    assert whole(document())
    assert whole(everything) is None


@pytest.mark.parametrize(
    ("questionnaire", "submitted_on", "valid_until", "counts"),
    [
        ("hrdd-short@2026.1", date(2026, 5, 31), date(2026, 6, 30), True),
        ("hrdd-short@2026.1", date(2026, 6, 1), date(2027, 6, 1), False),
        ("hrdd-short@2026.1", date(2025, 5, 31), date(2026, 6, 29), False),
        ("hrdd-short@2027.1", date(2026, 5, 31), date(2027, 5, 31), False),
    ],
)
def test_a_submission_counts_when_old_enough_and_still_valid(questionnaire, submitted_on, valid_until, counts):
    answer = counts_in(document(), questionnaire=questionnaire, submitted_on=submitted_on, valid_until=valid_until)

    assert answer is counts


@pytest.mark.parametrize(("people", "size"), [(0, "micro"), (9, "micro"), (10, "small"), (250, "large")])
def test_the_size_is_that_of_all_people(people, size):
    assert size_of({"PRO-07": people}) == size
