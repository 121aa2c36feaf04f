"""The report's page: the file when it is there, else where it stands; the same for companies and governments."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import Job, JobState, Submission
from portal.services import jobs
from portal.settings import Settings
from portal.storage import FileStore
from portal.web.downloads import attachment
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_one

PDF = b"%PDF-1.7 not really"


@pytest.fixture
def submission(engine: Engine, world: World, catalogue: Catalogue) -> Submission:
    with db.writing(engine) as session, session.begin():
        return share_one(session, world, catalogue, at=NOON)


@pytest.fixture(params=["company", "government"])
def reader(
    request: pytest.FixtureRequest, world: World, submission: Submission, sign_in: Callable[[str], FlaskClient]
) -> tuple[FlaskClient, str]:
    """Somebody who may read the submission, and its address for them."""
    person = world.owner if request.param == "company" else world.reviewer
    return sign_in(person.email), f"/{request.param}/submissions/{submission.id}"


def set_job(engine: Engine, **values: object) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(Job).values(**values))


def test_while_the_report_is_made_its_page_asks_again(reader: tuple[FlaskClient, str]) -> None:
    client, address = reader

    response = client.get(f"{address}/report.pdf")

    assert response.status_code == 202
    assert response.headers["Refresh"] == "5"
    assert "The report is being made" in response.text
    assert f'href="{address}/report.pdf"' in response.text
    assert f'href="{address}"' in response.text


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("unavailable: PDF reports need pango", "This installation cannot make PDF files"),
        ("too_long: 600,000 characters", "more text than a report can take"),
        ("timeout: not ready", "took too long"),
        ("unexpected: KeyError", "Something went wrong"),
    ],
)
def test_a_report_that_cannot_be_made_says_why_and_offers_the_rest(
    reader: tuple[FlaskClient, str], engine: Engine, message: str, words: str
) -> None:
    client, address = reader
    set_job(engine, state=JobState.FAILED, message=message)

    response = client.get(f"{address}/report.pdf")

    assert response.status_code == 503
    assert words in response.text
    assert message not in response.text
    assert f'href="{address}/bundle.json"' in response.text
    assert "Refresh" not in response.headers


def test_a_report_nobody_asked_for_is_made_when_somebody_does(
    reader: tuple[FlaskClient, str], engine: Engine, submission: Submission
) -> None:
    client, address = reader
    with db.writing(engine) as session, session.begin():
        session.execute(delete(Job))
    page = client.get(f"{address}/report.pdf")

    response = builders.post(client, f"{address}/report", page=f"{address}/report.pdf")

    assert "There is no report yet" in page.text
    assert (response.status_code, response.headers["Location"]) == (302, f"{address}/report.pdf")
    assert client.get(f"{address}/report.pdf").status_code == 202
    with db.reading(engine) as session:
        assert session.scalars(select(Job)).one().submission_id == submission.id


def test_a_damaged_report_is_not_handed_out(
    reader: tuple[FlaskClient, str], engine: Engine, settings: Settings, submission: Submission
) -> None:
    client, address = reader
    digest = FileStore(settings.storage_folder).put_bytes(PDF)
    with db.writing(engine) as session, session.begin():
        jobs.store_report(session, submission.id, language="en", sha256=digest, size=len(PDF), at=NOON)
        session.execute(update(Job).values(state=JobState.DONE))
    assert client.get(f"{address}/report.pdf").data == PDF

    [stored] = [path for path in settings.storage_folder.rglob(digest) if path.is_file()]
    stored.chmod(0o600)
    stored.write_bytes(b"%PDF-1.7 quite another")

    response = client.get(f"{address}/report.pdf")
    assert response.status_code == 503
    assert b"another" not in response.data


@pytest.mark.parametrize("name", ["line\r\nX-Evil: 1.pdf", 'quo"te.pdf', "รายงาน.pdf", "", "../../etc/passwd"])
def test_no_file_name_gets_out_of_its_header(name: str) -> None:
    response = attachment(b"x", name, "application/pdf")

    header = response.headers["Content-Disposition"]
    assert header.startswith("attachment; filename=")
    assert not set('\r\n"') & set(header)
    assert "X-Evil" not in response.headers
    assert "/" not in header.partition("filename*=")[0]


def test_a_download_runs_loads_and_frames_nothing(app: Flask) -> None:
    with app.test_request_context():
        policy = attachment(b"x", "x.pdf", "application/pdf").headers["Content-Security-Policy"]

    kinds = {part.strip() for part in policy.split(";")}
    assert "sandbox" in kinds
    for kind in ("default-src", "object-src", "base-uri", "form-action", "frame-ancestors"):
        assert f"{kind} 'none'" in kinds
