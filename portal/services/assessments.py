"""What a company does with an assessment: start, find, answer, score."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.stand_ins import ids_of, stand_in
from portal.domain.answers import Answer, EvidenceFile
from portal.domain.lifecycle import AssessmentStatus, is_editable
from portal.domain.questionnaire import Questionnaire
from portal.models import AnswerRow, Assessment, Evidence, OrganisationKind
from portal.services import audit
from portal.services.targets import Target

#: A remediation plan may end at most this long after "remedy under way" was first recorded.
LONGEST_PLAN_MONTHS = 12


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """An answer as stored, with the version the next save must name."""

    answer: Answer
    version: int
    plan_recorded_on: date | None = None


NEVER_ANSWERED = SavedAnswer(Answer(), 0)


class NotEditable(Exception):
    """The assessment is submitted; its answers stand."""


class AlreadyStarted(Exception):
    """The company has this questionnaire for this period already."""


class StaleAnswer(Exception):
    """Someone else saved the answer in between; `theirs` is what stands there now."""

    def __init__(self, theirs: SavedAnswer) -> None:
        super().__init__("the answer was changed by someone else")
        self.theirs = theirs


def start_assessment(
    session: Session, principal: Principal, questionnaire: Questionnaire, *, period: tuple[date, date], at: datetime
) -> Assessment:
    """Begin a draft for one reporting period. Raises AlreadyStarted."""
    assessment = Assessment(
        organisation_id=principal.organisation,
        questionnaire=questionnaire.reference,
        period_start=period[0],
        period_end=period[1],
        version=1,
        created_by_id=principal.actor,
        created_at=at,
    )
    try:
        with session.begin_nested():
            session.add(assessment)
    except IntegrityError:
        raise AlreadyStarted from None
    audit.record(
        session,
        "assessment.started",
        subject=("assessment", assessment.id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
        questionnaire=questionnaire.reference,
    )
    return assessment


def list_assessments(session: Session, principal: Principal) -> list[Assessment]:
    return list(session.scalars(visible(principal, Assessment).order_by(Assessment.created_at)))


def find_assessment(session: Session, principal: Principal, assessment_id: UUID) -> Assessment | None:
    """The assessment, only if it is the company's own."""
    if principal.kind is OrganisationKind.COMPANY:
        statement = _assessment_of(stand_in(principal))
        found: Assessment | None = session.scalar(statement, {"assessment": assessment_id, **ids_of(principal)})
    else:
        found = session.scalar(visible(principal, Assessment).where(Assessment.id == assessment_id))
    return found


@cache
def _assessment_of(somebody: Principal) -> Select[Any]:
    """Each page of a company begins with this: building it anew takes longer than running it."""
    return visible(somebody, Assessment).where(Assessment.id == bindparam("assessment"))


_ANSWERS = select(
    AnswerRow.question_id,
    AnswerRow.value,
    AnswerRow.dont_know,
    AnswerRow.not_applicable,
    AnswerRow.plan_end,
    AnswerRow.plan_recorded_on,
    AnswerRow.comment,
    AnswerRow.version,
).where(AnswerRow.assessment_id == bindparam("assessment"))

_EVIDENCE = (
    select(
        Evidence.question_id,
        Evidence.id,
        Evidence.name,
        Evidence.sha256,
        Evidence.size,
        Evidence.media_type,
        Evidence.scan,
    )
    .where(Evidence.assessment_id == bindparam("assessment"), Evidence.removed_at.is_(None))
    .order_by(Evidence.uploaded_at, Evidence.id)
)


def saved_answers(session: Session, assessment: Assessment | Target) -> dict[str, SavedAnswer]:
    """Every stored answer by question id, in two statements whatever their number."""
    files = evidence_files(session, assessment)
    found = {
        row.question_id: SavedAnswer(_answer(row, files.pop(row.question_id, ())), row.version, row.plan_recorded_on)
        for row in session.connection().execute(_ANSWERS, {"assessment": assessment.id})
    }
    for question_id, attached in files.items():
        found[question_id] = SavedAnswer(Answer(evidence="attached", files=tuple(attached)), 0)
    return found


def answered_questions(session: Session, assessments: Iterable[Assessment]) -> dict[UUID, set[str]]:
    """Assessment id -> the questions that have an answer, in one statement."""
    said = or_(AnswerRow.value.is_not(None), AnswerRow.dont_know, AnswerRow.not_applicable.is_not(None))
    wanted = AnswerRow.assessment_id.in_([assessment.id for assessment in assessments])
    found: dict[UUID, set[str]] = {}
    for row in session.execute(select(AnswerRow.assessment_id, AnswerRow.question_id).where(wanted, said)):
        found.setdefault(row.assessment_id, set()).add(row.question_id)
    return found


@dataclass(frozen=True, slots=True)
class StoredFile(EvidenceFile):
    """An evidence file that can be named in an address."""

    id: UUID | None = None
    #: What the virus scanner said.
    scan: str = ""


def evidence_files(session: Session, assessment: Assessment | Target) -> dict[str, tuple[EvidenceFile, ...]]:
    files: dict[str, tuple[EvidenceFile, ...]] = {}
    for row in session.connection().execute(_EVIDENCE, {"assessment": assessment.id}):
        file = StoredFile(
            name=row.name, sha256=row.sha256, bytes=row.size, type=row.media_type, id=row.id, scan=row.scan
        )
        files[row.question_id] = (*files.get(row.question_id, ()), file)
    return files


def answers_of(saved: dict[str, SavedAnswer]) -> dict[str, Answer]:
    return {question_id: item.answer for question_id, item in saved.items()}


def save_answer(
    session: Session,
    assessment: Assessment | Target,
    question_id: str,
    answer: Answer,
    *,
    version: int,
    by: UUID,
    at: datetime,
    plan_recorded_on: date | None = None,
) -> int:
    """Store one answer if it still has `version`, and return the new version.

    The client's version stands in the UPDATE itself: comparing first and writing after would lose the slower of two
    people. So does that the assessment is open, or a save could slip behind the signature that froze the rest. Raises
    StaleAnswer with what stands there, NotEditable once submitted.
    """
    if not is_editable(assessment.status):
        raise NotEditable
    stored = _columns(answer) | {"plan_recorded_on": plan_recorded_on, "updated_by_id": by, "updated_at": at}
    if version == 0:
        written = _insert_answer(session, assessment.id, question_id, stored)
    else:
        written = _update_answer(session, assessment.id, question_id, stored, version)
    if not written:
        if not session.scalar(select(1).where(_IS_OPEN), {"b_assessment": assessment.id}):
            raise NotEditable
        raise StaleAnswer(saved_answers(session, assessment).get(question_id, NEVER_ANSWERED))
    audit.record(
        session,
        "answer.saved",
        subject=("answer", f"{assessment.id}/{question_id}"),
        at=at,
        by=by,
        organisation=assessment.organisation_id,
        version=version + 1,
    )
    return version + 1


#: Signing waits for who is saving, and who saves after it finds the assessment closed: the row is held till the commit.
_IS_OPEN = (
    select(1)
    .where(Assessment.id == bindparam("b_assessment"), Assessment.status.in_(filter(is_editable, AssessmentStatus)))
    .with_for_update(read=True)
    .exists()
)
_SAID = ("value", "dont_know", "not_applicable", "plan_end", "comment")
_STORED = (*_SAID, "plan_recorded_on", "updated_by_id", "updated_at")
_ANSWER = AnswerRow.__table__
_UPDATE = (
    update(_ANSWER)  # type: ignore[arg-type]
    .where(
        AnswerRow.assessment_id == bindparam("b_assessment"),
        AnswerRow.question_id == bindparam("b_question"),
        AnswerRow.version == bindparam("b_version"),
        _IS_OPEN,
    )
    .values(version=bindparam("b_version") + 1, **{name: bindparam(name) for name in _STORED})
)
_INSERT = insert(_ANSWER).from_select(  # type: ignore[arg-type]
    ["assessment_id", "question_id", "version", *_STORED],
    select(
        bindparam("b_assessment", type_=_ANSWER.c.assessment_id.type),
        bindparam("b_question", type_=_ANSWER.c.question_id.type),
        literal(1),
        *(bindparam(name, type_=_ANSWER.c[name].type) for name in _STORED),
    ).where(_IS_OPEN),
)


def _update_answer(
    session: Session, assessment_id: UUID, question_id: str, stored: dict[str, Any], version: int
) -> bool:
    keys = {"b_assessment": assessment_id, "b_question": question_id, "b_version": version}
    return bool(session.connection().execute(_UPDATE, keys | stored).rowcount)


def _insert_answer(session: Session, assessment_id: UUID, question_id: str, stored: dict[str, Any]) -> bool:
    keys = {"b_assessment": assessment_id, "b_question": question_id}
    try:
        with session.begin_nested():
            return bool(session.connection().execute(_INSERT, keys | stored).rowcount)
    except IntegrityError:
        return False


def record_plan(answer: Answer, before: SavedAnswer, *, on: date) -> date | None:
    """The day "remedy under way" was first recorded for this answer; kept while it stays so."""
    if answer.value != "found_remediating":
        return None
    return before.plan_recorded_on or on


def latest_plan_end(recorded_on: date) -> date:
    """The last day a plan may end: twelve months after it was first recorded (29 February counts as the 28th)."""
    year = recorded_on.year + LONGEST_PLAN_MONTHS // 12
    try:
        return recorded_on.replace(year=year)
    except ValueError:
        return recorded_on.replace(year=year, day=28)


def _columns(answer: Answer) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in _SAID}


def _answer(row: Any, files: tuple[EvidenceFile, ...]) -> Answer:
    return Answer(
        value=row.value,
        dont_know=row.dont_know,
        not_applicable=row.not_applicable,
        plan_end=row.plan_end,
        comment=row.comment,
        evidence="attached" if files else "none",
        files=tuple(files),
    )
