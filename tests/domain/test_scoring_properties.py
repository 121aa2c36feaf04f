"""What holds for every company: more is never worse, silence never pays, and order never matters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalogue import definition
from portal.domain.answers import Answer
from portal.domain.bundle import Bundle, read_bundle
from portal.domain.questionnaire import Catalogue, Flag, Questionnaire, QuestionType, Stage
from portal.domain.scorecard import Scorecard
from portal.domain.scoring import score_bundle
from tests.domain.made import incident, question, questionnaire, score, section
from tests.domain.random_bundles import random_bundle

SHORT_FORM = "hrdd-short@2026.1"
STEPS = ("none", "attached", "accepted")
INCIDENT = "HRS-DO-02"

companies = st.integers(min_value=0, max_value=2**32)
places = st.integers(min_value=0, max_value=10**6)


def company(seed: int, catalogue: Catalogue) -> Bundle:
    published = definition(catalogue.questionnaires[SHORT_FORM], catalogue)
    return read_bundle(json.dumps(random_bundle(Random(seed), published)), catalogue)


def scores(card: Scorecard) -> tuple[Fraction, ...]:
    """Everything that a better answer must not lower; -1 where there is no score."""
    whole = (card.score, card.raw, card.declared)
    return tuple(Fraction(-1) if value is None else value for value in whole)


def with_answer(bundle: Bundle, name: str, answer: Answer) -> Bundle:
    return replace(bundle, answers={**bundle.answers, name: answer})


@given(seed=companies, place=places)
@settings(deadline=None)
def test_raising_a_level_never_lowers_a_score(catalogue: Catalogue, seed: int, place: int) -> None:
    bundle = company(seed, catalogue)
    rated = [name for name, answer in bundle.answers.items() if type(answer.value) is int and answer.value < 4]
    if not rated:
        return
    name = rated[place % len(rated)]
    answer = bundle.answers[name]

    before = score_bundle(bundle, catalogue)
    after = score_bundle(with_answer(bundle, name, replace(answer, value=answer.value + 1)), catalogue)

    assert all(new >= old for new, old in zip(scores(after), scores(before), strict=True))


@given(seed=companies, place=places)
@settings(deadline=None)
def test_better_evidence_never_lowers_a_score(catalogue: Catalogue, seed: int, place: int) -> None:
    bundle = company(seed, catalogue)
    weak = [name for name, answer in bundle.answers.items() if answer.evidence != "accepted"]
    if not weak:
        return
    name = weak[place % len(weak)]
    better = STEPS[STEPS.index(bundle.answers[name].evidence) + 1]

    before = score_bundle(bundle, catalogue)
    after = score_bundle(with_answer(bundle, name, replace(bundle.answers[name], evidence=better)), catalogue)

    assert all(new >= old for new, old in zip(scores(after), scores(before), strict=True))


def without_flags(bundle: Bundle, short_form: Questionnaire) -> list[str]:
    """Answers that say something and are not about a red flag. Calling a question not applicable is no answer."""
    return [
        name
        for name, answer in bundle.answers.items()
        if short_form.by_id[name].flag is not Flag.RED_FLAG and answer.not_applicable is None
    ]


@given(seed=companies, place=places)
@settings(deadline=None)
def test_dropping_an_answer_without_a_red_flag_never_raises_a_score(
    catalogue: Catalogue, seed: int, place: int
) -> None:
    bundle = company(seed, catalogue)
    names = without_flags(bundle, catalogue.questionnaires[SHORT_FORM])
    if not names:
        return
    name = names[place % len(names)]

    before = score_bundle(bundle, catalogue)
    kept = {other: answer for other, answer in bundle.answers.items() if other != name}
    after = score_bundle(replace(bundle, answers=kept), catalogue)

    assert all(new <= old for new, old in zip(scores(after), scores(before), strict=True))


def test_dropping_an_open_red_flag_would_raise_the_score() -> None:
    """Silence counts as unknown, which caps at 59.9, not 39.9: so a blank there must refuse submission."""
    made = questionnaire(section("A", incident("I")), section("B", question("Q"), weight=900))
    best = Answer(value=4, evidence="accepted")

    told = score(made, {"I": Answer(value="found_open"), "Q": best})
    silent = score(made, {"Q": best})

    assert (told.score, silent.score) == (Fraction("39.9"), Fraction("59.9"))


def test_withdrawing_one_of_too_many_claims_of_not_applicable_can_raise_the_score() -> None:
    """Two of ten are too many, so both count 0; one alone is left out. The limit is meant to have this effect."""
    made = questionnaire(section("A", *[question(f"Q{number}") for number in range(10)]))
    answers = {f"Q{number}": Answer(value=2) for number in range(2, 10)}
    claim = Answer(not_applicable="We have none of this.")

    both = score(made, answers | {"Q0": claim, "Q1": claim})
    one = score(made, answers | {"Q0": claim})

    assert (both.score, one.score) == (Fraction(40), Fraction(400, 9))


def shuffled(short_form: Questionnaire, random: Random) -> Questionnaire:
    sections = [
        replace(part, questions=tuple(random.sample(part.questions, len(part.questions))))
        for part in short_form.sections
    ]
    return replace(short_form, sections=tuple(random.sample(sections, len(sections))))


@given(seed=companies)
@settings(deadline=None, max_examples=50)
def test_the_order_of_sections_questions_and_answers_never_matters(catalogue: Catalogue, seed: int) -> None:
    bundle, random = company(seed, catalogue), Random(seed)
    mixed = shuffled(catalogue.questionnaires[SHORT_FORM], random)
    turned = replace(bundle, answers=dict(random.sample(list(bundle.answers.items()), len(bundle.answers))))
    elsewhere = replace(catalogue, questionnaires={SHORT_FORM: mixed})

    card, other = score_bundle(bundle, catalogue), score_bundle(turned, elsewhere)

    assert scores(other) == scores(card)
    assert other.top_actions == card.top_actions
    assert as_sets(other) == as_sets(card)
    assert (other.questions, other.sections, other.stages) == (card.questions, as_sections(card, other), card.stages)


def as_sets(card: Scorecard) -> list[tuple[str, Fraction, frozenset[str]]]:
    return [(cap.code, cap.limit, frozenset(cap.because)) for cap in card.caps]


def as_sections(card: Scorecard, other: Scorecard) -> Mapping[str, object]:
    """The sections of `card`, with the causes in the order of `other`: only that order may differ."""
    for name, part in card.sections.items():
        twin = other.sections[name]
        assert (part is None) == (twin is None)
        if part is not None and twin is not None:
            assert [set(cap.because) for cap in part.caps] == [set(cap.because) for cap in twin.caps]
            assert (part.raw, part.score, part.declared) == (twin.raw, twin.score, twin.declared)
    return other.sections


@given(days=st.integers(min_value=-400, max_value=400))
@settings(deadline=None)
def test_only_overdue_plans_depend_on_the_day(catalogue: Catalogue, days: int) -> None:
    day = date.fromordinal(date(2026, 11, 23).toordinal() + days)
    answer = Answer(value="found_remediating", evidence="attached", plan_end=date(2026, 11, 23))
    bundle = Bundle(SHORT_FORM, day, answers={INCIDENT: answer})

    card = score_bundle(bundle, catalogue)

    assert card.questions[INCIDENT].red_flag == ("open" if days > 0 else "remediating")


@pytest.mark.parametrize("kind", QuestionType)
def test_every_question_type_can_be_scored(kind: QuestionType) -> None:
    made = questionnaire(section("A", question("Q", type=kind, stage=Stage.COMMIT)))

    assert score(made, {}).questions["Q"].points == 0
