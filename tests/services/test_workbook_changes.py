"""What an upload would change: every question lands in exactly one place, and silence deletes nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.answers import Answer
from portal.services.assessments import SavedAnswer
from portal.services.workbook_changes import Plan, plan_changes
from portal.spreadsheets.faults import Fault
from portal.spreadsheets.reading import Given
from portal.spreadsheets.sameness import fingerprint
from tests.spreadsheets.trial import BY_ID, QUESTIONS, TRIAL, any_answers

TODAY = date(2026, 11, 23)
ONE, HARM = "TRY-ALL-01", "TRY-ALL-02"


def planned(
    now: Answer, in_workbook: Answer, *, at_download: Answer | None = None, changed: bool = False, question: str = ONE
) -> Plan:
    """Compare one question: what stands now (saved once, or twice if changed), and what stood at the download."""
    stood = now if at_download is None else at_download
    saved = {question: SavedAnswer(now, 2 if changed else 1)}
    prints = {question: (1, fingerprint(BY_ID[question], stood))}
    return plan_changes(TRIAL, {question: Given(in_workbook, "Answers", 4)}, (), prints, saved, today=TODAY)


def places(plan: Plan) -> dict[str, int]:
    counted = {name: len(getattr(plan, name)) for name in ("changes", "conflicts", "emptied", "kept", "faults")}
    return {name: count for name, count in counted.items() if count} | (
        {"same": plan.unchanged} if plan.unchanged else {}
    )


TWO, THREE, FOUR = (Answer(value=level) for level in (2, 3, 4))
NOTED = Answer(value=2, comment="Ask Malee")


@pytest.mark.parametrize(
    ("now", "in_workbook", "at_download", "changed", "place"),
    [
        (TWO, TWO, None, False, "same"),
        (TWO, THREE, None, False, "changes"),
        (Answer(), THREE, None, False, "changes"),
        (TWO, Answer(), None, False, "emptied"),
        (NOTED, TWO, None, False, "emptied"),
        (THREE, TWO, TWO, True, "kept"),
        (THREE, FOUR, TWO, True, "conflicts"),
        (FOUR, FOUR, TWO, True, "same"),
        (THREE, Answer(), Answer(), True, "kept"),
        (THREE, Answer(), TWO, True, "emptied"),
        (NOTED, Answer(value=2, comment=" Ask Malee\r\n"), None, False, "same"),
    ],
)
def test_a_question_lands_where_it_belongs(
    now: Answer, in_workbook: Answer, at_download: Answer | None, changed: bool, place: str
) -> None:
    assert places(planned(now, in_workbook, at_download=at_download, changed=changed)) == {place: 1}


def test_empty_cells_leave_comment_and_answer_alone() -> None:
    [change] = planned(NOTED, THREE).changes

    assert change.after == Answer(value=3, comment="Ask Malee")
    assert change.cleared == THREE


def test_a_comment_alone_leaves_the_answer_alone() -> None:
    [change] = planned(TWO, Answer(comment="New")).changes

    assert change.after == Answer(value=2, comment="New")


def test_a_plan_stays_with_the_answer_it_belongs_to() -> None:
    under_way = Answer(value="found_remediating", plan_end=date(2027, 1, 31))
    without = Answer(value="found_remediating", comment="Going well")

    [change] = planned(under_way, without, question=HARM).changes
    [other] = planned(under_way, Answer(value="found_open"), question=HARM).changes

    assert change.after.plan_end == date(2027, 1, 31)
    assert other.after.plan_end is None


def test_a_plan_that_ends_too_late_is_a_fault() -> None:
    late = Answer(value="found_remediating", plan_end=date(2028, 1, 1))

    [fault] = planned(Answer(), late, question=HARM).faults

    assert (fault.code, fault.row, fault.details) == ("plan_late", 4, {"day": "2027-11-23"})


def test_what_is_not_in_the_workbook_is_counted_and_left_alone() -> None:
    faults = (Fault("formula", "Answers", 5, "D", HARM),)

    plan = plan_changes(TRIAL, {ONE: Given(TWO, "Answers", 4)}, faults, {}, {}, today=TODAY)

    assert plan.absent == len(QUESTIONS) - 2
    assert plan.faults == list(faults)


@settings(max_examples=60, deadline=None)
@given(any_answers, any_answers, st.booleans())
def test_without_clearing_no_answer_is_ever_lost(
    now: dict[str, Answer], in_workbook: dict[str, Answer], changed: bool
) -> None:
    saved = {key: SavedAnswer(answer, 1) for key, answer in now.items()}
    given_ = {key: Given(answer, "Answers", 4) for key, answer in in_workbook.items()}
    stood = dict.fromkeys(now, (0 if changed else 1, ""))

    plan = plan_changes(TRIAL, given_, (), stood, saved, today=TODAY)

    for change in (*plan.changes, *plan.conflicts):
        said = change.after.value is not None or change.after.dont_know or change.after.not_applicable is not None
        before = change.before
        tables = change.question.columns
        was_said = before.value not in (None, []) or before.dont_know or before.not_applicable is not None
        assert said or not was_said or tables
        assert change.after.comment or not before.comment.strip()
    count = len(plan.changes) + len(plan.conflicts) + len(plan.emptied) + len(plan.kept) + len(plan.faults)
    assert count + plan.unchanged + plan.absent == len(QUESTIONS)
