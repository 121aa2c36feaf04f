"""What the report says of example E17, and of the awkward submissions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.reports.answer_parts import AnsweredQuestion
from portal.reports.content import LONGEST_TEXT, ReportTooLong
from portal.reports.parts import AssessmentReport, Label

Build = Callable[..., AssessmentReport]
Example = dict[str, Any]


def answer(report: AssessmentReport, question: str) -> AnsweredQuestion:
    return next(one for section in report.answers for one in section.questions if one.id == question)


def test_the_headline_is_the_scorecard(report: Build, thalay: Example) -> None:
    headline = report(thalay).headline

    assert (headline.score, headline.band, headline.declared, headline.raw) == ("57.3", "Developing", "65.2", "57.3")
    assert (headline.applicable, headline.answered, headline.accepted, headline.reviewed) == (20, 20, 2, 0)


def test_what_holds_the_score_back_starts_with_what_costs_most(report: Build, thalay: Example) -> None:
    held = report(thalay).held

    assert [(one.section, one.cap, one.before, one.counts) for one in held] == [
        ("Listen and put right", "CAP-C", "53.6", "39.9"),
        ("Act", "CAP-M", "66.7", "59.9"),
    ]
    assert held[0].causes[0].code == "unknown_not_looked"
    assert held[1].causes[0].until == date(2027, 4, 30)


def test_every_question_about_harm_is_named_with_its_state(report: Build, thalay: Example) -> None:
    states = {harm.question: (harm.state, harm.reason) for harm in report(thalay).harms}

    assert states == {
        "HRS-DO-02": ("none", "looked"),
        "HRS-DO-03": ("remediating", "plan"),
        "HRS-DO-04": ("none", "looked"),
        "HRS-DO-05": ("none", "looked"),
        "HRS-FIX-03": ("unknown", "not_looked"),
    }


@pytest.mark.parametrize(
    ("said", "state", "reason"),
    [
        ({"value": "found_open"}, "open", "no_remedy"),
        ({"value": "found_remediating", "evidence": "attached"}, "open", "no_plan"),
        ({"value": "found_remediating", "evidence": "attached", "plan_end": "2026-01-31"}, "open", "plan_over"),
        ({"value": "found_remedied"}, "remediating", "remedy_unshown"),
        ({"value": "found_remedied", "evidence": "accepted"}, "none", "remedied"),
        ({"value": "checked_not_found"}, "unknown", "look_unshown"),
        ({"value": "not_checked"}, "unknown", "not_looked"),
        ({"dont_know": True}, "unknown", "dont_know"),
        (None, "unknown", "unanswered"),
    ],
)
def test_how_a_state_came_about_is_told(
    report: Build, thalay: Example, said: Example | None, state: str, reason: str
) -> None:
    thalay["answers"].pop("HRS-DO-03")
    if said is not None:
        thalay["answers"]["HRS-DO-03"] = said

    harm = next(harm for harm in report(thalay).harms if harm.question == "HRS-DO-03")

    assert (harm.state, harm.reason) == (state, reason)


def test_a_claim_without_evidence_stands_beside_what_counts(report: Build, thalay: Example) -> None:
    question = answer(report(thalay), "HRS-DO-07")

    assert [choice.mark for choice in question.choices] == ["", "", "until_shown", "claimed", ""]
    assert [effect.code for effect in question.effects] == ["until_shown", "limit_advanced"]


def test_a_reviewer_sets_a_level_and_gives_a_reason(report: Build, thalay: Example) -> None:
    thalay["review"] = {"HRS-COM-01": {"level": 1, "reason": "The page is not signed."}}

    built = report(thalay, label=Label("Thailand", date(2026, 11, 3)))
    question = answer(built, "HRS-COM-01")

    assert [choice.mark for choice in question.choices] == ["", "set", "", "lowered", ""]
    assert question.judgement is not None
    assert question.judgement.reason == ("The page is not signed.",)
    assert built.headline.reviewed == 1


def test_the_worst_risk_comes_first_and_its_question_too(report: Build, thalay: Example) -> None:
    built = report(thalay)

    assert [(risk.severity, risk.likelihood, risk.classification) for risk in built.risks] == [
        (4, 5, "Urgent"),
        (4, 2, "High"),
        (3, 4, "High"),
    ]
    assert (built.actions[0].question, built.actions[0].priority, built.actions[0].urgent) == (
        "HRS-DO-03",
        "6.75",
        True,
    )


def test_an_empty_submission_is_reported_too(report: Build, thalay: Example) -> None:
    empty = {key: thalay[key] for key in ("format", "questionnaire", "as_of")}

    built = report(empty)

    assert (built.headline.score, built.headline.answered, built.company.name) == ("0.0", 0, "")
    assert built.risks == ()
    assert built.signature is None


def test_questions_outside_the_profile_are_listed_apart(report: Build, thalay: Example) -> None:
    thalay["profile"]["PRO-11"] = 0
    del thalay["profile"]["PRO-12"]

    built = report(thalay)

    assert "HRS-DO-03" in {left.id for left in built.left_out}
    assert "HRS-DO-03" not in {one.id for section in built.answers for one in section.questions}


def test_a_reason_for_not_applicable_is_shown(report: Build, thalay: Example) -> None:
    thalay["answers"]["HRS-COM-02"] = {"not_applicable": "The owner does all of it.", "na_review": "rejected"}

    question = answer(report(thalay), "HRS-COM-02")

    assert question.not_applicable == ("The owner does all of it.",)
    assert [effect.code for effect in question.effects] == ["na_rejected"]


def test_too_much_text_is_refused(report: Build, thalay: Example) -> None:
    for one in thalay["answers"].values():
        one["comment"] = "x " * 5000
    thalay["answers"]["HRS-KNO-04"]["value"] = [{"risk": "x" * 10_000} for _ in range(1 + LONGEST_TEXT // 10_000)]

    with pytest.raises(ReportTooLong):
        report(thalay)


def test_the_glance_names_vessels_with_their_flags(
    report: Callable[..., AssessmentReport], thalay: dict[str, Any]
) -> None:
    thalay["profile"] |= {"PRO-22": ["fishing"], "PRO-30": 3, "PRO-31": ["TH", "ID"], "PRO-33": 140}

    glance = report(thalay).glance

    assert (glance.vessels, glance.flags, glance.largest_tonnage) == (3, ("TH", "ID"), 140)
