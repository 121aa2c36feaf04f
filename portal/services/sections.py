"""Which sections of an assessment a contributor works on: given by an owner or editor, and taken back at once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.questionnaire import Questionnaire
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


def own_sections(session: Session, principal: Principal, assessment_id: UUID) -> frozenset[str] | None:
    """The sections this contributor works on; None for everybody else in a company, who work on all of them."""
    if principal.role is not Role.CONTRIBUTOR:
        return None
    mine = visible(principal, Assignment).where(Assignment.assessment_id == assessment_id)
    return frozenset(session.scalars(mine.with_only_columns(Assignment.section_id)))


def all_own_sections(session: Session, principal: Principal) -> dict[UUID, frozenset[str]] | None:
    """Assessment -> the sections this contributor works on; None for everybody else in a company."""
    if principal.role is not Role.CONTRIBUTOR:
        return None
    found: dict[UUID, frozenset[str]] = {}
    grants = visible(principal, Assignment).with_only_columns(Assignment.assessment_id, Assignment.section_id)
    for assessment_id, section_id in session.execute(grants):
        found[assessment_id] = found.get(assessment_id, frozenset()) | {section_id}
    return found


def works_on(
    session: Session, principal: Principal, assessment_id: UUID, questionnaire: Questionnaire, question_id: str
) -> bool:
    """Whether the question stands in a section this person works on."""
    mine = own_sections(session, principal, assessment_id)
    section = questionnaire.section_of.get(question_id)
    return mine is None or (section is not None and section.id in mine)


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
    mine = visible(principal, Assignment).where(Assignment.assessment_id == assessment.id)
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
        session.execute(insert(Assignment), [row | {"given_at": at} for row in rows])
    _record(session, principal, assessment, after - now.grants, now.grants - after, at)


def take_all_back(session: Session, memberships: Collection[UUID]) -> None:
    """Forget every section given to these members: they leave, or their role changes. The caller records it."""
    _delete = delete(Assignment).where(Assignment.membership_id.in_(memberships))
    session.execute(_delete.execution_options(synchronize_session=False))


def _take(session: Session, assessment: Assessment, grants: Collection[Grant]) -> None:
    for who, what in grants:
        session.execute(
            delete(Assignment)
            .where(
                Assignment.assessment_id == assessment.id,
                Assignment.membership_id == who,
                Assignment.section_id == what,
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
