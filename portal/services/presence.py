"""Who works on an assessment at this moment, and on which section: no record of anything, and forgotten soon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import Assessment, Presence, User

#: Whoever was silent for longer has gone: two beats of the page's script.
LASTS = timedelta(minutes=1)
#: Older rows say nothing to anybody, not even to whoever has the database in hand.
KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Present:
    user_id: UUID
    name: str
    section_id: str


class Shown(NamedTuple):
    name: str
    #: Title of the section; empty on other pages, and for a section the reader does not see.
    place: str


def note_presence(
    session: Session, principal: Principal, assessment: Assessment, section_id: str, *, at: datetime
) -> None:
    """Somebody looks at a section, or at the assessment as a whole. No event: it changes nothing that lasts."""
    key = {"assessment_id": assessment.id, "user_id": principal.actor}
    values = {"section_id": section_id, "seen_at": at}
    again = session.execute(
        update(Presence).filter_by(**key).values(**values).execution_options(synchronize_session=False)
    )
    if not again.rowcount:  # type: ignore[attr-defined]
        try:
            with session.begin_nested():
                session.execute(insert(Presence).values(**key, **values))
        except IntegrityError:
            return  # another window of the same person was faster


def who_is_here(session: Session, principal: Principal, assessment: Assessment, *, at: datetime) -> list[Present]:
    """Everybody else who was here within the last minute, by name."""
    rows = session.execute(
        visible(principal, Presence)
        .where(Presence.assessment_id == assessment.id, Presence.seen_at >= at - LASTS)
        .join(User, User.id == Presence.user_id)
        .where(Presence.user_id != principal.actor)
        .with_only_columns(User.id, User.name, Presence.section_id)
        .order_by(User.name, User.id)
    )
    return [Present(*row) for row in rows]


def shown(people: Iterable[Present], titles: Mapping[str, str]) -> list[Shown]:
    """In words, to a reader who sees the sections of `titles`."""
    return [Shown(one.name, titles.get(one.section_id, "")) for one in people]


def forget_stale(session: Session, *, at: datetime) -> None:
    stale = delete(Presence).where(Presence.seen_at < at - KEPT)
    session.execute(stale.execution_options(synchronize_session=False))
