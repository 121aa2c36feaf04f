"""What carries over between questionnaires, and the lines a table begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portal.domain.answers import Answer
from portal.domain.prefill import (
    MOST_READY,
    Given,
    counterparts,
    groups,
    starting_rows,
    suggestion,
    without_bare,
)
from portal.domain.questionnaire import (
    Column,
    Flag,
    Option,
    Question,
    Questionnaire,
    QuestionType,
    Section,
    Stage,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
YES_NO = (Option("yes", "Yes", 4), Option("no", "No", 0))


def question(name: str, kind: str = "maturity", **more: Any) -> Question:
    return Question(id=name, type=QuestionType(kind), ask="?", weight=1, stage=Stage.ACT, **more)


def questionnaire(slug: str, *questions: Question, version: str = "1") -> Questionnaire:
    return Questionnaire(
        id=questions[0].id[:3],
        slug=slug,
        version=version,
        title=slug,
        sections=(Section("ONE", "One", 100, questions),),
        digest="",
    )


def suggested(target: Question, source: Question, answer: Answer, **more: Any) -> Answer | None:
    """What `target` would store of the answer given to `source`."""
    given = Given(questionnaire("old", source), source, answer, NOON)
    found = suggestion(target, questionnaire(more.get("slug", "new"), target), [given])
    return found.answer if found else None


def test_counterparts_are_named_in_either_direction_and_found_in_other_versions():
    first = question("NEW-A-01", same_as=("OLD-A-01",))
    second = question("NEW-A-02")
    new = questionnaire("new", first, second)
    last_year = questionnaire("new", question("NEW-A-02"), version="0")
    old = questionnaire("old", question("OLD-A-01"), question("OLD-A-09", same_as=("NEW-A-02",)), question("OLD-A-03"))

    assert counterparts([first, second], new, [last_year, old]) == {
        "NEW-A-01": {("old@1", "OLD-A-01")},
        "NEW-A-02": {("old@1", "OLD-A-09"), ("new@0", "NEW-A-02")},
    }


CARRIED = [
    (question("N-A-01"), question("O-A-01"), Answer(value=3), Answer(value=3)),
    (question("N-A-01"), question("O-A-01"), Answer(value=0), Answer(value=0)),
    (question("N-A-01"), question("O-A-01", "incident"), Answer(value="found_open"), None),
    (question("N-A-01", "incident"), question("O-A-01"), Answer(value=2), None),
    (
        question("N-A-01", "incident"),
        question("O-A-01", "incident"),
        Answer(value="found_remediating", plan_end=date(2027, 5, 1)),
        Answer(value="found_remediating", plan_end=date(2027, 5, 1)),
    ),
    (
        question("N-A-01", "yesno", options=YES_NO),
        question("O-A-01", "choice", options=YES_NO),
        Answer(value="yes"),
        Answer(value="yes"),
    ),
    (
        question("N-A-01", "yesno", options=YES_NO),
        question("O-A-01", "yesno", options=(*YES_NO, Option("partly", "Partly", 2))),
        Answer(value="yes"),
        None,
    ),
    (
        question("N-A-01", "yesno", options=YES_NO),
        question("O-A-01", "multi", options=YES_NO),
        Answer(value=["yes"]),
        None,
    ),
    (
        question("N-A-01", "multi", options=YES_NO),
        question("O-A-01", "multi", options=YES_NO),
        Answer(value=["yes", "no"]),
        Answer(value=["yes", "no"]),
    ),
    (
        question("N-A-01", "number", unit="%", maximum=100),
        question("O-A-01", "number", unit="%"),
        Answer(value=40),
        Answer(value=40),
    ),
    (
        question("N-A-01", "number", unit="%", maximum=100),
        question("O-A-01", "number", unit="%"),
        Answer(value=140),
        None,
    ),
    (question("N-A-01", "number", unit="%"), question("O-A-01", "number", unit="days"), Answer(value=40), None),
    (question("N-A-01"), question("O-A-01"), Answer(dont_know=True), None),
    (
        question("N-A-01"),
        question("O-A-01"),
        Answer(not_applicable="No ships"),
        Answer(not_applicable="No ships"),
    ),
    (question("N-A-01", flag=Flag.CRITICAL), question("O-A-01"), Answer(not_applicable="No ships"), None),
]


@pytest.mark.parametrize(("target", "source", "answer", "stored"), CARRIED)
def test_a_value_carries_over_only_where_both_questions_take_it(target, source, answer, stored):
    assert suggested(target, source, answer) == stored


def test_comments_and_files_stay_where_they_were_given():
    assert suggested(
        question("N-A-01"), question("O-A-01"), Answer(value=2, comment="x", evidence="attached")
    ) == Answer(value=2)


def test_an_answer_of_another_type_is_still_shown():
    source = question("O-A-01", "incident")
    given = Given(questionnaire("old", source), source, Answer(value="found_open"), NOON)

    found = suggestion(question("N-A-01"), questionnaire("new", question("N-A-01")), [given])

    assert found
    assert (found.answer, found.given) == (None, given)


def test_the_newest_answer_that_fits_is_taken():
    target, level, harm = question("N-A-01"), question("O-A-01"), question("O-A-02", "incident")
    old = questionnaire("old", level, harm)
    answers = [
        Given(old, level, Answer(value=1), NOON - timedelta(days=400)),
        Given(old, level, Answer(value=2), NOON - timedelta(days=1)),
        Given(old, level, Answer(dont_know=True), NOON),
        Given(old, harm, Answer(value="found_open"), NOON),
    ]

    found = suggestion(target, questionnaire("new", target), answers)

    assert found
    assert found.answer == Answer(value=2)


def test_a_confirmation_names_what_was_seen():
    target, source = question("N-A-01"), question("O-A-01")
    old, new = questionnaire("old", source), questionnaire("new", target)
    tokens = {
        found.token
        for value, at in [(1, NOON), (2, NOON), (1, NOON + timedelta(hours=1))]
        if (found := suggestion(target, new, [Given(old, source, Answer(value=value), at)]))
    }

    assert len(tokens) == 3


def column(name: str, kind: str = "text", **more: Any) -> Column:
    return Column(id=name, label=name, kind=kind, **more)


def test_of_a_table_the_columns_both_have_carry_over():
    target = question(
        "N-A-01", "table", columns=(column("risk"), column("scale", "integer"), column("link", "question"))
    )
    source = question("O-A-01", "table", columns=(column("risk"), column("scale", "text"), column("link", "question")))
    rows = [{"risk": "Heat", "scale": "4", "link": "O-A-02"}, {"scale": "2"}]

    assert suggested(target, source, Answer(value=rows)) == Answer(value=[{"risk": "Heat"}])
    assert suggested(target, source, Answer(value=rows), slug="old") == Answer(
        value=[{"risk": "Heat", "link": "O-A-02"}, {"link": ""}][:1]
    )


ITEMS = (Option("f1", "Fee one"), Option("f2", "Fee two"))
FEES = question(
    "ERE-FEE-02",
    "table",
    columns=(
        column("origin", "country", prefill="PRO-12-origin"),
        column("destination", "country", prefill="PRO-12-destination"),
        column("item", "choice", options=ITEMS, prefill="options"),
        column("payer"),
    ),
)


def way(origin: str, destination: str, **more: Any) -> dict[str, Any]:
    return {"origin": origin, "destination": destination, "arrived": 3} | more


def test_a_table_begins_with_every_line_for_every_way():
    rows = starting_rows(FEES, {"PRO-12": [way("MM", "TH"), way("KH", "TH"), way("MM", "TH", channel="direct")]})

    assert rows == [
        {"origin": "MM", "destination": "TH", "item": "f1"},
        {"origin": "MM", "destination": "TH", "item": "f2"},
        {"origin": "KH", "destination": "TH", "item": "f1"},
        {"origin": "KH", "destination": "TH", "item": "f2"},
    ]
    assert groups(FEES, rows) == (2, 2)


def test_without_ways_the_lines_stand_alone():
    assert starting_rows(FEES, {}) == [{"item": "f1"}, {"item": "f2"}]
    assert groups(FEES, [{"item": "f1"}, {"item": "f2"}]) == (2,)


def test_a_table_without_ready_lines_begins_empty():
    plain = question("N-A-01", "table", columns=(column("risk"),))
    ways_only = replace(FEES, columns=(FEES.columns[0], FEES.columns[3]))

    assert starting_rows(plain, {"PRO-12": [way("MM", "TH")]}) == []
    assert starting_rows(ways_only, {}) == []
    assert starting_rows(ways_only, {"PRO-12": [way("MM", "TH"), way("KH", "TH")]}) == [
        {"origin": "MM"},
        {"origin": "KH"},
    ]
    assert groups(ways_only, [{"origin": "MM"}, {"origin": "KH"}]) == (1, 1)
    assert groups(plain, [{"risk": "Heat"}]) == ()


def test_only_as_many_whole_ways_stand_ready_as_a_form_can_hold():
    many = [way(f"A{chr(65 + n % 26)}", f"B{chr(65 + n // 26)}") for n in range(200)]

    assert len(starting_rows(FEES, {"PRO-12": many})) == MOST_READY


def test_lines_stand_ready_up_to_the_first_that_was_emptied():
    assert groups(FEES, [{"item": "f1", "origin": "MM"}, {"origin": "MM"}, {"item": "f2", "origin": "MM"}]) == (1,)


def test_lines_nobody_added_to_are_no_answer():
    begun = starting_rows(FEES, {"PRO-12": [way("MM", "TH")]})

    assert without_bare(FEES, begun) == []
    assert without_bare(FEES, [{"item": ""}]) == []
    assert without_bare(FEES, [*begun[:1], {"item": "f2", "payer": "employer"}]) == [
        *begun[:1],
        {"item": "f2", "payer": "employer"},
    ]
    plain = question("N-A-01", "table", columns=(column("risk"),))
    assert without_bare(plain, [{"risk": "Heat"}]) == [{"risk": "Heat"}]
