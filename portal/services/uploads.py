"""Files on their way: begun, sent in pieces, gone on with after a broken line, attached to an answer or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.scope import scope_of
from portal.domain.lifecycle import is_editable
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, Upload
from portal.services.assessments import NotEditable
from portal.services.evidence import BYTES, FILES, QuotaReached, held_by
from portal.services.sections import works_on
from portal.storage.inspection import MEDIA_TYPES, RefusedFile, clean_name, ending_of

#: What was begun and not finished is forgotten after so long, with what has arrived of it.
STALE = timedelta(days=1)


class WrongPlace(Exception):
    """The piece does not go on where the last one ended; `received` is where it should."""

    def __init__(self, received: int) -> None:
        super().__init__("the piece is not the next one")
        self.received = received


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a browser says of a file before it sends it; nothing of it is believed at the end."""

    question_id: str
    name: str
    size: int


def begin_upload(
    session: Session, principal: Principal, assessment: Assessment, wanted: Wanted, *, limit: int, at: datetime
) -> UUID:
    """Make room for a file, so that what cannot be taken is refused before it is sent.

    Raises RefusedFile, QuotaReached, NotEditable.
    """
    if not is_editable(assessment.status):
        raise NotEditable
    name = clean_name(wanted.name)
    if ending_of(name) not in MEDIA_TYPES:
        raise RefusedFile("type")
    if wanted.size < 1:
        raise RefusedFile("empty")
    if wanted.size > limit:
        raise RefusedFile("too_big")
    count, size = _on_their_way(session, assessment, at)
    files, bytes_ = held_by(session, assessment)
    if files + count >= FILES or bytes_ + size + wanted.size > BYTES:
        raise QuotaReached
    upload_id = uuid4()
    session.execute(
        insert(Upload).values(
            id=upload_id,
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            question_id=wanted.question_id,
            user_id=principal.actor,
            name=name,
            size=wanted.size,
            started_at=at,
        )
    )
    return upload_id


def find_upload(session: Session, principal: Principal, catalogue: Catalogue, upload_id: UUID) -> Upload | None:
    """A file this person is sending, while the question is still theirs to work on."""
    found: Upload | None = session.scalar(visible(principal, Upload).where(Upload.id == upload_id))
    if found is None:
        return None
    reference = visible(principal, Assessment).with_only_columns(Assessment.questionnaire)
    name = session.scalar(reference.where(Assessment.id == found.assessment_id)) or ""
    questionnaire = catalogue.questionnaires.get(name)
    known = questionnaire and works_on(session, principal, found.assessment_id, questionnaire, found.question_id)
    return found if known else None


def note_piece(session: Session, principal: Principal, upload_id: UUID, *, offset: int, length: int) -> int:
    """Say that a piece is safely stored, and return how much there is. Raises WrongPlace if another was faster."""
    noted = session.execute(
        update(Upload)
        .where(scope_of(principal, Upload), Upload.id == upload_id, Upload.received == offset)
        .where(Upload.size >= offset + length)
        .values(received=offset + length)
        .execution_options(synchronize_session=False)
    )
    if noted.rowcount:  # type: ignore[attr-defined]
        return offset + length
    standing = session.scalar(select(Upload.received).where(scope_of(principal, Upload), Upload.id == upload_id))
    raise WrongPlace(standing or 0)


def begin_again(session: Session, principal: Principal, upload_id: UUID) -> None:
    """What had arrived is gone, by a restored backup or a swept folder: the file starts over."""
    again = update(Upload).where(scope_of(principal, Upload), Upload.id == upload_id).values(received=0)
    session.execute(again.execution_options(synchronize_session=False))


def end_upload(session: Session, principal: Principal, upload_id: UUID) -> bool:
    """Forget the file on its way: it is attached, refused or given up. False if it was gone already."""
    ended = session.execute(
        delete(Upload)
        .where(scope_of(principal, Upload), Upload.id == upload_id)
        .execution_options(synchronize_session=False)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def forget_stale(session: Session, *, at: datetime) -> list[UUID]:
    """Forget what was begun more than a day ago; return its ids, whose pieces may go once this is committed."""
    stale = list(session.scalars(select(Upload.id).where(Upload.started_at < at - STALE)))
    if stale:
        session.execute(delete(Upload).where(Upload.id.in_(stale)).execution_options(synchronize_session=False))
    return stale


def _on_their_way(session: Session, assessment: Assessment, at: datetime) -> tuple[int, int]:
    """Files and bytes that colleagues are sending too: together they may not pass the limit."""
    sending = select(func.count(), func.coalesce(func.sum(Upload.size), 0))
    row = session.execute(sending.where(Upload.assessment_id == assessment.id, Upload.started_at >= at - STALE)).one()
    return row[0], row[1]
