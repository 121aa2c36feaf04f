"""Which sections of an assessment contributors work on: a matrix that owners and editors change as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import Assessment, Assignment, Membership, Role, User
from portal.services import audit

#: (Membership, section): one section given to one contributor.
Grant = tuple[UUID, str]


class ChangedMeanwhile(Exception):
    """A colleague gave or took sections since the page was made."""


@dataclass(frozen=True, slots=True)
class Contributor:
    membership_id: UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Given:
    """All sections of one assessment that are given to somebody."""

    grants: frozenset[Grant]

    @property
    def seen(self) -> str:
        """Tells one state of the matrix from any other."""
        return hashlib.sha256(repr(sorted((str(who), what) for who, what in self.grants)).encode()).hexdigest()


def contributors(session: Session, principal: Principal) -> list[Contributor]:
    """The contributors of the company, by name."""
    rows = session.execute(
        select(Membership.id, User.name, User.email)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id == principal.organisation, Membership.role == Role.CONTRIBUTOR)
        .order_by(User.name, Membership.id)
    )
    return [Contributor(*row) for row in rows]


def given_sections(session: Session, principal: Principal, assessment: Assessment) -> Given:
    whole = Assignment.question_id == ""
    mine = visible(principal, Assignment).where(Assignment.assessment_id == assessment.id, whole)
    pairs = mine.with_only_columns(Assignment.membership_id, Assignment.section_id)
    return Given(frozenset((who, what) for who, what in session.execute(pairs)))


def give_sections(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    sections: Collection[str],
    wanted: Iterable[Grant],
    *,
    seen: str,
    at: datetime,
) -> None:
    """Replace who works on what by `wanted`, if nobody changed it since `seen`. Raises ChangedMeanwhile.

    What is not a section of this assessment or not a contributor of this company is left out: ids come from a form.
    """
    # One at a time: the second of two who press the button reads what the first has written.
    session.execute(select(Assessment.id).where(Assessment.id == assessment.id).with_for_update())
    now = given_sections(session, principal, assessment)
    if now.seen != seen:
        raise ChangedMeanwhile
    members = {one.membership_id for one in contributors(session, principal)}
    after = {(who, what) for who, what in wanted if who in members and what in sections}
    _take(session, assessment, now.grants - after)
    if new := sorted(after - now.grants, key=repr):
        rows = [{"membership_id": who, "assessment_id": assessment.id, "section_id": what} for who, what in new]
        given = {"given_by_id": principal.actor, "given_at": at}
        session.execute(insert(Assignment), [row | given | {"id": uuid4(), "question_id": ""} for row in rows])
    _record(session, principal, assessment, after - now.grants, now.grants - after, at)


def _take(session: Session, assessment: Assessment, grants: Collection[Grant]) -> None:
    for who, what in grants:
        session.execute(
            delete(Assignment)
            .where(
                Assignment.assessment_id == assessment.id,
                Assignment.membership_id == who,
                Assignment.section_id == what,
                Assignment.question_id == "",
            )
            .execution_options(synchronize_session=False)
        )


def _record(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    given: Collection[Grant],
    taken: Collection[Grant],
    at: datetime,
) -> None:
    audit.record(
        session,
        "sections.given",
        subject=("assessment", assessment.id),
        at=at,
        by=principal.actor,
        organisation=assessment.organisation_id,
        given=_sections_by_member(given),
        taken=_sections_by_member(taken),
    )


def _sections_by_member(grants: Collection[Grant]) -> Mapping[str, list[str]]:
    return {str(member): sorted(what for who, what in grants if who == member) for member in {who for who, _ in grants}}
