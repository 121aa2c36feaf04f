"""Draw what can be looked at, once for each content: a picture without anything hidden in it."""

from __future__ import annotations

from portal import db
from portal.jobs.workplace import Workplace
from portal.services import pictures
from portal.storage.inspection import draw


def draw_previews(place: Workplace) -> int:
    """Return how many contents were tried. What cannot be drawn is not tried again."""
    with db.reading(place.engine) as session:
        waiting = pictures.undrawn(session)
    for sha256, ending in waiting.items():
        drawn = draw(place.store.path(sha256), ending)
        kept = place.store.put_bytes(drawn) if drawn else None
        with db.writing(place.engine) as session, session.begin():
            pictures.note_preview(session, sha256, kept, at=place.clock())
    return len(waiting)
