"""What may be carried over from last time, and what has to be looked at by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from portal.domain.answers import INCIDENT_OPTIONS, Answer, InvalidAnswer, check_value
from portal.domain.bundle import Bundle
from portal.domain.carrying import EarlierAnswer, Hindrance, LastTime, confirmable, last_time
from portal.domain.changes import compare_versions
from portal.domain.prefill import Given
from portal.domain.questionnaire import Catalogue, Flag, Option, Question, Questionnaire, QuestionType, Section, Stage
from portal.domain.scoring import score_bundle
from tests import builders, versions

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()
LEVELS = ("None", "Some", "Half", "Most", "All")


def question(name: str, kind: str = "maturity", **more: Any) -> Question:
    words: dict[str, Any] = {"ask": "Is it so?", "weight": 1, "stage": Stage.ACT, "levels": LEVELS} | more
    return Question(id=name, type=QuestionType(kind), **words)


def harm(name: str, **more: Any) -> Question:
    options = tuple(Option(key, key, None) for key in ("not_checked", "found_open", "found_remediating"))
    return question(name, "incident", flag=Flag.RED_FLAG, levels=(), options=options, **more)


def version(number: str, *questions: Question) -> Questionnaire:
    section = Section("ONE", "One", 100, questions)
    return Questionnaire(id="ABC", slug="abc", version=number, title="A", sections=(section,), digest=number)


def said(old: Questionnaire, new: Questionnaire, answers: dict[str, Answer], **more: Any) -> LastTime:
    given = [Given(old, old.by_id[key], answer, NOON) for key, answer in answers.items()]
    asked = more.pop("asked", set(new.by_id))
    return last_time(new, old, given, compare_versions(old, new, {}, {}), asked=asked, today=more.pop("today", TODAY))


def only(found: LastTime) -> EarlierAnswer:
    (item,) = found.answers
    return item


def test_an_unchanged_question_keeps_its_answer_without_comment_and_files():
    old, new = version("1", question("A")), version("2", question("A"))

    item = only(said(old, new, {"A": Answer(value=3, comment="as seen", evidence="attached")}))

    assert (item.answer, item.changes, item.hindrance, item.is_alone) == (Answer(value=3), (), None, False)


@pytest.mark.parametrize(
    ("change", "scored"),
    [({"ask": "Is it really so?"}, False), ({"why": "Because."}, False), ({"weight": 3}, True)],
    ids=["words", "reason", "weight"],
)
def test_a_change_of_meaning_is_confirmed_alone_and_a_change_of_words_is_not(change: dict[str, Any], scored: bool):
    old, new = version("1", question("A")), version("2", question("A", **change))

    item = only(said(old, new, {"A": Answer(value=3)}))

    assert len(item.changes) == 1
    assert (item.is_scored_anew, item.is_alone) == (scored, scored)


def test_harm_is_confirmed_alone_even_where_nothing_changed():
    old, new = version("1", harm("A")), version("2", harm("A"))

    assert only(said(old, new, {"A": Answer(value="not_checked")})).is_alone


@pytest.mark.parametrize(
    ("answer", "hindrance"),
    [
        (Answer(dont_know=True), Hindrance.NOT_KNOWN),
        (Answer(value="found_remediating", plan_end=TODAY - timedelta(1)), Hindrance.PLAN_OVER),
        (Answer(value="found_remediating", plan_end=None), Hindrance.PLAN_OVER),
        (Answer(value="found_remediating", plan_end=TODAY), None),
        (Answer(value="gone_by_now"), Hindrance.OTHER_ANSWERS),
    ],
    ids=["not known", "plan ended", "no plan", "plan ends today", "option gone"],
)
def test_what_hinders_carrying_over_is_named(answer: Answer, hindrance: Hindrance | None):
    old, new = version("1", harm("A")), version("2", harm("A"))

    item = only(said(old, new, {"A": answer}))

    assert item.hindrance == hindrance
    assert (item.answer is None) == (hindrance is not None)


def test_another_kind_of_question_is_only_read():
    old, new = version("1", question("A")), version("2", question("A", "number", levels=(), unit="people"))

    assert only(said(old, new, {"A": Answer(value=3)})).hindrance is Hindrance.OTHER_ANSWERS


def test_new_gone_and_left_out_questions_are_lists_of_their_own():
    old = version("1", question("A"), question("B"), question("C"))
    new = version("2", question("A"), question("C"), question("D"))
    answers = {key: Answer(value=1) for key in "ABC"}

    found = said(old, new, answers, asked={"A", "D"})

    assert [item.question.id for item in found.answers] == ["A"]
    assert [[one.id for _, one in part] for part in (found.added, found.gone, found.left_out)] == [["D"], ["B"], ["C"]]


def test_silence_is_nothing_to_carry_over():
    old = version("1", question("A"), question("B"))

    assert said(old, old, {"A": Answer(comment="only words")}).answers == ()


def test_of_several_at_once_those_confirmed_alone_are_left_out():
    old = version("1", question("A"), harm("B"))
    found = said(old, old, {"A": Answer(value=1), "B": Answer(value="not_checked")})
    seen = {item.question.id: item.suggestion.token for item in found.answers}

    assert set(confirmable(found.answers, {"A", "B"}, seen)) == {"A"}
    assert set(confirmable(found.answers, {"B"}, seen)) == {"B"}


def test_only_what_stood_on_the_page_is_confirmed():
    old = version("1", question("A"))
    before, after = (only(said(old, old, {"A": Answer(value=value)})) for value in (1, 2))

    assert confirmable([after], {"A"}, {"A": before.suggestion.token}) == {}
    assert confirmable([after], {"A"}, {}) == {}


@for_all(
    value=st.one_of(st.integers(-1, 5), st.none(), st.text(max_size=3), st.booleans()),
    reason=st.none() | st.text(max_size=5),
    dont_know=st.booleans(),
    flag=st.sampled_from([None, Flag.CRITICAL]),
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_what_is_carried_over_is_a_valid_answer_that_says_the_same(
    value: object, reason: str | None, dont_know: bool, flag: Flag | None, day: date
):
    asked = question("A", flag=flag)
    old = version("1", asked)
    answer = Answer(value=value, not_applicable=reason, dont_know=dont_know, plan_end=day)

    for item in said(old, old, {"A": answer}, today=day).answers:
        if item.answer is None:
            assert item.hindrance
            continue
        assert (item.answer.value, item.answer.not_applicable) in ((value, None), (None, reason))
        assert not item.answer.dont_know
        if item.answer.value is not None:
            try:
                check_value(asked, item.answer.value)
            except InvalidAnswer as error:
                raise AssertionError("an answer that does not fit was carried over") from error


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder: Path = tmp_path_factory.mktemp("versions")
    return versions.two_versions(folder)


def answers_to(asked: Question) -> st.SearchStrategy[Answer]:
    """What a company may have said last time: a value, that it does not apply, that it does not know, nothing."""
    if asked.type is QuestionType.INCIDENT:
        plans = st.none() | st.dates(TODAY - timedelta(400), TODAY + timedelta(400))
        return st.builds(Answer, value=st.sampled_from(INCIDENT_OPTIONS), plan_end=plans)
    values = st.builds(Answer, value=st.integers(0, 4), comment=st.sampled_from(["", "as seen"]))
    reasons = st.builds(Answer, not_applicable=st.just("There is no such work in this company, at no site."))
    return values | reasons | st.just(Answer(dont_know=True)) | st.just(Answer())


@settings(max_examples=40, deadline=None)
@for_all(data=st.data())
def test_carried_answers_score_what_the_same_answers_typed_would_and_the_rest_is_silence(
    catalogue: Catalogue, data: st.DataObject
):
    old, new = (catalogue.questionnaires[reference] for reference in (versions.OLD, versions.NEW))
    asked = [one for one in old.questions if one.type is not QuestionType.TABLE]
    answers = {one.id: data.draw(answers_to(one), label=one.id) for one in asked}

    found = said(old, new, answers)
    kept = {item.question.id: item.answer for item in found.answers if item.answer}

    typed = {key: Answer(**_typed(answers[key])) for key in kept}
    assert _score(new, kept, catalogue) == _score(new, typed, catalogue)
    assert not set(kept) & {key for key, answer in answers.items() if answer.dont_know}


def _typed(answer: Answer) -> dict[str, Any]:
    return {"value": answer.value, "not_applicable": answer.not_applicable, "plan_end": answer.plan_end}


def _score(new: Questionnaire, answers: dict[str, Answer], catalogue: Catalogue) -> object:
    return score_bundle(Bundle(new.reference, TODAY, profile=builders.PROFILE, answers=answers), catalogue)
