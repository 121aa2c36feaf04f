"""Forget files that were begun and never sent to their end."""

from __future__ import annotations

from portal import db
from portal.jobs.workplace import Workplace
from portal.services import uploads
from portal.storage.pieces import Pieces


def forget_uploads(place: Workplace) -> int:
    """Return how many have been forgotten; the hourly sweep finds pieces that a stopped worker left."""
    with db.writing(place.engine) as session, session.begin():
        stale = uploads.forget_stale(session, at=place.clock())
    for upload_id in stale:
        Pieces(place.store.root).drop(upload_id)
    return len(stale)
