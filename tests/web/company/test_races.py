"""Two people save the same answer at the same moment: one wins, and the other is told both texts (abuse case A12)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import AnswerRow, AnswerVersion, Assessment, Submission
from portal.services import assessments, submissions
from tests import builders
from tests.builders import World
from tests.conftest import NOON

QUESTION = "HRS-COM-01"


@pytest.mark.parametrize("pairs", [40, pytest.param(1000, marks=pytest.mark.slow)])
def test_of_two_saves_one_stands_and_the_other_is_told_both_texts(
    pairs: int, engine: Engine, world: World, catalogue: Catalogue, sign_in: Callable[[str], FlaskClient]
) -> None:
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=datetime.now(UTC))
        address = f"/company/assessments/{assessment.id}"
    clients = [sign_in(person.email) for person in (world.owner, world.editor)]
    tokens = [builders.token_in(client.get(f"{address}/sections/COM").text) for client in clients]
    barrier, stood = Barrier(2), []

    def save(who: int, version: int) -> tuple[int, dict[str, object]]:
        form = {"csrf_token": tokens[who], "question": QUESTION, f"{QUESTION}-value": "2"}
        form |= {f"{QUESTION}-version": str(version), f"{QUESTION}-comment": text_of(who, version)}
        barrier.wait()
        answer = clients[who].post(f"{address}/answers", data=form)
        return answer.status_code, answer.json

    with ThreadPoolExecutor(2) as pool:
        for version in range(1, pairs + 1):
            answers = list(pool.map(save, (0, 1), (version, version)))
            assert sorted(status for status, _ in answers) == [200, 409]
            loser = next(who for who in (0, 1) if answers[who][0] == 409)
            told = answers[loser][1]
            assert told["mine"][f"{QUESTION}-comment"] == [text_of(loser, version)]  # type: ignore[index]
            assert told["theirs"][f"{QUESTION}-comment"] == [text_of(1 - loser, version)]  # type: ignore[index]
            stood.append(text_of(1 - loser, version))

    with db.reading(engine) as session:
        kept = select(AnswerVersion.comment).where(AnswerVersion.question_id == QUESTION)
        assert session.scalars(kept.order_by(AnswerVersion.version)).all()[1:] == stood
        last = session.scalars(select(AnswerRow).where(AnswerRow.question_id == QUESTION)).one()
        assert (last.comment, last.version) == (stood[-1], pairs + 1)


def test_who_saves_while_another_signs_is_told_or_waited_for(
    engine: Engine, world: World, catalogue: Catalogue
) -> None:
    """What stands after a signature is what was signed, whoever was a moment late."""
    with db.writing(engine) as session, session.begin():
        first = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        read = submissions.content_digest(submissions.draft_bundle(session, first, catalogue, at=NOON))

    with db.writing(engine) as saving, ThreadPoolExecutor(1) as pool:
        save(saving, first.id, world, version=1)
        signing = pool.submit(sign, engine, first.id, world, catalogue, read)
        assert not wait([signing], timeout=0.3).done, "the signature does not wait for who is saving"
        saving.commit()
        with pytest.raises(submissions.ChangedMeanwhile):
            signing.result()

    with db.writing(engine) as session, ThreadPoolExecutor(1) as pool:
        again = session.get_one(Assessment, first.id)
        builders.submit(session, world.signatory, again, catalogue, at=NOON)
        late = pool.submit(save_alone, engine, first.id, world, version=2)
        assert not wait([late], timeout=0.3).done, "who saves does not wait for the signature"
        session.commit()
        with pytest.raises(assessments.NotEditable):
            late.result()

    with db.reading(engine) as session:
        kept = session.scalars(select(AnswerRow).where(AnswerRow.question_id == QUESTION)).one()
        frozen = json.loads(session.scalars(select(Submission.bundle)).one())["answers"][QUESTION]
        assert (kept.value, kept.version) == (frozen["value"], 2)


def save(session: Session, assessment_id: UUID, world: World, *, version: int) -> None:
    assessment = session.get_one(Assessment, assessment_id)
    by = world.editor.principal.actor
    assessments.save_answer(session, assessment, QUESTION, Answer(value=version), version=version, by=by, at=NOON)


def save_alone(engine: Engine, assessment_id: UUID, world: World, *, version: int) -> None:
    with db.writing(engine) as session, session.begin():
        save(session, assessment_id, world, version=version)


def sign(engine: Engine, assessment_id: UUID, world: World, catalogue: Catalogue, content: str) -> None:
    signature = submissions.Signature("a key that is long enough", "Malee S.", "Director", {}, False, content)
    with db.writing(engine) as session, session.begin():
        assessment = session.get_one(Assessment, assessment_id)
        submissions.submit_assessment(session, world.signatory.principal, assessment, catalogue, signature, at=NOON)


def text_of(who: int, version: int) -> str:
    return f"{('เจ้าของเขียน', 'ایڈیٹر نے لکھا')[who]} {version}"
