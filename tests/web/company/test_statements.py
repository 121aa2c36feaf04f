"""Where a question asks whether workers read the assessment, a page lets them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import Role
from portal.services import assessments
from portal.web.company.statements import READ_BY_WORKERS
from tests import builders
from tests.builders import PERIOD, World
from tests.conftest import NOON
from tests.web.company.test_comments import joined

QUESTION = "HRC-GOV-09"


@pytest.fixture
def place(engine: Engine, world: World, catalogue: Catalogue) -> str:
    """A draft of the long form."""
    with db.writing(engine) as session, session.begin():
        builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})
        core = catalogue.questionnaires["hrdd-core@2026.1"]
        made = assessments.start_assessment(session, world.owner.principal, core, period=PERIOD, at=NOON)
    return f"/company/assessments/{made.id}"


def test_every_question_about_workers_who_read_the_assessment_is_known(catalogue: Catalogue) -> None:
    asking = {
        question.id
        for questionnaire in catalogue.questionnaires.values()
        for question in questionnaire.questions
        if "review this self-assessment" in question.ask
    }

    assert asking == READ_BY_WORKERS


def test_the_question_leads_to_inviting_giving_and_reading_what_was_said(owner: FlaskClient, place: str) -> None:
    page = owner.get(f"{place}/questions/{QUESTION}").text

    for address in ("/account/members", f"{place}/assignments", f"{place}/worker-statements"):
        assert f'href="{address}"' in page
    assert f'href="{place}/worker-statements"' in owner.get(f"{place}/sections/GOV").text
    assert "Let workers read it here" not in owner.get(f"{place}/questions/HRC-GOV-08").text


def test_what_was_said_is_counted_and_leads_the_speaker_to_their_words(
    owner: FlaskClient, place: str, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]
) -> None:
    speaker = sign_in(joined(engine, world, Role.WORKER_REPRESENTATIVE, place, section="GOV").email)
    builders.post(speaker, f"{place}/worker-statements", {"version": "0", "body_name": "Union", "words": "Half true"})

    assert "1 statement" in owner.get(f"{place}/questions/{QUESTION}").text
    page = speaker.get(f"{place}/questions/{QUESTION}").text
    assert "Say something for the workers" in page
    assert "/account/members" not in page
    assert "Say something for the workers" in speaker.get("/company").text


def test_a_contributor_learns_nothing_of_what_workers_say(
    place: str, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]
) -> None:
    client = sign_in(joined(engine, world, Role.CONTRIBUTOR, place, section="GOV").email)

    assert "worker-statements" not in client.get(f"{place}/questions/{QUESTION}").text
    assert "worker-statements" not in client.get(f"{place}/sections/GOV").text


def test_who_only_reads_is_offered_nothing_that_changes_an_answer(
    place: str, world: World, engine: Engine, sign_in: Callable[[str], FlaskClient]
) -> None:
    speaker = sign_in(joined(engine, world, Role.WORKER_REPRESENTATIVE, place, section="GOV").email)
    for page in (f"{place}/sections/GOV", f"{place}/questions/{QUESTION}"):
        text = speaker.get(page).text
        assert ">Save and continue" not in text
        assert "How it is saved" not in text
        assert "Corrective actions" not in text
