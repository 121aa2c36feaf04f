"""Close shares that have run out, so that a clock put back later opens none of them."""

from __future__ import annotations

from portal import db
from portal.jobs.workplace import Workplace
from portal.services import shares


def close_shares(place: Workplace) -> int:
    """Return how many have been closed."""
    with db.writing(place.engine) as session, session.begin():
        return shares.expire_shares(session, at=place.clock())
