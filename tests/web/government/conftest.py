"""A submission that government X may read, with evidence, and the clients of its reviewer and of others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import Submission
from portal.services.evidence import attach_evidence
from portal.settings import Settings
from portal.storage import FileStore
from portal.storage.inspection import Inspected
from tests import builders
from tests.builders import World
from tests.conftest import NOON

TYPED = "<script>alert('1')</script> & \u202bمصنع"
FILE = b"Who was asked, when and by whom.\n"
QUESTION = "HRS-COM-01"


@pytest.fixture
def submission(engine: Engine, world: World, catalogue: Catalogue, settings: Settings) -> Submission:
    """Company A's: one answer with a comment and a file, one red flag open."""
    answers = builders.modest_answers(catalogue) | {
        QUESTION: Answer(value=3, comment=TYPED),
        "HRS-DO-03": Answer(value="found_open"),
    }
    digest = FileStore(settings.storage_folder).put_bytes(FILE)
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers=answers)
        file = (Inspected("walk <b>round</b>.txt", "text/plain", len(FILE)), digest)
        attach_evidence(session, assessment, QUESTION, file, by=world.owner.principal.actor, at=NOON)
        session.flush()
        government = world.reviewer.principal.organisation
        return builders.submit(session, world.owner, assessment, catalogue, at=NOON, governments={government: None})


@pytest.fixture
def reviewer(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.reviewer.email)


@pytest.fixture
def other_reviewer(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.other_reviewer.email)


@pytest.fixture
def address(submission: Submission) -> str:
    return f"/government/submissions/{submission.id}"
