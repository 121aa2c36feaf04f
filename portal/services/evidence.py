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
from portal.services.jobs import BELL
from portal.services.sections import works_on
from portal.storage import FileStore
from portal.storage.inspection import Inspected, RefusedFile, inspect

#: Per assessment: files, and bytes in all.
FILES, BYTES = 200, 500 * 1024 * 1024


class AlreadyAttached(Exception):
    """The answer has this very file."""


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
    session: Session,
    assessment: Assessment,
    question_id: str,
    file: tuple[Inspected, str],
    *,
    by: UUID,
    at: datetime,
    replaces: UUID | None = None,
) -> UUID:
    """Attach a received file to an answer, or a new version of a file that is there.

    The same file twice on one answer stays one. Raises NotEditable, QuotaReached, AlreadyAttached (as another
    version), LookupError where the file to replace is none of this answer.
    """
    inspected, sha256 = file
    # One at a time: the second of two who attach a file counts the first one's.
    status = session.scalar(select(Assessment.status).where(Assessment.id == assessment.id).with_for_update())
    if status is None or not is_editable(status):
        raise NotEditable
    of_answer = (*_held(assessment.id), Evidence.question_id == question_id)
    if twin := session.scalar(select(Evidence.id).where(*of_answer, Evidence.sha256 == sha256)):
        if replaces:
            raise AlreadyAttached
        return twin
    count, size = held_by(session, assessment)
    if count >= FILES or size + inspected.size > BYTES:
        raise QuotaReached
    if replaces and not _take_back(session, (*of_answer, Evidence.id == replaces), at):
        raise LookupError
    return _insert(session, assessment, question_id, file, by=by, at=at, replaces=replaces)


def _insert(
    session: Session,
    assessment: Assessment,
    question_id: str,
    file: tuple[Inspected, str],
    *,
    by: UUID,
    at: datetime,
    replaces: UUID | None,
) -> UUID:
    inspected, sha256 = file
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
            replaces_id=replaces,
        )
    )
    action = "evidence.replaced" if replaces else "evidence.attached"
    audit.record(
        session, action, subject=("evidence", evidence_id), at=at, by=by, organisation=assessment.organisation_id
    )
    session.info[BELL] = True
    return evidence_id


def held_by(session: Session, assessment: Assessment) -> tuple[int, int]:
    """Files and bytes an assessment holds: what is attached, and every version that it took the place of."""
    columns = (Evidence.id, Evidence.replaces_id, Evidence.size)
    held = select(*columns).where(*_held(assessment.id)).cte(recursive=True)
    held = held.union_all(select(*columns).where(Evidence.id == held.c.replaces_id))
    asked = select(func.count(), func.coalesce(func.sum(held.c.size), 0)).select_from(held)
    count, size = session.execute(asked).one()
    return count, int(size)


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
    its = (Evidence.id == evidence_id, Evidence.question_id.in_(questions), *_held(assessment.id))
    if not _take_back(session, its, at):
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


def _take_back(session: Session, which: tuple[ColumnElement[bool], ...], at: datetime) -> bool:
    taken = session.execute(
        update(Evidence).where(*which).values(removed_at=at).execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _held(assessment_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (Evidence.assessment_id == assessment_id, Evidence.removed_at.is_(None))


__all__ = [
    "AlreadyAttached",
    "FileStore",
    "QuotaReached",
    "RefusedFile",
    "attach_evidence",
    "find_evidence",
    "held_by",
    "receive_file",
    "remove_evidence",
]
