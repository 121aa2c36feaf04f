"""Abuse cases A01 to A04: another company's cookie, a share that ended, columns nobody may set, a borrowed file."""

from __future__ import annotations

import json
import logging
import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import db
from portal.clock import clock
from portal.models import AnswerRow, Assessment, Evidence, ReportFile, SharedRead, Submission
from portal.services import jobs
from portal.storage import FileStore
from tests.access.canaries import canary, found_in
from tests.access.conftest import client_of
from tests.access.reading import links_in, stripped, words_of
from tests.access.world import QUESTION, BigWorld

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def recorded(portal: Flask, big_world: BigWorld, who: str, start: str) -> set[str]:
    """Every address this person is led to, from page to page, that names something by id."""
    client, waiting, seen = client_of(portal, big_world, who), [start], {start}
    while waiting:
        path = waiting.pop()
        with client.get(path) as response:
            if response.mimetype != "text/html":
                continue
            new = {link for link in links_in(response.text, path) if link.startswith("/company")} - seen
        seen |= new
        waiting += sorted(new)
    return {path for path in seen if UUID.search(path)}


def make_report(portal: Flask, big_world: BigWorld, compartment: str) -> None:
    """As the worker stores it, without the seconds of printing."""
    held = portal.extensions["portal"]
    content = b"%PDF-1.7 " + canary(compartment).encode()
    digest = FileStore(held.settings.storage_folder).put_bytes(content)
    submission = big_world.submissions[compartment]
    with db.writing(held.engine) as session, session.begin():
        session.execute(jobs.Job.__table__.update().where(jobs.Job.submission_id == submission).values(state="done"))
        now = clock.now()
        jobs.store_report(session, submission, language="en", sha256=digest, size=len(content), at=now)


def test_a01_whatever_an_editor_of_a_was_led_to_is_nothing_to_the_owner_of_b(
    portal: Flask, big_world: BigWorld
) -> None:
    make_report(portal, big_world, "unshared")
    pages = recorded(portal, big_world, "editor of A", "/company")
    kinds = {path.rpartition("/")[2].partition("?")[0] for path in pages}
    assert {"report.pdf", "bundle.json"} <= kinds, "the crawl has pages, files and what is still being made"
    assert len(pages) > 60

    rival = client_of(portal, big_world, "owner of B")
    for path in sorted(pages):
        with rival.get(path) as theirs, rival.get(UUID.sub(UNKNOWN, path)) as unknown:
            assert theirs.status_code == unknown.status_code == 404, path
            assert stripped(theirs.text) == stripped(unknown.text), path
            assert not {one for one in found_in(words_of(theirs)) if one not in ("bname", "bpeople")}, path


def test_a02_a_share_taken_back_ends_page_and_files_at_the_next_request(
    portal: Flask, big_world: BigWorld, caplog: pytest.LogCaptureFixture
) -> None:
    make_report(portal, big_world, "sharedwithx")
    submission, share = big_world.submissions["sharedwithx"], big_world.shares["sharedwithx"]
    official, owner = (client_of(portal, big_world, who) for who in ("reviewer of X", "owner of A"))
    page = f"/government/submissions/{submission}"
    parts = [page, f"{page}/report.pdf", f"{page}/bundle.json", f"{page}/evidence/{QUESTION}/1"]
    for part in parts:
        assert official.get(part).status_code == 200, part

    ended = owner.post(f"/company/submissions/{submission}/shares/{share}/revoke")

    assert ended.status_code == 302
    with caplog.at_level(logging.WARNING):
        for part in parts:
            assert official.get(part).status_code == 404, part
        assert official.post(f"{page}/decision", data={"decision": "accepted"}).status_code == 404
    lines = [json.loads(message) for message in caplog.messages if "share.refused" in message]
    assert len(lines) == 5
    assert {line["submission"] for line in lines} == {str(submission)}
    assert not found_in(caplog.text)
    told = owner.get(f"/company/submissions/{submission}").text
    for what in ("Report (PDF)", "Answers (JSON)", "Evidence file"):
        assert what in told, "the company sees what was read"
    assert not {"xpeople"} & found_in(told), "but not by whom"


def test_a03_columns_that_nobody_may_set_are_not_set(portal: Flask, big_world: BigWorld) -> None:
    assessment = big_world.assessments["draftclosed"]
    b = str(big_world.organisations["b"])
    typed = {
        "question": QUESTION,
        QUESTION: "4",
        f"{QUESTION}-version": "1",
        f"{QUESTION}-comment": "Only this is mine to say",
        "score": "99",
        "status": "approved",
        "tenant_id": b,
        "organisation_id": b,
        "version": "999",
        "submitted_at": "2020-01-01",
        "reviewer": "me",
        "updated_by_id": UNKNOWN,
    }
    before = rows(portal, assessment)

    with client_of(portal, big_world, "editor of A").post(
        f"/company/assessments/{assessment}/answers", data=typed
    ) as response:
        assert response.status_code == 200, response.text

    after = rows(portal, assessment)
    assert before["assessment"] == after["assessment"]
    changed = {key for key in after["answers"] if before["answers"].get(key) != after["answers"][key]}
    assert changed == {QUESTION}
    stood, stands = before["answers"][QUESTION], after["answers"][QUESTION]
    assert {name for name in stands if stood[name] != stands[name]} <= {
        "value", "comment", "version", "updated_by_id", "updated_at",
    }  # fmt: skip
    assert stands["version"] == stood["version"] + 1
    assert stands["updated_by_id"] == big_world.people["editor of A"].principal.user_id


def rows(portal: Flask, assessment: object) -> dict[str, dict[str, dict[str, object]]]:
    with db.reading(portal.extensions["portal"].engine) as session:
        answers = session.execute(select(AnswerRow.__table__).where(AnswerRow.assessment_id == assessment))
        own = session.execute(select(Assessment.__table__).where(Assessment.id == assessment))
        return {
            "answers": {row.question_id: dict(row._mapping) for row in answers},
            "assessment": {"": dict(own.one()._mapping)},
        }


def test_a04_a_file_of_another_company_cannot_be_attached_or_shared_on(portal: Flask, big_world: BigWorld) -> None:
    draft, foreign = big_world.assessments["draftclosed"], big_world.evidence["draftofb"]
    client = client_of(portal, big_world, "owner of A")
    before = files(portal, draft)
    section = f"/company/assessments/{draft}/sections/COM"
    names = (
        "evidence",
        "evidence_id",
        "file",
        "files",
        f"{QUESTION}-evidence",
        f"{QUESTION}-files",
        f"{QUESTION}-file",
    )
    for name in names:
        form = {name: str(foreign), "question": QUESTION, f"{QUESTION}-version": "1", QUESTION: "3"}
        with client.post(section, data=form), client.post(f"/company/assessments/{draft}/answers", data=form):
            assert files(portal, draft) == before, name
    for remove in (f"{QUESTION}-remove", "remove", f"{QUESTION}-evidence-remove"):
        with client.post(section, data={remove: str(foreign)}):
            pass
    assert client.get(f"/company/evidence/{foreign}").status_code == 404

    with db.reading(portal.extensions["portal"].engine) as session:
        kept = session.get_one(Evidence, foreign)
        bundles = session.scalars(
            select(Submission.bundle).where(Submission.id == big_world.submissions["sharedwithx"])
        )
        assert (kept.organisation_id, kept.removed_at) == (big_world.organisations["b"], None)
        assert kept.sha256 not in "".join(bundles)
    official = client_of(portal, big_world, "reviewer of X")
    page = f"/government/submissions/{big_world.submissions['sharedwithx']}/evidence"
    for number in (2, 3):
        assert official.get(f"{page}/{QUESTION}/{number}").status_code == 404


def files(portal: Flask, assessment: object) -> list[object]:
    with db.reading(portal.extensions["portal"].engine) as session:
        return list(session.scalars(select(Evidence.id).where(Evidence.assessment_id == assessment)))


def test_a_look_is_noted_once_and_a_refused_or_waiting_one_is_not(portal: Flask, big_world: BigWorld) -> None:
    official = client_of(portal, big_world, "reviewer of X")
    page = f"/government/submissions/{big_world.submissions['sharedwithx']}"
    before = looks(portal)

    assert official.get(f"{page}/report.pdf").status_code == 202
    assert official.get(f"{page}/evidence/{QUESTION}/7").status_code == 404
    assert looks(portal) == before
    assert official.get(page).status_code == 200
    assert official.post(f"{page}/decision", data={"decision": "accepted"}).status_code == 422

    assert looks(portal) == before + 2, "a form sent without the page shows the page as well"
    with db.reading(portal.extensions["portal"].engine) as session:
        assert session.scalar(select(func.count()).select_from(ReportFile)) is not None


def looks(portal: Flask) -> int:
    with db.reading(portal.extensions["portal"].engine) as session:
        return session.scalar(select(func.count()).select_from(SharedRead)) or 0
