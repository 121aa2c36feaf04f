"""Attach, find and take back evidence files."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.lifecycle import is_editable
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, Evidence
from portal.services import audit
from portal.services.assessments import NotEditable
from portal.services.sections import works_on
from portal.storage import FileStore
from portal.storage.inspection import Inspected, RefusedFile, inspect

#: Per assessment: files, and bytes in all.
FILES, BYTES = 200, 500 * 1024 * 1024


class QuotaReached(Exception):
    """The assessment holds as many files, or bytes, as it may."""


def receive_file(store: FileStore, chunks: Iterable[bytes], name: str, *, limit: int) -> tuple[Inspected, str]:
    """Take a file in, prove its type, and store it; return what it is and its hash. Raises RefusedFile.

    Touches no database, so that it can run before a transaction is opened.
    """
    path = store.receive(_limited(chunks, limit))
    try:
        inspected = inspect(path, name, limit=limit)
        return inspected, store.put(path)
    finally:
        path.unlink(missing_ok=True)


def _limited(chunks: Iterable[bytes], limit: int) -> Iterable[bytes]:
    """Stop writing one chunk past the limit: enough for the size check to see it is too big."""
    written = 0
    for chunk in chunks:
        yield chunk
        written += len(chunk)
        if written > limit:
            return


def attach_evidence(
    session: Session, assessment: Assessment, question_id: str, file: tuple[Inspected, str], *, by: UUID, at: datetime
) -> UUID:
    """Attach a received file to an answer. The same file twice on one answer stays one. Raises QuotaReached."""
    if not is_editable(assessment.status):
        raise NotEditable
    inspected, sha256 = file
    held = _held(assessment.id)
    count, size = session.execute(select(func.count(), func.coalesce(func.sum(Evidence.size), 0)).where(*held)).one()
    twin = session.scalar(
        select(Evidence.id).where(*held, Evidence.question_id == question_id, Evidence.sha256 == sha256)
    )
    if twin:
        return twin
    if count >= FILES or size + inspected.size > BYTES:
        raise QuotaReached
    evidence_id = uuid4()
    session.execute(
        insert(Evidence).values(
            id=evidence_id,
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            question_id=question_id,
            name=inspected.name,
            media_type=inspected.media_type,
            size=inspected.size,
            sha256=sha256,
            uploaded_by_id=by,
            uploaded_at=at,
        )
    )
    subject = ("evidence", evidence_id)
    organisation = assessment.organisation_id
    audit.record(session, "evidence.attached", subject=subject, at=at, by=by, organisation=organisation)
    return evidence_id


def remove_evidence(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    evidence_id: UUID,
    *,
    questions: Collection[str],
    at: datetime,
) -> bool:
    """Take a file of one of these questions back from the draft; earlier submissions keep theirs.

    False if there is no such file.
    """
    if not is_editable(assessment.status):
        raise NotEditable
    removed = session.execute(
        update(Evidence)
        .where(Evidence.id == evidence_id, Evidence.question_id.in_(questions), *_held(assessment.id))
        .values(removed_at=at)
    )
    if not removed.rowcount:  # type: ignore[attr-defined]
        return False
    audit.record(
        session,
        "evidence.removed",
        subject=("evidence", evidence_id),
        at=at,
        by=principal.actor,
        organisation=assessment.organisation_id,
    )
    return True


def find_evidence(session: Session, principal: Principal, catalogue: Catalogue, evidence_id: UUID) -> Evidence | None:
    """A file of one's own company; for contributors only of the sections given to them."""
    found: Evidence | None = session.scalar(visible(principal, Evidence).where(Evidence.id == evidence_id))
    if found is None:
        return None
    reference = visible(principal, Assessment).with_only_columns(Assessment.questionnaire)
    questionnaire = catalogue.questionnaires.get(
        session.scalar(reference.where(Assessment.id == found.assessment_id)) or ""
    )
    known = questionnaire and works_on(session, principal, found.assessment_id, questionnaire, found.question_id)
    return found if known else None


def _held(assessment_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (Evidence.assessment_id == assessment_id, Evidence.removed_at.is_(None))


__all__ = [
    "FileStore",
    "QuotaReached",
    "RefusedFile",
    "attach_evidence",
    "find_evidence",
    "receive_file",
    "remove_evidence",
]
