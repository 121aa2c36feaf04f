"""Carry out approved erasures, and once an hour remove files no row names."""

from __future__ import annotations

from portal import db
from portal.jobs.workplace import Workplace
from portal.services import erasure, housekeeping

STAMP = "housekeeping.stamp"


def clean_up(place: Workplace) -> int:
    """Erase what is due and tidy up after it; return how many erasures that were."""
    erased = _erase(place)
    if erased:
        housekeeping.reclaim(place.engine)
    if erased or _is_due(place):
        housekeeping.sweep_files(place.engine, place.store)
        housekeeping.forget_passing(place.engine, at=place.clock())
        (place.settings.var / STAMP).write_text(place.clock().isoformat())
    return erased


def _erase(place: Workplace) -> int:
    """One transaction for each: an erasure that fails holds up no other."""
    with db.reading(place.engine) as session:
        due = erasure.due_erasures(session)
    for approval in due:
        with db.writing(place.engine) as session, session.begin():
            erasure.carry_out(session, approval, at=place.clock())
    return len(due)


def _is_due(place: Workplace) -> bool:
    stamp = place.settings.var / STAMP
    try:
        return place.clock().timestamp() - stamp.stat().st_mtime >= housekeeping.EVERY.total_seconds()
    except FileNotFoundError:
        return True
