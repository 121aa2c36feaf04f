"""What an organisation may read of the log: its own events, and what governments decided on what it shared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.scope import scope_of
from portal.models import (
    AuditContent,
    AuditEvent,
    Membership,
    Merger,
    Organisation,
    OrganisationKind,
    Review,
    User,
)

#: Lines on a page.
PAGE = 50
#: No log gets this far; larger numbers are no places in it.
LAST = 2**53


class Actor(Enum):
    """Who did it, where that is no name."""

    PORTAL = "portal"
    ADMINISTRATOR = "administrator"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class Line:
    """One event in the words of nobody yet."""

    sequence: int
    at: datetime
    action: str
    #: A member's name, another organisation's name (never of its people), or what stands for one.
    who: str | Actor
    #: The question it was about, if it was about one.
    question: str


@dataclass(frozen=True, slots=True)
class Page:
    lines: list[Line]
    #: Where the next, older page begins; none on the last.
    older: int | None


def read_trail(session: Session, principal: Principal, *, before: int | None = None) -> Page:
    """The events this organisation may read, the newest first."""
    start = LAST if before is None else max(0, min(before, LAST))
    rows = session.execute(
        select(AuditEvent, AuditContent)
        .join(AuditContent, AuditContent.sequence == AuditEvent.sequence)
        .where(_readable(session, principal), AuditEvent.sequence < start)
        .order_by(AuditEvent.sequence.desc())
        .limit(PAGE + 1)
    ).all()
    names = _names(session, principal, (content for _event, content in rows))
    lines = [
        Line(event.sequence, event.at, event.action, names[_key(principal, content)], _question(content))
        for event, content in rows[:PAGE]
    ]
    return Page(lines, lines[-1].sequence if len(rows) > PAGE else None)


def _readable(session: Session, principal: Principal) -> ColumnElement[bool]:
    own = scope_of(principal, AuditContent)
    if principal.kind is not OrganisationKind.COMPANY:
        return own
    # Asked first and then named one by one: ids are stored as ids there and as text in the log.
    about = [
        *(("review", found) for found in session.scalars(_ids(principal, Review))),
        *(("merger", found) for found in session.scalars(_ids(principal, Merger))),
        ("organisation", principal.organisation),
    ]
    kinds = {kind: [str(found) for named, found in about if named == kind] for kind, _found in about}
    shared = [(AuditContent.subject_kind == kind) & AuditContent.subject_id.in_(found) for kind, found in kinds.items()]
    return or_(own, *shared)


def _ids(principal: Principal, model: type[Any]) -> Any:
    return visible(principal, model).with_only_columns(model.id)


def _key(principal: Principal, content: AuditContent) -> tuple[str, UUID | None]:
    """Whom a line names: a person of one's own, or another organisation as a whole."""
    if content.organisation_id in (principal.organisation_id, None):
        return "person", content.actor_id
    return "organisation", content.organisation_id


def _names(
    session: Session, principal: Principal, contents: Iterable[AuditContent]
) -> dict[tuple[str, UUID | None], str | Actor]:
    keys = {_key(principal, content) for content in contents}
    people = [found for kind, found in keys if kind == "person" and found]
    others = [found for kind, found in keys if kind == "organisation"]
    names: dict[tuple[str, UUID | None], str | Actor] = dict.fromkeys(keys, Actor.FORMER)
    members = (
        select(User.id, User.name, Organisation.id)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(User.id.in_(people))
        .where((Organisation.id == principal.organisation) | (Organisation.kind == OrganisationKind.ADMINISTRATION))
    )
    for user_id, name, organisation_id in session.execute(members):
        own = organisation_id == principal.organisation
        if own or not isinstance(names["person", user_id], str):
            names["person", user_id] = name if own else Actor.ADMINISTRATOR
    for row in session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(others))):
        names["organisation", row.id] = row.name or Actor.FORMER
    return names | {("person", None): Actor.PORTAL}


def _question(content: AuditContent) -> str:
    """The question of a subject such as "<assessment>/<question>"."""
    return content.subject_id.partition("/")[2]
