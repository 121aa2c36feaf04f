"""Files of an answer: versions, use of a file once more, and never a file of somebody else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, Assignment, Evidence, Membership, Organisation, Role, ScanState
from portal.services import evidence
from portal.settings import Settings
from portal.storage import FileStore
from portal.storage.inspection import Inspected
from tests import builders
from tests.builders import World, post
from tests.conftest import NOON
from tests.storage import hostile

QUESTION, OTHER, CLOSED = "HRS-COM-01", "HRS-COM-02", "HRS-CHK-01"


@pytest.fixture
def store(settings: Settings) -> FileStore:
    return FileStore(settings.storage_folder)


def attach(engine: Engine, store: FileStore, assessment: Assessment, question: str, words: str = "a walk") -> UUID:
    file = Inspected(f"{words}.txt", "text/plain", len(words)), store.put_bytes(words.encode())
    with db.writing(engine) as session, session.begin():
        return evidence.attach_evidence(session, assessment, question, file, by=assessment.created_by_id, at=NOON)


def rows(engine: Engine) -> list[Evidence]:
    with db.reading(engine) as session:
        return list(session.scalars(select(Evidence).order_by(Evidence.uploaded_at, Evidence.name)))


def question_page(client: FlaskClient, assessment: Assessment, question: str = QUESTION) -> str:
    return client.get(f"/company/assessments/{assessment.id}/questions/{question}").text


def choice(assessment: Assessment, question: str = OTHER) -> str:
    return f"/company/assessments/{assessment.id}/questions/{question}/files"


def replace(client: FlaskClient, file: UUID, content: bytes, name: str = "later.txt") -> Any:
    details = f"/company/evidence/{file}/details"
    return post(client, f"/company/evidence/{file}/versions", {"file": (io.BytesIO(content), name)}, page=details)


def test_a_new_version_takes_the_place_and_the_earlier_one_stays_readable(
    engine: Engine, store: FileStore, owner: FlaskClient, draft: Assessment
) -> None:
    first = attach(engine, store, draft, QUESTION)

    assert replace(owner, first, b"a longer walk").status_code == 302

    before, after = rows(engine)
    assert (before.id, after.replaces_id) == (first, first)
    assert before.removed_at is not None
    page = question_page(owner, draft)
    assert "1 earlier version" in page
    assert "later.txt" in page
    assert owner.get(f"/company/evidence/{first}").data == b"a walk"
    assert owner.get(f"/company/evidence/{after.id}").data == b"a longer walk"
    assert replace(owner, first, b"a third walk").status_code == 409
    assert replace(owner, after.id, b"a longer walk").status_code == 422
    assert len(rows(engine)) == 2


def test_a_file_is_removed_once(engine: Engine, store: FileStore, owner: FlaskClient, draft: Assessment) -> None:
    file = attach(engine, store, draft, QUESTION)
    address = f"/company/evidence/{file}"

    assert post(owner, f"{address}/removal", page=f"{address}/details").status_code == 302
    assert post(owner, f"{address}/removal", page=f"{address}/details").status_code == 409
    assert rows(engine)[0].removed_at is not None


def test_a_file_attached_elsewhere_is_used_here_too(
    engine: Engine, store: FileStore, owner: FlaskClient, draft: Assessment
) -> None:
    file = attach(engine, store, draft, QUESTION)
    page = owner.get(choice(draft)).text
    assert "a walk.txt" in page

    assert post(owner, choice(draft), {"file": str(file)}).status_code == 302

    first, second = sorted(rows(engine), key=lambda row: row.question_id)
    assert (first.sha256, second.question_id) == (second.sha256, OTHER)
    assert second.uploaded_by_id is not None
    assert first.id != second.id
    assert "a walk.txt" not in owner.get(choice(draft)).text
    assert post(owner, choice(draft), {}).status_code == 422


def test_a04_a_file_of_another_company_is_as_unknown_as_one_that_does_not_exist(
    engine: Engine,
    store: FileStore,
    owner: FlaskClient,
    world: World,
    catalogue: Catalogue,
    draft: Assessment,
) -> None:
    with db.writing(engine) as session, session.begin():
        theirs = builders.make_assessment(session, world.rival, catalogue, at=NOON, answers={})
    foreign = attach(engine, store, theirs, QUESTION, "of company B")

    assert "of company B" not in owner.get(choice(draft)).text
    for unknown in (foreign, uuid4()):
        assert post(owner, choice(draft), {"file": str(unknown)}, page="/company/profile").status_code == 404
        assert owner.get(f"/company/evidence/{unknown}/details").status_code == 404
        for act in ("removal", "versions"):
            sent = {"file": (io.BytesIO(b"x"), "x.txt")} if act == "versions" else {}
            answer = post(owner, f"/company/evidence/{unknown}/{act}", sent, page="/company/profile")
            assert answer.status_code == 404
    assert [row.assessment_id for row in rows(engine)] == [theirs.id]


def test_a_contributor_uses_only_files_of_questions_of_their_own(
    engine: Engine,
    store: FileStore,
    world: World,
    sign_in: Callable[[str], FlaskClient],
    complete: Assessment,
) -> None:
    with db.writing(engine) as session, session.begin():
        company = session.get_one(Organisation, world.owner.principal.organisation)
        person = builders.make_person(session, company, Role.CONTRIBUTOR, at=NOON)
        member = session.scalar(select(Membership.id).where(Membership.user_id == person.principal.actor))
        session.add(Assignment(membership_id=member, assessment_id=complete.id, section_id="COM", given_at=NOON))
    mine = attach(engine, store, complete, QUESTION, "mine")
    closed = attach(engine, store, complete, CLOSED, "closed")
    helper = sign_in(person.email)

    page = helper.get(choice(complete)).text

    assert "mine.txt" in page
    assert "closed.txt" not in page
    assert post(helper, choice(complete), {"file": str(closed)}).status_code == 404
    assert post(helper, choice(complete), {"file": str(mine)}).status_code == 302
    assert helper.get(f"/company/evidence/{closed}/details").status_code == 404
    assert helper.get(choice(complete, CLOSED)).status_code == 404


def test_an_infected_file_is_opened_by_nobody_and_says_why(
    engine: Engine, store: FileStore, owner: FlaskClient, draft: Assessment
) -> None:
    file = attach(engine, store, draft, QUESTION)
    with db.writing(engine) as session, session.begin():
        session.get_one(Evidence, file).scan = ScanState.INFECTED

    answer = owner.get(f"/company/evidence/{file}", follow_redirects=True)

    assert b"a walk" not in re.sub(rb"a walk\.txt", b"", answer.data)
    assert "Nobody can open it" in answer.text
    assert "A virus was found" in question_page(owner, draft)
    assert owner.get(choice(draft)).text.count("a walk.txt") == 0
    assert post(owner, choice(draft), {"file": str(file)}, page="/company/profile").status_code == 422


def test_the_page_says_who_attached_it_and_when_and_under_what_seal(
    engine: Engine, store: FileStore, owner: FlaskClient, draft: Assessment
) -> None:
    file = attach(engine, store, draft, QUESTION)

    page = owner.get(f"/company/evidence/{file}/details").text

    assert "Owner of Company A" in page
    assert rows(engine)[0].sha256 in page
    assert "this portal has no virus scanner" in page


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("x.png", hostile.SVG, False),
        ("x.pdf", hostile.HTML, False),
        ("x.pdf", hostile.pdf() + hostile.office(), True),
        ("page.txt", hostile.HTML, True),
    ],
    ids=["svg as png", "html as pdf", "pdf and zip", "html as text"],
)
def test_a09_what_is_taken_goes_out_as_an_inert_attachment_of_a_fixed_type(
    engine: Engine, owner: FlaskClient, draft: Assessment, name: str, content: bytes, taken: bool
) -> None:
    section = f"/company/assessments/{draft.id}/sections/COM"
    answer = post(owner, section, {f"{QUESTION}-file": (io.BytesIO(content), name), "go": "stay"})

    assert answer.status_code == (302 if taken else 422)
    assert len(rows(engine)) == taken
    for file in rows(engine):
        sent = owner.get(f"/company/evidence/{file.id}")
        assert sent.data == content
        assert sent.mimetype == {"pdf": "application/pdf", "txt": "text/plain"}[name.rsplit(".", 1)[1]]
        assert sent.headers["Content-Disposition"].startswith("attachment; ")
        assert sent.headers["X-Content-Type-Options"] == "nosniff"
        assert sent.headers["Cache-Control"] == "no-store"
        assert sent.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
