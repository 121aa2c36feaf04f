"""Workbooks of an assessment: make one, take an upload in, keep it until it is confirmed, and carry it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.answers import Answer
from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.lifecycle import is_editable
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.models import Assessment, Organisation, PendingWorkbook
from portal.services import assessments, audit
from portal.services.assessments import NotEditable, SavedAnswer
from portal.services.profiles import profile_of
from portal.services.workbook_changes import Change, Plan, plan_changes
from portal.spreadsheets import Draft, assessment_workbook
from portal.spreadsheets.faults import Fault
from portal.spreadsheets.intake import RefusedWorkbook, take_in
from portal.spreadsheets.metadata import Metadata
from portal.spreadsheets.reading import Given, Reading, read_answers, read_metadata

#: An upload that nobody confirms is forgotten after this long.
KEPT_FOR = timedelta(hours=1)


class ChangedSincePreview(Exception):
    """The upload or an answer is no longer what the person saw before confirming."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A workbook that was read: what it says, and what stood there when it was made."""

    metadata: Metadata
    reading: Reading


@dataclass(frozen=True, slots=True)
class Preview:
    """A kept upload compared with what stands now. `seen` tells one state of the comparison from any other."""

    id: UUID
    name: str
    uploaded_at: datetime
    #: When the workbook was made; empty for a blank one.
    made_at: str
    plan: Plan
    seen: str


def make_workbook(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    catalogue: Catalogue,
    *,
    key: bytes,
    at: datetime,
    period: str,
    language: str = "en",
) -> bytes:
    """The workbook of an assessment as it stands, with the questions its company is asked."""
    questionnaire = catalogue.questionnaires[assessment.questionnaire]
    profile = profile_of(session, principal, assessment.organisation_id).values
    company = session.get_one(Organisation, assessment.organisation_id)
    rules = rule_values(catalogue.profiles[questionnaire.profile], profile)
    saved = assessments.saved_answers(session, assessment)
    draft = Draft(
        assessment=assessment.id,
        company=assessment.organisation_id,
        company_name=company.name,
        period=period,
        version=assessment.version,
        questions=frozenset(applicable_questions(questionnaire, rules)),
        answers={key: (item.answer, item.version) for key, item in saved.items() if key in questionnaire.by_id},
        profile=profile,
    )
    return assessment_workbook(questionnaire, draft, key=key, at=at, language=language)


def read_upload(
    path: Path, name: str, questionnaire: Questionnaire, *, assessment: UUID, company: UUID, key: bytes
) -> Upload:
    """Read an uploaded file. Raises RefusedWorkbook. Touches no database: reading is slow, and locks must not wait."""
    sheets = take_in(path, name)
    metadata = read_metadata(sheets, key)
    _refuse_foreign(metadata, assessment, company, questionnaire)
    return Upload(metadata, read_answers(sheets, questionnaire, metadata.words))


def _refuse_foreign(metadata: Metadata, assessment: UUID, company: UUID, questionnaire: Questionnaire) -> None:
    """A blank workbook belongs to nobody; any other only to the assessment it was made of."""
    slug = metadata.questionnaire.partition("@")[0]
    if slug != questionnaire.slug:
        raise RefusedWorkbook("other_questionnaire", metadata.questionnaire)
    if metadata.questionnaire != questionnaire.reference or metadata.digest != questionnaire.digest:
        raise RefusedWorkbook("other_version", metadata.questionnaire)
    if metadata.assessment is None:
        return
    if metadata.company != company:
        raise RefusedWorkbook("other_company")
    if metadata.assessment != assessment:
        raise RefusedWorkbook("other_assessment")


def keep_upload(
    session: Session, principal: Principal, assessment: Assessment, upload: Upload, *, name: str, at: datetime
) -> UUID:
    """Keep what was read until it is confirmed; an earlier upload of the same person gives way. Raises NotEditable."""
    if not is_editable(assessment.status):
        raise NotEditable
    forget_expired(session, at=at)
    _forget(session, principal, assessment)
    kept = PendingWorkbook(
        id=uuid4(),
        organisation_id=assessment.organisation_id,
        assessment_id=assessment.id,
        user_id=principal.actor,
        name=name,
        content=_content(upload),
        uploaded_at=at,
    )
    session.add(kept)
    session.flush()
    _record(session, principal, assessment, "workbook.uploaded", kept.id, at)
    return kept.id


def forget_expired(session: Session, *, at: datetime) -> None:
    """Delete every upload older than an hour, whoever sent it."""
    session.execute(delete(PendingWorkbook).where(PendingWorkbook.uploaded_at < at - KEPT_FOR))


def discard_upload(session: Session, principal: Principal, assessment: Assessment, *, at: datetime) -> bool:
    """Forget the upload without a change. False if there is none."""
    kept = _find(session, principal, assessment, at)
    if kept is None:
        return False
    _forget(session, principal, assessment)
    _record(session, principal, assessment, "workbook.discarded", kept.id, at)
    return True


def preview_upload(
    session: Session, principal: Principal, assessment: Assessment, questionnaire: Questionnaire, *, at: datetime
) -> Preview | None:
    """What the person's kept upload would change now; none where there is none, or it is too old."""
    kept = _find(session, principal, assessment, at)
    if kept is None:
        return None
    content = kept.content
    given = {key: _given(raw) for key, raw in content["answers"].items()}
    faults = tuple(Fault(**raw) for raw in content["faults"])
    stood = {key: (version, print_) for key, (version, print_) in content["stood"].items()}
    saved = assessments.saved_answers(session, assessment)
    plan = plan_changes(questionnaire, given, faults, stood, saved, today=at.date())
    return Preview(kept.id, kept.name, kept.uploaded_at, content["made_at"], plan, _seen(kept.id, saved))


def carry_out(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    questionnaire: Questionnaire,
    *,
    seen: str,
    mine: Iterable[str] = (),
    clear: bool = False,
    at: datetime,
) -> int:
    """Save what the preview showed, each answer by the service that saves any answer; return how many.

    Of the conflicts only the questions in `mine` are taken from the workbook; with `clear` empty cells empty what
    stands there. Raises NotEditable, ChangedSincePreview, StaleAnswer; then nothing of it may be committed.
    """
    if not is_editable(assessment.status):
        raise NotEditable
    preview = preview_upload(session, principal, assessment, questionnaire, at=at)
    if preview is None or preview.seen != seen:
        raise ChangedSincePreview
    chosen = frozenset(mine)
    wanted = [*preview.plan.changes, *(one for one in preview.plan.conflicts if one.question.id in chosen)]
    wanted += preview.plan.emptied if clear else []
    for change in wanted:
        _save(session, principal, assessment, change, clear=clear, at=at)
    _forget(session, principal, assessment)
    _record(session, principal, assessment, "workbook.applied", preview.id, at, answers=len(wanted))
    return len(wanted)


def _save(
    session: Session, principal: Principal, assessment: Assessment, change: Change, *, clear: bool, at: datetime
) -> None:
    answer = change.cleared if clear else change.after
    assessments.save_answer(
        session,
        assessment,
        change.question.id,
        answer,
        version=change.saved.version,
        by=principal.actor,
        at=at,
        plan_recorded_on=assessments.record_plan(answer, change.saved, on=at.date()),
    )


def _find(session: Session, principal: Principal, assessment: Assessment, at: datetime) -> PendingWorkbook | None:
    young = PendingWorkbook.uploaded_at >= at - KEPT_FOR
    own = visible(principal, PendingWorkbook).where(PendingWorkbook.assessment_id == assessment.id, young)
    found: PendingWorkbook | None = session.scalar(own)
    return found


def _forget(session: Session, principal: Principal, assessment: Assessment) -> None:
    session.execute(
        delete(PendingWorkbook)
        .where(PendingWorkbook.assessment_id == assessment.id, PendingWorkbook.user_id == principal.actor)
        .execution_options(synchronize_session=False)
    )


def _record(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    action: str,
    upload: UUID,
    at: datetime,
    **details: Any,
) -> None:
    audit.record(
        session,
        action,
        subject=("workbook", upload),
        at=at,
        by=principal.actor,
        organisation=assessment.organisation_id,
        assessment=str(assessment.id),
        **details,
    )


def _seen(upload: UUID, saved: dict[str, SavedAnswer]) -> str:
    """Changes with the upload and with every answer saved by anybody."""
    versions: Sequence[tuple[str, int]] = sorted((key, item.version) for key, item in saved.items())
    return sha256(repr((str(upload), versions)).encode()).hexdigest()


def _content(upload: Upload) -> dict[str, Any]:
    return {
        "made_at": upload.metadata.made_at,
        "stood": {key: list(stood) for key, stood in upload.metadata.answers.items()},
        "answers": {key: _written(given) for key, given in upload.reading.answers.items()},
        "faults": [asdict(fault) for fault in upload.reading.faults],
    }


def _written(given: Given) -> dict[str, Any]:
    answer = given.answer
    return {
        "value": answer.value,
        "dont_know": answer.dont_know,
        "not_applicable": answer.not_applicable,
        "plan_end": answer.plan_end.isoformat() if answer.plan_end else None,
        "comment": answer.comment,
        "sheet": given.sheet,
        "row": given.row,
    }


def _given(raw: dict[str, Any]) -> Given:
    answer = Answer(
        value=raw["value"],
        dont_know=raw["dont_know"],
        not_applicable=raw["not_applicable"],
        plan_end=date.fromisoformat(raw["plan_end"]) if raw["plan_end"] else None,
        comment=raw["comment"],
    )
    return Given(answer, raw["sheet"], raw["row"])
