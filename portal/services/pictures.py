"""Pictures drawn anew from evidence, so that a file can be looked at without opening it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.models import Evidence, ScanState
from portal.storage.inspection import MEDIA_TYPES

#: Contents drawn in one go.
AT_ONCE = 20
#: What a picture can be drawn of: media type -> the ending the drawing program knows it by.
DRAWN = {MEDIA_TYPES[ending]: ending for ending in ("png", "jpg")}


def undrawn(session: Session) -> dict[str, str]:
    """Hash -> ending of contents that no picture was tried of yet, the oldest first; infected ones are never opened."""
    rows = session.execute(
        select(Evidence.sha256, Evidence.media_type)
        .where(Evidence.previewed_at.is_(None), Evidence.media_type.in_(DRAWN), Evidence.scan != ScanState.INFECTED)
        .order_by(Evidence.uploaded_at)
        .limit(AT_ONCE)
    )
    return {sha256: DRAWN[media_type] for sha256, media_type in rows}


def note_preview(session: Session, sha256: str, preview: str | None, *, at: datetime) -> None:
    """Say which picture belongs to a content, or that none can be made."""
    session.execute(
        update(Evidence)
        .where(Evidence.sha256 == sha256)
        .values(preview_sha256=preview, previewed_at=at)
        .execution_options(synchronize_session=False)
    )
