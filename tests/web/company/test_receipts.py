"""The receipt of a submission: its place in the signed log, and a proof to take away."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.merkle import leaf_hash, proves_inclusion
from portal.domain.notes import read_note
from portal.domain.questionnaire import Catalogue
from portal.jobs.signer import sign_due
from portal.jobs.workplace import Workplace
from portal.models import AuditContent, Submission
from portal.services import audit
from portal.settings import Settings
from portal.storage import FileStore
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_one

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def submission(engine: Engine, world: World, catalogue: Catalogue) -> Submission:
    with db.writing(engine) as session, session.begin():
        return share_one(session, world, catalogue, at=NOON)


@pytest.fixture
def signed(settings: Settings, engine: Engine, catalogue: Catalogue, submission: Submission) -> int:
    store = FileStore(settings.storage_folder)
    return sign_due(Workplace(settings, engine, catalogue, store, clock=lambda: NOON)) or 0


def test_until_it_is_signed_the_receipt_says_so(world: World, sign_in: SignIn, submission: Submission) -> None:
    client = sign_in(world.owner.email)

    assert "It is signed within minutes" in client.get(f"/company/submissions/{submission.id}").text
    assert client.get(f"/company/submissions/{submission.id}/proof.json").status_code == 404


def test_the_receipt_shows_entry_and_checkpoint(
    world: World, sign_in: SignIn, submission: Submission, signed: int
) -> None:
    page = sign_in(world.owner.email).get(f"/company/submissions/{submission.id}").text

    assert f"covered by the checkpoint of {signed} entries" in page
    assert "proof.json" in page


def test_the_proof_leads_from_the_digest_to_the_signed_root(
    world: World, sign_in: SignIn, submission: Submission, signed: int
) -> None:
    response = sign_in(world.owner.email).get(f"/company/submissions/{submission.id}/proof.json")

    proof = response.json
    checkpoint = read_note(proof["checkpoint"])
    leaf = leaf_hash(audit.canonical({name: proof[name] for name in ("action", "at", "commitment")}))
    steps = [bytes.fromhex(step) for step in proof["inclusion"]]
    assert proof["content"]["details"]["digest"] == submission.digest
    assert audit.commitment(bytes.fromhex(proof["salt"]), proof["content"]) == proof["commitment"]
    assert proves_inclusion(leaf, proof["sequence"], checkpoint.size, steps, checkpoint.root)
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_nobody_else_gets_the_proof(world: World, sign_in: SignIn, submission: Submission, signed: int) -> None:
    rival = sign_in(world.rival.email)

    foreign, unknown = (rival.get(f"/company/submissions/{one}/proof.json") for one in (submission.id, uuid4()))

    assert foreign.status_code == unknown.status_code == 404


def test_an_erased_entry_has_no_proof_and_the_receipt_says_so(
    engine: Engine, world: World, sign_in: SignIn, submission: Submission, signed: int
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(delete(AuditContent).where(AuditContent.subject_id == str(submission.id)))
    client = sign_in(world.owner.email)

    assert "Its entry was erased" in client.get(f"/company/submissions/{submission.id}").text
    assert client.get(f"/company/submissions/{submission.id}/proof.json").status_code == 404
