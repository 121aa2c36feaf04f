"""Earlier versions of an answer: who, when, what; used again as a new save, or taken out for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.answers import Answer
from portal.models import AnswerVersion, Assessment, User
from portal.services import audit


class StandsNow(Exception):
    """The version is the one that stands today."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """One version of an answer. The name is empty for a person whose account was erased."""

    version: int
    answer: Answer
    by: str
    at: datetime


def versions_of(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    question_id: str,
    *,
    at_most: int,
    before: int | None = None,
) -> list[Earlier]:
    """The newest versions that are kept, or the newest of those `before` a version; autosave can make thousands."""
    kept = (
        visible(principal, AnswerVersion)
        .where(AnswerVersion.assessment_id == assessment.id, AnswerVersion.question_id == question_id)
        .join(User, User.id == AnswerVersion.saved_by_id)
        .add_columns(User.name)
        .order_by(AnswerVersion.version.desc())
        .limit(at_most)
    )
    if before is not None:
        kept = kept.where(AnswerVersion.version < before)
    return [_earlier(row, name) for row, name in session.execute(kept)]


def find_version(
    session: Session, principal: Principal, assessment: Assessment, question_id: str, number: int
) -> Answer | None:
    """What version `number` said."""
    wanted = visible(principal, AnswerVersion).where(
        AnswerVersion.assessment_id == assessment.id,
        AnswerVersion.question_id == question_id,
        AnswerVersion.version == number,
    )
    row = session.scalar(wanted)
    return _answer(row) if row else None


def remove_version(
    session: Session, principal: Principal, assessment: Assessment, question_id: str, number: int, *, at: datetime
) -> bool:
    """Take an earlier version out for good, because it holds what must not be kept, such as the name of a worker.

    False if there is no such version. Raises StandsNow for what stands today: that is changed first.
    """
    of_question = (AnswerVersion.assessment_id == assessment.id) & (AnswerVersion.question_id == question_id)
    newest = select(AnswerVersion.version).where(of_question).order_by(AnswerVersion.version.desc()).limit(1)
    if number == session.scalar(newest):
        raise StandsNow
    gone = session.execute(
        delete(AnswerVersion)
        .where(of_question, AnswerVersion.version == number)
        .execution_options(synchronize_session=False)
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    audit.record(
        session,
        "answer.version_removed",
        subject=("answer", f"{assessment.id}/{question_id}"),
        at=at,
        by=principal.actor,
        organisation=assessment.organisation_id,
        version=number,
    )
    return True


def _earlier(row: AnswerVersion, name: str) -> Earlier:
    return Earlier(row.version, _answer(row), name, row.saved_at)


def _answer(row: AnswerVersion) -> Answer:
    return Answer(
        value=row.value,
        dont_know=row.dont_know,
        not_applicable=row.not_applicable,
        plan_end=row.plan_end,
        comment=row.comment,
    )
