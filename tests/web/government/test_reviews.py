"""Deciding: with a reason, once, by the government it is shared with."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.lifecycle import AssessmentStatus
from portal.models import Assessment, Review, ReviewState, Submission
from tests import builders
from tests.builders import World

REASON = "The list names every site and who made it."


def review_in(engine: Engine) -> Review:
    with db.reading(engine) as session:
        return session.scalars(select(Review)).one()


def decide(client: FlaskClient, address: str, **form: str) -> builders.Any:
    data = {"decision": "accepted", "reason": REASON, "version": "1"} | form
    return builders.post(client, f"{address}/decision", data, page=address)


def test_an_accepted_submission_says_by_whom_and_why(
    reviewer: FlaskClient, world: World, engine: Engine, submission: Submission, address: str
) -> None:
    response = decide(reviewer, address)

    assert (response.status_code, response.headers["Location"]) == (302, address)
    page = unescape(reviewer.get(address).text)
    assert "You have accepted the submission." in page
    assert REASON in page
    assert world.reviewer.principal.name in page
    assert "Record the decision" not in page
    assert review_in(engine).state is ReviewState.ACCEPTED


def test_a_returned_submission_can_be_corrected_by_the_company(
    reviewer: FlaskClient,
    world: World,
    sign_in: Callable[[str], FlaskClient],
    engine: Engine,
    submission: Submission,
    address: str,
) -> None:
    decide(reviewer, address, decision="returned")

    with db.reading(engine) as session:
        assert session.get_one(Assessment, submission.assessment_id).status is AssessmentStatus.RETURNED
    page = sign_in(world.owner.email).get(f"/company/submissions/{submission.id}").text
    assert REASON in page
    assert "Returned for correction" in page


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"reason": ""}, "Write the reason for your decision"),
        ({"reason": "  \n "}, "Write the reason for your decision"),
        ({"reason": "Too short"}, "Say more"),
        ({"reason": "nul \x00 in the text"}, "characters that cannot be stored"),
        ({"reason": "x" * 5001}, "Shorten the text"),
        ({"decision": ""}, "Choose whether you accept or return"),
        ({"decision": "waiting"}, "Not a valid choice"),
    ],
)
def test_a_decision_that_is_not_complete_keeps_what_was_typed(
    reviewer: FlaskClient, engine: Engine, address: str, form: dict[str, str], message: str
) -> None:
    response = decide(reviewer, address, **form)

    page = unescape(response.text)
    assert response.status_code == 422
    assert "<title>Error:" in page
    assert message in page
    assert form.get("reason", REASON).strip("\x00 \n")[:40] in page
    assert review_in(engine).state is ReviewState.WAITING


@pytest.mark.parametrize("version", ["0", "7", "one", ""])
def test_a_page_that_is_out_of_date_decides_nothing(
    reviewer: FlaskClient, engine: Engine, address: str, version: str
) -> None:
    response = decide(reviewer, address, version=version)

    assert response.status_code == 409
    assert "The review has changed" in response.text
    assert REASON in unescape(response.text)
    assert review_in(engine).state is ReviewState.WAITING


def test_the_second_to_decide_sees_what_the_first_decided_and_loses_no_text(
    reviewer: FlaskClient,
    engine: Engine,
    world: World,
    sign_in: Callable[[str], FlaskClient],
    submission: Submission,
    address: str,
) -> None:
    colleague = sign_in(world.reviewer.email)
    decide(colleague, address, decision="returned", reason="The plan has no date at all.")

    mine = "I would accept it: <b>good</b> evidence."
    response = decide(reviewer, address, decision="accepted", reason=mine)

    page = unescape(response.text)
    assert response.status_code == 409
    assert "A colleague has decided" in page
    assert "Returned for correction" in page
    assert "The plan has no date at all." in page
    assert world.reviewer.principal.name in page
    assert "Accept the submission" in page
    assert mine in page
    assert "<b>good</b>" not in response.text
    assert review_in(engine).state is ReviewState.RETURNED


def test_another_government_decides_nothing(
    other_reviewer: FlaskClient, engine: Engine, address: str, submission: Submission
) -> None:
    response = builders.post(
        other_reviewer,
        f"{address}/decision",
        {"decision": "accepted", "reason": REASON, "version": "1"},
        page="/government/submissions",
    )

    assert response.status_code == 404
    assert review_in(engine).state is ReviewState.WAITING


def test_a_decision_without_a_form_token_is_refused(reviewer: FlaskClient, engine: Engine, address: str) -> None:
    response = reviewer.post(f"{address}/decision", data={"decision": "accepted", "reason": REASON, "version": "1"})

    assert response.status_code == 400
    assert review_in(engine).state is ReviewState.WAITING


def test_fields_of_the_review_cannot_be_slipped_in(
    reviewer: FlaskClient, world: World, engine: Engine, submission: Submission, address: str
) -> None:
    decide(reviewer, address, decided_by_id=str(world.rival.principal.user_id), state="returned", score="99.9")

    review = review_in(engine)
    assert (review.state, review.decided_by_id) == (ReviewState.ACCEPTED, world.reviewer.principal.user_id)
    with db.reading(engine) as session:
        assert session.get_one(Submission, submission.id).scorecard == submission.scorecard


def test_the_page_of_a_decided_submission_offers_no_second_decision(reviewer: FlaskClient, address: str) -> None:
    assert re.search(r'name="reason"', reviewer.get(address).text)

    decide(reviewer, address)

    assert not re.search(r'name="reason"', reviewer.get(address).text)
