"""The files of an answer as its people see them: who attached what and when, earlier versions, files to use again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, Evidence, ScanState, User
from portal.services.evidence import attach_evidence, find_evidence
from portal.services.sections import works_on
from portal.storage.inspection import Inspected


class Infected(Exception):
    """The virus scanner found something in the file."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    file: Evidence
    #: Name of the person who attached it; empty once that account is erased.
    attached_by: str
    #: Versions that were there before, the latest first.
    earlier: tuple[AttachedFile, ...] = ()


def files_of_answer(
    session: Session, principal: Principal, assessment: Assessment, question_id: str
) -> list[AttachedFile]:
    """What is attached now, the oldest first, each with its earlier versions; in one statement."""
    rows = session.execute(
        visible(principal, Evidence)
        .join(User, User.id == Evidence.uploaded_by_id)
        .add_columns(User.name)
        .where(Evidence.assessment_id == assessment.id, Evidence.question_id == question_id)
        .order_by(Evidence.uploaded_at, Evidence.id)
    ).all()
    known = {row[0].id: AttachedFile(row[0], row[1]) for row in rows}
    return [
        AttachedFile(one.file, one.attached_by, tuple(_earlier(one.file, known)))
        for one in known.values()
        if one.file.removed_at is None
    ]


def file_with_history(session: Session, principal: Principal, file: Evidence) -> AttachedFile:
    """One file, whether it is attached still or an earlier version."""
    assessment = session.scalars(visible(principal, Assessment).where(Assessment.id == file.assessment_id)).one()
    current = files_of_answer(session, principal, assessment, file.question_id)
    everything = (version for one in current for version in (one, *one.earlier))
    found = next((one for one in everything if one.file.id == file.id), None)
    return found or AttachedFile(file, session.get_one(User, file.uploaded_by_id).name)


def reusable_files(
    session: Session, principal: Principal, catalogue: Catalogue, assessment: Assessment, question_id: str
) -> list[Evidence]:
    """Files of the company's answers, in this assessment and in earlier ones, that are not on this answer yet.

    Each content once, the latest first; for contributors only of questions they work on.
    """
    rows = session.scalars(
        visible(principal, Evidence)
        .where(Evidence.removed_at.is_(None), Evidence.scan != ScanState.INFECTED)
        .where(Evidence.organisation_id == assessment.organisation_id)
        .order_by(Evidence.uploaded_at.desc(), Evidence.id)
    ).all()
    here = (assessment.id, question_id)
    seen = {file.sha256 for file in rows if (file.assessment_id, file.question_id) == here}
    mine = _own_answers(session, principal, catalogue, rows)
    found = []
    for file in rows:
        if file.sha256 not in seen and (file.assessment_id, file.question_id) in mine:
            seen.add(file.sha256)
            found.append(file)
    return found


def reuse_file(
    session: Session,
    principal: Principal,
    catalogue: Catalogue,
    assessment: Assessment,
    question_id: str,
    evidence_id: UUID,
    *,
    at: datetime,
) -> bool:
    """Attach the content of another answer's file here too, as a file of its own. False if there is no such file.

    Raises what `attach_evidence` raises, and Infected.
    """
    found = find_evidence(session, principal, catalogue, evidence_id)
    if found is None or found.removed_at is not None or found.organisation_id != assessment.organisation_id:
        return False
    if found.scan is ScanState.INFECTED:
        raise Infected
    content = Inspected(found.name, found.media_type, found.size), found.sha256
    made = attach_evidence(session, assessment, question_id, content, by=principal.actor, at=at)
    known = update(Evidence).where(Evidence.id == made, Evidence.uploaded_at == at)
    session.execute(
        known.values(
            scan=found.scan,
            scanned_at=found.scanned_at,
            preview_sha256=found.preview_sha256,
            previewed_at=found.previewed_at,
        ).execution_options(synchronize_session=False)
    )
    return True


def _earlier(file: Evidence, known: dict[UUID, AttachedFile]) -> Iterable[AttachedFile]:
    while file.replaces_id in known:
        before = known[file.replaces_id]
        yield before
        file = before.file


def _own_answers(
    session: Session, principal: Principal, catalogue: Catalogue, files: Iterable[Evidence]
) -> set[tuple[UUID, str]]:
    """Of the answers these files belong to, those this person works on."""
    wanted = {(file.assessment_id, file.question_id) for file in files}
    versions = dict(
        session.execute(visible(principal, Assessment).with_only_columns(Assessment.id, Assessment.questionnaire)).all()
    )
    mine = set()
    for assessment_id, question_id in sorted(wanted, key=str):
        questionnaire = catalogue.questionnaires.get(versions.get(assessment_id, ""))
        if questionnaire and works_on(session, principal, assessment_id, questionnaire, question_id):
            mine.add((assessment_id, question_id))
    return mine
