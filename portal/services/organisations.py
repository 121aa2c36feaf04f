"""What a company says about itself and its group; changing what a government verified makes it unverified again."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.lookalikes import number_key
from portal.models import Membership, Organisation, OrganisationKind, Role, User
from portal.services import audit

#: A company has few levels above it; more are a ring.
HIGHEST = 50


class ChangedMeanwhile(Exception):
    """Somebody changed the organisation since the page was made."""


class InACircle(Exception):
    """A company cannot stand above one that stands above it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a government looks up in its register."""

    name: str
    local_name: str
    country: str
    registration_number: str


def facts_of(organisation: Organisation) -> Facts:
    return Facts(organisation.name, organisation.local_name, organisation.country, organisation.registration_number)


def seen_of(organisation: Organisation) -> str:
    """Tells what stands on a page about an organisation from anything that stands there later."""
    state = (organisation.verified_at, organisation.verification_note, organisation.parent_id)
    named = (organisation.named_parent_country, organisation.named_parent_number)
    return hashlib.sha256(repr((facts_of(organisation), state, named)).encode()).hexdigest()


def unchanged(organisation: Organisation) -> tuple[ColumnElement[bool], ...]:
    """The row as it was read, for the WHERE of an UPDATE."""
    still = [getattr(Organisation, column) == value for column, value in asdict(facts_of(organisation)).items()]
    verified = organisation.verified_at
    still.append(Organisation.verified_at == verified if verified else Organisation.verified_at.is_(None))
    return (Organisation.id == organisation.id, *still)


def own_organisation(session: Session, principal: Principal) -> Organisation:
    """The organisation somebody works for."""
    found: Organisation = session.scalars(
        visible(principal, Organisation).where(Organisation.id == principal.organisation)
    ).one()
    return found


def absorbed_names(session: Session, principal: Principal) -> dict[UUID, str]:
    """Names of the companies that were merged into one's own; no statement where there are none."""
    if not principal.has_absorbed:
        return {}
    theirs = visible(principal, Organisation).where(Organisation.id != principal.organisation)
    return {company.id: company.name for company in session.scalars(theirs)}


def parent_of(session: Session, organisation: Organisation) -> Organisation | None:
    """The parent company, once it has confirmed."""
    return session.get(Organisation, organisation.parent_id) if organisation.parent_id else None


def owner_addresses(session: Session, organisation_id: UUID) -> list[str]:
    """Where mail about a company goes: to its owners."""
    own = (Membership.organisation_id == organisation_id, Membership.role == Role.OWNER, User.disabled_at.is_(None))
    return list(session.scalars(select(User.email).join(Membership).where(*own).order_by(User.email)))


def change_facts(session: Session, principal: Principal, facts: Facts, *, seen: str, at: datetime) -> None:
    """Store name, country and number; what changed has to be verified anew. Raises ChangedMeanwhile.

    Sending the same again after a government sent it back asks the government to look once more.
    """
    own = own_organisation(session, principal)
    if seen_of(own) != seen:
        raise ChangedMeanwhile
    values: dict[str, Any] = asdict(facts) | {"verification_note": ""}
    if facts != facts_of(own):
        values |= {"verified_at": None, "verified_by_id": None}
    _change(session, own, values)
    _record(session, principal, "organisation.changed", own.id, at, verified="verified_at" not in values)


def name_parent(session: Session, principal: Principal, country: str, number: str, *, seen: str, at: datetime) -> None:
    """Name the parent company by its number; it counts once that company confirms. Nothing: stand alone.

    Raises ChangedMeanwhile. Whether such a company is registered here makes no difference to what happens.
    """
    own = own_organisation(session, principal)
    if seen_of(own) != seen:
        raise ChangedMeanwhile
    named = {"named_parent_country": country if number else "", "named_parent_number": number_key(number)}
    _change(session, own, named | {"parent_id": None})
    _record(session, principal, "organisation.parent_named", own.id, at, named=bool(number))


def children_of(session: Session, principal: Principal) -> list[Organisation]:
    """Companies that name this one as their parent, confirmed or not; none before this one is verified itself."""
    named = _naming(own_organisation(session, principal))
    return list(session.scalars(select(Organisation).where(*named).order_by(Organisation.name)))


def confirm_child(session: Session, principal: Principal, child_id: UUID, *, at: datetime) -> None:
    """Confirm that a company belongs to this one's group. Raises LookupError, InACircle."""
    own = own_organisation(session, principal)
    if child_id in _above(session, own):
        raise InACircle
    _settle_child(session, own, child_id, Organisation.parent_id.is_(None), {"parent_id": own.id})
    _record(session, principal, "organisation.child_confirmed", child_id, at)


def refuse_child(session: Session, principal: Principal, child_id: UUID, *, at: datetime) -> None:
    """Say that a company does not, or no longer, belong to this one's group. Raises LookupError."""
    own = own_organisation(session, principal)
    alone = {"parent_id": None, "named_parent_country": "", "named_parent_number": ""}
    _settle_child(session, own, child_id, Organisation.id != own.id, alone)
    _record(session, principal, "organisation.child_refused", child_id, at)


def _naming(own: Organisation) -> tuple[ColumnElement[bool], ...]:
    """Only a verified number names a company: anybody can type the number of another."""
    return (
        Organisation.kind == OrganisationKind.COMPANY,
        Organisation.id != own.id,
        Organisation.named_parent_country == (own.country if own.verified_at else None),
        Organisation.named_parent_number == number_key(own.registration_number),
        Organisation.named_parent_number != "",
        Organisation.merged_into_id.is_(None),
        Organisation.erased_at.is_(None),
    )


def _above(session: Session, own: Organisation) -> set[UUID]:
    seen = {own.id}
    parent = own.parent_id
    while parent and parent not in seen and len(seen) < HIGHEST:
        seen.add(parent)
        parent = session.scalar(select(Organisation.parent_id).where(Organisation.id == parent))
    return seen


def _settle_child(
    session: Session, own: Organisation, child_id: UUID, state: ColumnElement[bool], values: dict[str, Any]
) -> None:
    changed = session.execute(
        update(Organisation)
        .where(Organisation.id == child_id, *_naming(own), state)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise LookupError("no such company names this one as its parent")
    session.expire_all()


def _change(session: Session, own: Organisation, values: dict[str, Any]) -> None:
    changed = session.execute(
        update(Organisation).where(*unchanged(own)).values(**values).execution_options(synchronize_session=False)
    )
    session.expire(own)
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise ChangedMeanwhile


def _record(
    session: Session, principal: Principal, action: str, organisation_id: UUID, at: datetime, **details: Any
) -> None:
    audit.record(
        session,
        action,
        subject=("organisation", organisation_id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
        **details,
    )
