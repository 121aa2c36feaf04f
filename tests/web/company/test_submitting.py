"""Signing happens once however often the button is pressed (A13); what comes before and after it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.lifecycle import AssessmentStatus
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, OutboxMail, Share, Submission, WorkerStatement
from portal.services import assessments
from tests import builders
from tests.builders import World
from tests.reports.pages import attachments, page_texts, words

NOW = datetime.now(UTC)
SIGNED = {"joins": "yes", "statement": "yes", "name": "Malee S.", "position": "กรรมการ"}


@pytest.fixture
def draft(engine: Engine, world: World, catalogue: Catalogue) -> Assessment:
    with db.writing(engine) as session, session.begin():
        return builders.make_assessment(session, world.owner, catalogue, at=NOW)


@pytest.fixture
def place(draft: Assessment) -> str:
    return f"/company/assessments/{draft.id}"


@pytest.fixture
def owner(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.owner.email)


@pytest.fixture
def rival(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.rival.email)


def form_of(page: str) -> dict[str, Any]:
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("csrf_token", "key", "content")}
    return {name: found[1] for name, found in hidden.items() if found} | SIGNED


def signed(owner: FlaskClient, place: str, **more: Any) -> Any:
    return owner.post(f"{place}/sign", data=form_of(owner.get(f"{place}/sign").text) | more)


def submission_of(engine: Engine) -> Submission:
    with db.reading(engine) as session:
        return session.scalars(select(Submission).order_by(Submission.version.desc())).first()  # type: ignore[return-value]


@pytest.mark.parametrize("times", [12, pytest.param(50, marks=pytest.mark.slow)])
def test_signed_in_parallel_there_is_one_of_everything(
    times: int, app: Flask, engine: Engine, world: World, place: str
) -> None:
    """With the same key and with different keys; each reply leads to the same receipt."""
    clients = [builders.sign_in(app.test_client(), world.owner.email) for _ in range(times)]
    forms = [form_of(client.get(f"{place}/sign").text) for client in clients]
    shared = forms[0]["key"]
    for form in forms[: times // 2]:
        form["key"] = shared
    barrier = Barrier(times)

    def sign(number: int) -> Any:
        barrier.wait()
        return clients[number].post(f"{place}/sign", data=forms[number])

    with ThreadPoolExecutor(times) as pool:
        answers = list(pool.map(sign, range(times)))

    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with db.reading(engine) as session:
        assert len(session.scalars(select(Submission.id)).all()) == 1
        assert len(builders.events(session, "submission.created")) == 1
        assert session.scalars(select(OutboxMail.kind)).all() == ["receipt"]


def test_the_receipt_is_mailed_to_whoever_signed_without_any_answer(
    app: Flask, engine: Engine, owner: FlaskClient, place: str, world: World
) -> None:
    signed(owner, place)
    submission = submission_of(engine)
    with db.reading(engine) as session:
        letter = json.loads(app.extensions["portal"].sealer.open(session.scalars(select(OutboxMail.sealed)).one()))

    assert letter["to"] == world.owner.email
    assert submission.reference in letter["subject"]
    assert f"/company/submissions/{submission.id}" in letter["body"]
    assert (submission.scorecard["score"] or "") not in letter["body"]


def test_each_government_gets_what_and_as_long_as_was_chosen_for_it(
    engine: Engine, owner: FlaskClient, place: str, world: World
) -> None:
    x, y = (str(one.principal.organisation) for one in (world.reviewer, world.other_reviewer))
    end = (NOW + timedelta(days=90)).date()
    answer = signed(
        owner, place, government=[x, y], **{f"until-{x}": end.isoformat(), f"scope-{y}": "without_evidence"}
    )

    assert answer.status_code == 302
    with db.reading(engine) as session:
        found = {str(one.government_id): (one.until, one.scope) for one in session.scalars(select(Share))}
    assert found == {x: (end, "all"), y: (None, "without_evidence")}


def test_without_evidence_means_no_file_is_handed_out(
    engine: Engine, owner: FlaskClient, place: str, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    x = str(world.reviewer.principal.organisation)
    signed(owner, place, government=[x], **{f"scope-{x}": "without_evidence"})
    page = f"/government/submissions/{submission_of(engine).id}"
    official = sign_in(world.reviewer.email)

    assert "without the evidence files" in official.get(page).text
    assert official.get(f"{page}/evidence/HRS-COM-01/1").status_code == 404


def test_what_is_missing_stands_in_one_list_with_the_way_there(
    engine: Engine, owner: FlaskClient, place: str, draft: Assessment, world: World
) -> None:
    with db.writing(engine) as session, session.begin():
        by = world.owner.principal.actor
        for question_id, answer in {
            "HRS-COM-01": Answer(),
            "HRS-DO-02": Answer(),
            "HRS-COM-02": Answer(value=4),
            "HRS-COM-03": Answer(dont_know=True),
        }.items():
            assessments.save_answer(session, draft, question_id, answer, version=1, by=by, at=NOW)
    page = owner.get(f"{place}/preflight").text
    blocking, advised = page.split("that weaken it")

    assert f"{place}/questions/HRS-DO-02" in blocking
    assert f"{place}/questions/HRS-COM-02" in advised
    assert f"{place}/questions/HRS-COM-03" in advised
    assert "Says more than it shows" in advised


def test_a_withdrawn_submission_is_gone_for_governments_at_the_next_request(
    engine: Engine, owner: FlaskClient, place: str, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    signed(owner, place, government=[str(world.reviewer.principal.organisation)])
    submission = submission_of(engine)
    official, theirs = sign_in(world.reviewer.email), f"/government/submissions/{submission.id}"
    mine = f"/company/submissions/{submission.id}"
    assert official.get(theirs).status_code == 200
    builders.post(owner, f"{mine}/withdrawal", {"reason": "ผิดปี"}, page=mine)
    again = builders.post(owner, f"{mine}/withdrawal", {}, page="/company/profile")

    assert official.get(theirs).status_code == 404
    assert again.status_code == 409
    assert "ผิดปี" in owner.get(mine).text
    with db.reading(engine) as session:
        kept = session.get_one(Submission, submission.id)
        assert (kept.joins_aggregates, kept.bundle, kept.digest) == (False, submission.bundle, submission.digest)
        assert session.scalars(select(Assessment.status)).one() is AssessmentStatus.DRAFT
        assert len(builders.events(session, "submission.withdrawn")) == 1


def test_a_correction_is_a_new_version_and_the_old_one_stays(
    engine: Engine, owner: FlaskClient, place: str, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    shared = [str(world.reviewer.principal.organisation)]
    signed(owner, place, government=shared)
    first = submission_of(engine)
    page = f"/company/submissions/{first.id}"
    builders.post(owner, f"{page}/correction", page=page)
    builders.post(owner, f"{place}/questions/HRS-COM-01", {"HRS-COM-01-version": "1", "HRS-COM-01-value": "3"})
    answer = signed(owner, place, government=shared)
    second = submission_of(engine)

    assert answer.status_code == 302
    assert (second.version, second.digest != first.digest) == (2, True)
    official = sign_in(world.reviewer.email)
    assert official.get(f"/government/submissions/{first.id}").status_code == 200
    assert official.get(f"/government/submissions/{second.id}").status_code == 200
    late = builders.post(owner, f"{page}/correction", page=page)
    assert late.status_code == 409


def test_worker_representatives_are_heard_before_signing_and_after(
    engine: Engine,
    owner: FlaskClient,
    place: str,
    draft: Assessment,
    world: World,
    sign_in: Callable[[str], FlaskClient],
) -> None:
    unread = form_of(owner.get(f"{place}/sign").text)
    with db.writing(engine) as session, session.begin():
        session.add(
            WorkerStatement(
                assessment_id=draft.id,
                author_id=world.editor.principal.actor,
                body_name="สหภาพแรงงาน",
                words="Night shifts are <b>longer</b> than stated.",
                written_at=NOW,
            )
        )
    shared = {"government": [str(world.reviewer.principal.organisation)]}
    late = owner.post(f"{place}/sign", data=unread | shared)
    page = owner.get(f"{place}/sign").text
    answer = owner.post(f"{place}/sign", data=form_of(page) | shared)

    assert late.status_code == 409
    assert "Night shifts are &lt;b&gt;longer&lt;/b&gt; than stated." in page
    assert answer.status_code == 302
    frozen = submission_of(engine)
    said = [{"body": "สหภาพแรงงาน", "words": "Night shifts are <b>longer</b> than stated."}]
    assert json.loads(frozen.bundle)["worker_statements"] == said
    assert world.editor.principal.name not in frozen.bundle
    assert "สหภาพแรงงาน" in sign_in(world.reviewer.email).get(f"/government/submissions/{frozen.id}").text


def test_the_draft_is_printed_as_governments_will_get_it(owner: FlaskClient, place: str, rival: FlaskClient) -> None:
    answer = owner.get(f"{place}/report.pdf")
    said = words(answer.data)

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "not signed" in said
    assert "Nobody yet: a draft to read, not a submission" in said
    assert json.loads(attachments(answer.data)["answers.json"])["answers"]["HRS-COM-01"] == {"value": 2}
    assert f"{place}/report.pdf" in owner.get(f"{place}/sign").text
    assert rival.get(f"{place}/report.pdf").status_code == 404


def test_the_receipt_is_a_pdf_without_any_answer(
    engine: Engine, owner: FlaskClient, place: str, world: World, rival: FlaskClient
) -> None:
    x = str(world.reviewer.principal.organisation)
    signed(owner, place, government=[x], **{f"until-{x}": "2031-05-17", f"scope-{x}": "without_evidence"})
    submission = submission_of(engine)
    answer = owner.get(f"/company/submissions/{submission.id}/receipt.pdf")
    said = words(answer.data)

    assert (answer.status_code, len(page_texts(answer.data))) == (200, 1)
    for wanted in (submission.reference, "Malee S.", "Government X", "without the files", "17 May 2031"):
        assert wanted in said
    assert submission.digest.removeprefix("sha256:") in said.replace(" ", "")
    assert not attachments(answer.data)
    assert rival.get(f"/company/submissions/{submission.id}/receipt.pdf").status_code == 404
