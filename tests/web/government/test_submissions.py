"""What a government reads: its queue, a submission with everything in it, and the files."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, update
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Job, Review, Share, Submission
from portal.services import jobs, reviews
from portal.settings import Settings
from portal.storage import FileStore
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_copy
from tests.web.government.conftest import FILE, QUESTION

QUEUE = "/government/submissions"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PDF = b"%PDF-1.7 not really"


def stripped(page: str) -> str:
    """The page without what differs by design: form token, reference of the error, address."""
    page = re.sub(r'data-left="\d+"', "", page)
    page = re.sub(r'(name="csrf_token" value|data-token)="[^"]+"', "", page)
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", page)
    return re.sub(r'<bdi class="code">[0-9a-f]{8}</bdi>', "", page)


def parts(address: str) -> list[str]:
    """Every address under a submission that only reads."""
    return [address, f"{address}/report.pdf", f"{address}/bundle.json", f"{address}/evidence/{QUESTION}/1"]


def store_report(engine: Engine, settings: Settings, submission: Submission) -> None:
    digest = FileStore(settings.storage_folder).put_bytes(PDF)
    with db.writing(engine) as session, session.begin():
        session.execute(update(Job).values(state="done"))
        jobs.store_report(session, submission.id, language="en", sha256=digest, size=len(PDF), at=NOON)


def test_the_queue_names_company_harm_and_score(reviewer: FlaskClient, submission: Submission) -> None:
    page = reviewer.get(QUEUE).text

    assert "Company A" in page
    assert submission.reference in page
    assert "1 submission waits for your decision." in page
    assert re.search(r"Open: <span[^>]*>Fees paid by workers", page)
    assert submission.scorecard["score"] in page
    assert "Manufacturing" in page
    assert f"{QUEUE}/{submission.id}" in page


def test_the_start_of_the_area_is_the_queue(reviewer: FlaskClient) -> None:
    assert reviewer.get("/government/").headers["Location"] == QUEUE


def test_an_empty_queue_says_what_will_appear(other_reviewer: FlaskClient, submission: Submission) -> None:
    page = other_reviewer.get(QUEUE).text

    assert "Nothing is shared with you yet" in page
    assert "Company A" not in page
    assert "<select" not in page


def test_a_filter_stands_in_the_address_and_in_the_form(
    reviewer: FlaskClient, engine: Engine, world: World, submission: Submission
) -> None:
    with db.writing(engine) as session, session.begin():
        share_copy(session, submission, world.reviewer, "Farm of B", sector="A", red_flag="")

    page = reviewer.get(f"{QUEUE}?sector=A&red_flag=none&text=farm").text

    assert "Farm of B" in page
    assert "Company A" not in page
    assert re.search(r'<option value="A" selected>Agriculture, forestry and fishing', page)
    assert re.search(r'<option value="none" selected>', page)
    assert 'value="farm"' in page
    assert "Show all" in page


@pytest.mark.parametrize(
    "query",
    [
        "?sector=XX&band=Best&state=late&red_flag=pink&page=minus",
        "?page=0",
        "?page=99999999999",
        "?text=%00",
        "?page=²",
    ],
)
def test_an_address_that_makes_no_sense_narrows_nothing(
    reviewer: FlaskClient, submission: Submission, query: str
) -> None:
    response = reviewer.get(QUEUE + query)

    assert response.status_code == 200
    assert "Company A" in response.text


def test_a_search_without_a_hit_says_so_and_leads_back(reviewer: FlaskClient, submission: Submission) -> None:
    page = reviewer.get(f"{QUEUE}?text=%25").text

    assert "Nothing matches" in page
    assert "Company A" not in page


def test_pages_keep_the_filter(reviewer: FlaskClient, engine: Engine, world: World, submission: Submission) -> None:
    with db.writing(engine) as session, session.begin():
        for number in range(reviews.PAGE + 1):
            share_copy(session, submission, world.reviewer, f"Mill {number}")

    page = reviewer.get(f"{QUEUE}?text=mill").text

    assert "Page 1 of 2" in page
    assert re.search(r'href="/government/submissions\?page=2&amp;text=mill" rel="next"', page)


def test_the_queue_takes_few_statements_however_long_it_is(
    app: object, engine: Engine, reviewer: FlaskClient, world: World, submission: Submission
) -> None:
    with db.writing(engine) as session, session.begin():
        for number in range(12):
            share_copy(session, submission, world.reviewer, f"Mill {number}")
    statements: list[str] = []
    used = app.extensions["portal"].engine  # type: ignore[attr-defined]
    event.listen(used, "before_cursor_execute", lambda *args: statements.append(args[2]))

    reviewer.get(QUEUE)

    assert len([text for text in statements if text.startswith("SELECT")]) <= 6


def test_a_submission_shows_three_values_harm_and_every_answer(
    reviewer: FlaskClient, submission: Submission, address: str
) -> None:
    page = reviewer.get(address).text

    assert f"Claimed {submission.scorecard['declared']}" in page
    assert f"Counted <b>{submission.scorecard['score']}</b>" in page
    assert "Reviewed: not decided" in page
    assert "Self-assessed, not verified" in page
    assert re.search(r"Open: <span[^>]*>Fees paid by workers", page)
    assert "What holds the score back" in page
    for question in submission.scorecard["questions"]:
        assert f'id="{question}"' in page
    assert "Record the decision" in page


def test_what_people_typed_is_shown_as_text(reviewer: FlaskClient, address: str) -> None:
    page = reviewer.get(address).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "walk &lt;b&gt;round&lt;/b&gt;.txt" in page


def test_a_file_named_in_the_bundle_is_a_download_and_nothing_else(reviewer: FlaskClient, address: str) -> None:
    page = reviewer.get(address).text
    assert f'href="{address}/evidence/{QUESTION}/1"' in page

    response = reviewer.get(f"{address}/evidence/{QUESTION}/1")

    assert response.data == FILE
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.headers["Content-Disposition"].startswith("attachment; filename=walk__b_round__b_.txt;")
    assert "sandbox; default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("end", [f"{QUESTION}/0", f"{QUESTION}/2", "HRS-COM-02/1", "NO-SUCH/1"])
def test_a_file_the_bundle_does_not_name_is_not_found(reviewer: FlaskClient, address: str, end: str) -> None:
    assert reviewer.get(f"{address}/evidence/{end}").status_code == 404


def test_a_file_that_changed_in_the_store_is_not_handed_out(
    reviewer: FlaskClient, address: str, settings: Settings, submission: Submission
) -> None:
    [stored] = [
        path for path in Path(settings.storage_folder).rglob("*") if path.is_file() and path.read_bytes() == FILE
    ]
    stored.chmod(0o600)
    stored.write_bytes(b"something else")

    assert reviewer.get(f"{address}/evidence/{QUESTION}/1").status_code == 404


def test_the_bundle_comes_as_the_bytes_that_were_signed(
    reviewer: FlaskClient, address: str, submission: Submission
) -> None:
    response = reviewer.get(f"{address}/bundle.json")

    assert response.data == submission.bundle.encode()
    assert f"filename={submission.reference}.json" in response.headers["Content-Disposition"]


def test_the_report_comes_as_the_bytes_in_the_store(
    reviewer: FlaskClient, engine: Engine, settings: Settings, address: str, submission: Submission
) -> None:
    store_report(engine, settings, submission)

    response = reviewer.get(f"{address}/report.pdf")

    assert (response.status_code, response.data) == (200, PDF)
    assert response.headers["Content-Type"] == "application/pdf"
    assert f"attachment; filename={submission.reference}.pdf" in response.headers["Content-Disposition"]


@pytest.mark.parametrize("way", ["foreign", "revoked", "expired"])
def test_what_is_not_shared_now_looks_like_what_never_was(
    reviewer: FlaskClient,
    other_reviewer: FlaskClient,
    engine: Engine,
    settings: Settings,
    submission: Submission,
    address: str,
    way: str,
) -> None:
    store_report(engine, settings, submission)
    client = other_reviewer if way == "foreign" else reviewer
    ended = {"revoked": {"revoked_at": NOON}, "expired": {"until": NOON.date() - timedelta(days=1000)}}
    if way in ended:
        assert all(client.get(part).status_code == 200 for part in parts(address))
        with db.writing(engine) as session, session.begin():
            session.execute(update(Share).values(**ended[way]))

    for theirs, unknown in zip(parts(address), parts(f"{QUEUE}/{UNKNOWN}"), strict=True):
        answer, nothing = client.get(theirs), client.get(unknown)
        assert (answer.status_code, nothing.status_code) == (404, 404), theirs
        assert stripped(answer.text) == stripped(nothing.text)
    assert "Company A" not in client.get(QUEUE).text


def test_a_company_finds_no_government_page(
    client: FlaskClient, world: World, sign_in: object, submission: Submission, address: str
) -> None:
    owner = sign_in(world.owner.email)  # type: ignore[operator]

    assert [owner.get(part).status_code for part in [QUEUE, *parts(address)]] == [403] * 5


def test_reading_changes_nothing(reviewer: FlaskClient, engine: Engine, address: str) -> None:
    for part in parts(address):
        reviewer.get(part)

    with db.reading(engine) as session:
        assert session.query(Review).one().version == 1
