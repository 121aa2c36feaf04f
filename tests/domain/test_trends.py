"""A trend compares what was asked and counted alike in every period, and says what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.answers import Answer
from portal.domain.bundle import Bundle
from portal.domain.questionnaire import Catalogue
from portal.domain.scoring import score_bundle
from portal.domain.trends import COMMON, Direction, Reason, trend
from tests import builders, versions


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder: Path = tmp_path_factory.mktemp("versions")
    return versions.two_versions(folder)


def bundle(catalogue: Catalogue, reference: str, year: int, answers: dict[str, Any], **profile: Any) -> Bundle:
    given = builders.modest_answers(catalogue) | {key: Answer(value=value) for key, value in answers.items()}
    kept = {key: one for key, one in given.items() if key in catalogue.questionnaires[reference].by_id}
    return Bundle(reference, date(year, 9, 1), profile=builders.PROFILE | profile, answers=kept)


def test_one_version_and_profile_compares_everything(catalogue: Catalogue):
    before = bundle(catalogue, versions.OLD, 2025, {"HRS-COM-01": 1})
    now = bundle(catalogue, versions.OLD, 2026, {"HRS-COM-01": 2, "HRS-KNO-01": 1})

    found = trend([before, now], catalogue)

    assert found.left_out == {}
    assert [period.common.score for period in found.periods] == [period.submitted.score for period in found.periods]
    moved = {name: way for name, way in found.directions.items() if way is not Direction.SAME}
    assert moved == {"HRS-COM-01": Direction.BETTER, "HRS-KNO-01": Direction.WORSE}


def test_another_version_leaves_out_what_is_new_and_what_counts_otherwise(catalogue: Catalogue):
    before, now = bundle(catalogue, versions.OLD, 2025, {}), bundle(catalogue, versions.NEW, 2026, {})

    found = trend([before, now], catalogue)

    scored = [name for name, reason in found.left_out.items() if reason is Reason.COUNTS_OTHERWISE]
    assert found.left_out["HRS-CHK-03"] is Reason.NEW
    assert "HRS-COM-01" not in found.left_out, "only its words changed"
    assert len(scored) == 1
    assert scored[0].startswith("HRS-COM-")
    compared = {question.id for question in found.questionnaire.questions}
    assert compared == set(catalogue.questionnaires[versions.NEW].by_id) - set(found.left_out)


def test_the_same_answers_give_the_same_common_score_under_both_versions(catalogue: Catalogue):
    before, now = bundle(catalogue, versions.OLD, 2025, {}), bundle(catalogue, versions.NEW, 2026, {})

    first, second = trend([before, now], catalogue).periods

    assert first.submitted.score != second.submitted.score, "the weights differ"
    assert first.common.score == second.common.score


def test_what_did_not_apply_in_one_period_is_compared_in_none(catalogue: Catalogue):
    before = bundle(catalogue, versions.OLD, 2025, {}, **{"PRO-18": 0})
    now = bundle(catalogue, versions.OLD, 2026, {})

    found = trend([before, now], catalogue)

    assert found.left_out
    assert set(found.left_out.values()) == {Reason.NOT_ASKED}
    assert not set(found.left_out) & set(found.directions)
    for period in found.periods:
        assert all(one.applicable for one in period.common.questions.values())


def test_silence_counts_nothing_in_the_trend_as_in_the_score(catalogue: Catalogue):
    before = bundle(catalogue, versions.OLD, 2025, {})
    silent = replace(before, as_of=date(2026, 9, 1), answers={})

    found = trend([before, silent], catalogue)

    assert Direction.BETTER not in found.directions.values()
    assert found.periods[1].common.score == score_bundle(silent, catalogue).score == 0


def test_three_periods_share_one_set_of_questions_and_the_last_two_are_set_against_each_other(catalogue: Catalogue):
    first = bundle(catalogue, versions.OLD, 2024, {"HRS-KNO-01": 0})
    second = bundle(catalogue, versions.OLD, 2025, {"HRS-KNO-01": 2})
    third = bundle(catalogue, versions.NEW, 2026, {"HRS-KNO-01": 1})

    found = trend([first, second, third], catalogue)

    assert {frozenset(period.common.questions) for period in found.periods} == {frozenset(found.directions)}
    assert found.directions["HRS-KNO-01"] is Direction.WORSE


def test_one_period_is_a_beginning(catalogue: Catalogue):
    found = trend([bundle(catalogue, versions.OLD, 2025, {})], catalogue)

    assert found.questionnaire.version == COMMON
    assert found.directions == {}


def test_nothing_is_no_trend(catalogue: Catalogue):
    with pytest.raises(ValueError, match="no period"):
        trend([], catalogue)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_left_out_never_moves_the_trend(catalogue: Catalogue, data: st.DataObject):
    """Whatever was answered to a question that is new, gone or counts otherwise, the common scores stay the same."""
    before, now = bundle(catalogue, versions.OLD, 2025, {}), bundle(catalogue, versions.NEW, 2026, {})
    first = trend([before, now], catalogue)
    free = sorted((set(before.answers) | set(now.answers)) - set(first.directions))
    other = {key: Answer(value=data.draw(st.integers(0, 4), label=key)) for key in free}

    again = trend([_with(before, other), _with(now, other)], catalogue)

    assert free
    assert again.left_out == first.left_out
    assert [one.common.score for one in again.periods] == [one.common.score for one in first.periods]
    assert set(again.directions.values()) == {Direction.SAME}


def _with(one: Bundle, answers: dict[str, Answer]) -> Bundle:
    return replace(one, answers=one.answers | {key: answers[key] for key in answers if key in one.answers})
