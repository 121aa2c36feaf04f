"""Signing: said out loud, once, by those who may; the receipt, the report's bundle and the shares."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.bundle import digest_of
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, Share, Submission
from portal.services.assessments import save_answer
from portal.services.logins import Proof
from tests import builders
from tests.builders import World, token_in
from tests.conftest import NOON

SIGNED = {"statement": "yes", "joins": "yes", "name": "Malee S.", "position": "Managing director"}


def sign(client: FlaskClient, assessment: Assessment, changes: dict[str, Any], *, page: str = "") -> Any:
    path = f"/company/assessments/{assessment.id}/sign"
    page = page or client.get(path).text
    hidden = dict(re.findall(r'<input type="hidden" name="(key|content)" value="([^"]+)"', page))
    return client.post(path, data=hidden | {"csrf_token": token_in(page)} | changes)


def submissions(engine: Engine) -> int:
    with db.reading(engine) as session:
        return session.scalar(select(func.count()).select_from(Submission)) or 0


def test_a_signed_assessment_gets_a_receipt(
    owner: FlaskClient, complete: Assessment, world: World, engine: Engine
) -> None:
    government = str(world.reviewer.principal.organisation)

    response = sign(owner, complete, SIGNED | {"government": government})

    assert response.status_code == 302
    receipt = owner.get(response.headers["Location"]).text
    assert re.search(r"DDP-TH-\d{4}-[2-9A-Z]{6}", receipt)
    assert "Malee S." in receipt
    assert "Government X" in receipt
    bundle = owner.get(response.headers["Location"] + "/bundle.json")
    assert digest_of(bundle.data).removeprefix("sha256:") in receipt


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("statement", "Read the statement and tick the box"),
        ("joins", "Say whether your answers may count"),
        ("name", "Enter the name"),
        ("position", "Enter the position"),
    ],
)
def test_nothing_is_assumed_for_the_signatory(
    owner: FlaskClient, complete: Assessment, engine: Engine, missing: str, message: str
) -> None:
    response = sign(owner, complete, SIGNED | {missing: ""})

    assert response.status_code == 422
    assert message in response.text
    assert submissions(engine) == 0


def test_an_end_in_the_past_is_refused(owner: FlaskClient, complete: Assessment, engine: Engine, world: World) -> None:
    government = str(world.reviewer.principal.organisation)
    response = sign(owner, complete, SIGNED | {"government": government, f"until-{government}": "2020-01-01"})

    assert response.status_code == 422
    assert "must lie in the future" in response.text
    assert submissions(engine) == 0


def test_a_double_click_submits_once(owner: FlaskClient, complete: Assessment, engine: Engine) -> None:
    page = owner.get(f"/company/assessments/{complete.id}/sign").text

    first = sign(owner, complete, SIGNED, page=page)
    second = sign(owner, complete, SIGNED, page=page)

    assert first.headers["Location"] == second.headers["Location"]
    assert submissions(engine) == 1


def test_what_changed_after_reading_is_not_signed(
    owner: FlaskClient, complete: Assessment, world: World, engine: Engine
) -> None:
    page = owner.get(f"/company/assessments/{complete.id}/sign").text
    with db.writing(engine) as session, session.begin():
        by = world.editor.principal.actor
        save_answer(session, complete, "HRS-COM-01", Answer(value=4), version=1, by=by, at=NOON)

    response = sign(owner, complete, SIGNED, page=page)

    assert response.status_code == 409
    assert "Something changed" in response.text
    assert submissions(engine) == 0


def test_an_editor_cannot_sign(editor: FlaskClient, complete: Assessment) -> None:
    assert editor.get(f"/company/assessments/{complete.id}/sign").status_code == 403


def test_an_unfinished_assessment_names_what_is_missing(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    page = owner.get(f"/company/assessments/{draft.id}/sign").text
    response = sign(owner, draft, SIGNED | {"key": "k" * 30, "content": "x"}, page=owner.get("/company/profile").text)

    assert "Does anyone working for you show signs of forced labour?" in page
    assert response.status_code == 422
    assert "HRS-DO-02" in response.text
    assert submissions(engine) == 0


def test_a_share_can_be_ended_and_given_again(
    owner: FlaskClient,
    complete: Assessment,
    world: World,
    engine: Engine,
    sign_in: Callable[[str], FlaskClient],
) -> None:
    government = str(world.reviewer.principal.organisation)
    receipt = sign(owner, complete, SIGNED | {"government": government}).headers["Location"]
    reviewer = sign_in(world.reviewer.email)
    theirs = receipt.replace("/company/", "/government/")
    assert reviewer.get(theirs).status_code == 200

    page = owner.get(receipt).text
    end = re.search(r'action="([^"]+/revoke)"', page)
    assert end
    owner.post(end[1], data={"csrf_token": token_in(page)})

    assert reviewer.get(theirs).status_code == 404
    assert reviewer.get(theirs + "/bundle.json").status_code == 404
    owner.post(receipt + "/shares", data={"csrf_token": token_in(page), "government": government})
    assert reviewer.get(theirs).status_code == 200


def test_a_made_up_government_is_refused(
    owner: FlaskClient, complete: Assessment, world: World, engine: Engine
) -> None:
    receipt = sign(owner, complete, SIGNED).headers["Location"]
    token = token_in(owner.get(receipt).text)

    for government in ("", "nonsense", str(world.rival.principal.organisation)):
        response = owner.post(receipt + "/shares", data={"csrf_token": token, "government": government})
        assert response.status_code == 422
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Share)) == 0


def test_the_score_page_shows_the_working(owner: FlaskClient, complete: Assessment, catalogue: Catalogue) -> None:
    page = owner.get(f"/company/assessments/{complete.id}/score").text

    assert "What holds the score back" in page
    assert "CAP-C" in page
    assert "nobody has looked properly" in page
    assert page.count("<li><span") == 10


def test_answers_are_escaped_wherever_they_are_read(
    owner: FlaskClient, world: World, engine: Engine, catalogue: Catalogue
) -> None:
    nasty = "<script>alert(1)</script>"
    answers = builders.modest_answers(catalogue)
    answers = {key: Answer(value=item.value, comment=nasty) for key, item in answers.items()}
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers=answers)

    for page in ("/check", "/score", "/sections/COM", "/sections/DO", "/sign"):
        text = owner.get(f"/company/assessments/{assessment.id}{page}").text
        assert "<script>alert" not in text
    assert "&lt;script&gt;" in owner.get(f"/company/assessments/{assessment.id}/check").text


def test_who_is_led_to_a_second_factor_is_told_why(world: World, app: Flask, complete: Assessment) -> None:
    """Somebody who pressed "Go on to sign" would else stand before a page about passwords, and wonder."""
    client = builders.sign_in(app.test_client(), world.owner.email, Proof(method="password"))
    path = f"/company/assessments/{complete.id}/sign"

    page = client.get(client.get(path).headers["Location"]).text

    assert "One step before you go on" in page
    assert "One step before you go on" not in client.get("/account/security").text
