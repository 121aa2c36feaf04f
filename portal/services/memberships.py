"""Bring in organisations and people by hand: the first administrator, and whoever cannot register or be invited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Membership, Organisation, OrganisationKind, Role, ServedCountry, User
from portal.services import audit, passwords
from portal.services.members import ROLES
from portal.services.password_rules import SHORTEST, Fault, fault_of

#: Why a password is refused, in the operator's words.
FAULTS = {
    Fault.SHORT: f"the password needs at least {SHORTEST} characters",
    Fault.LONG: "the password is too long",
    Fault.COMMON: "the password is one of those that are guessed first",
    Fault.PERSONAL: "the password is mostly made of the person's name and address",
    Fault.UNREADABLE: "the password holds a character that no keyboard writes",
}


class Refused(Exception):
    """Cannot be done like that; the message says why."""


def add_organisation(
    session: Session,
    name: str,
    kind: OrganisationKind,
    *,
    countries: Sequence[str],
    registration_number: str,
    at: datetime,
) -> Organisation:
    """Add an organisation. Raises Refused for a second of the same name and kind, or a country that is none.

    Of several countries, which only governments have, none is the government's own.
    """
    for country in countries:
        if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
            raise Refused(f"the country must be two capital letters such as TH, not {country!r}")
    if len(set(countries)) > 1 and kind is not OrganisationKind.GOVERNMENT:
        raise Refused(f"only a government answers for several countries; a {kind} has one")
    home = countries[0] if len(set(countries)) == 1 else ""
    if session.scalar(select(Organisation.id).where(Organisation.name == name, Organisation.kind == kind)):
        raise Refused(f"there is a {kind} called {name} already")
    organisation = Organisation(
        id=uuid4(), name=name, kind=kind, country=home, registration_number=registration_number, created_at=at
    )
    session.add(organisation)
    session.flush()
    if kind is OrganisationKind.GOVERNMENT:
        session.add_all(ServedCountry(organisation_id=organisation.id, country=one) for one in sorted(set(countries)))
    _record(session, "organisation.added", organisation, at, subject=("organisation", organisation.id))
    return organisation


def add_person(
    session: Session, organisation: Organisation, role: Role, *, email: str, name: str, password: str, at: datetime
) -> User:
    """Give a person a role in an organisation, with a new account if the address has none. Raises Refused.

    The password is only for a new account; an existing one keeps its own.
    """
    if role not in ROLES[organisation.kind]:
        fitting = ", ".join(sorted(ROLES[organisation.kind]))
        raise Refused(f"a {organisation.kind} has these roles: {fitting}")
    user = session.scalar(select(User).where(User.email == passwords.fold(email)))
    if user is None:
        user = _new_user(session, email, name, password, at)
    elif session.scalar(
        select(Membership.id).where(Membership.user_id == user.id, Membership.organisation_id == organisation.id)
    ):
        raise Refused(f"{email} belongs to {organisation.name} already")
    membership = Membership(id=uuid4(), user_id=user.id, organisation_id=organisation.id, role=role, created_at=at)
    session.add(membership)
    session.flush()
    _record(session, "membership.added", organisation, at, subject=("membership", membership.id), role=str(role))
    return user


def _new_user(session: Session, email: str, name: str, password: str, at: datetime) -> User:
    if "@" not in email or not name.strip():
        raise Refused("an e-mail address and a name are needed")
    if fault := fault_of(password, (email, name)):
        raise Refused(FAULTS[fault])
    user = User(
        id=uuid4(),
        email=passwords.fold(email),
        name=name.strip(),
        password_hash=passwords.hash_password(password),
        created_at=at,
    )
    session.add(user)
    session.flush()
    return user


def _record(
    session: Session, action: str, organisation: Organisation, at: datetime, *, subject: tuple[str, object], **more: str
) -> None:
    audit.record(session, action, subject=subject, at=at, by=None, organisation=organisation.id, **more)
