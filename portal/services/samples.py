"""The sample accounts of the demonstration, and who they are in which organisation."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Membership, Organisation, OrganisationKind, Role, User


@dataclass(frozen=True, slots=True)
class Sample:
    membership_id: UUID
    user_id: UUID
    name: str
    role: Role
    organisation_name: str
    country: str
    kind: OrganisationKind
    #: The only person of a company: one of many that are there for the figures.
    is_alone: bool


def samples(session: Session) -> list[Sample]:
    """Every sample account, once for each organisation the person belongs to."""
    members = func.count().over(partition_by=Membership.organisation_id)
    rows = session.execute(
        select(
            Membership.id,
            User.id,
            User.name,
            Membership.role,
            Organisation.name,
            Organisation.country,
            Organisation.kind,
            members,
        )
        .join(User, User.id == Membership.user_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(User.is_demonstration, User.disabled_at.is_(None))
        .order_by(Organisation.name, User.name)
    )
    return [Sample(*row[:7], is_alone=row[6] is OrganisationKind.COMPANY and row[7] == 1) for row in rows]


def find_sample(session: Session, membership_id: UUID) -> Sample:
    """Raises LookupError for a membership of anybody real."""
    for sample in samples(session):
        if sample.membership_id == membership_id:
            return sample
    raise LookupError("no such sample account")
