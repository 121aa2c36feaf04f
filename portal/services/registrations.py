"""A company registers itself: what was typed waits, sealed, until the address in it has been confirmed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import LinkToken, Organisation, OrganisationKind, Role
from portal.sealing import Sealer
from portal.services import audit, people

PURPOSE = "register"
LASTS = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    local_name: str
    country: str
    registration_number: str


@dataclass(frozen=True, slots=True)
class Registration:
    """What a person typed about their company and themselves."""

    company: Company
    person: str
    email: str


def begin(session: Session, sealer: Sealer, registration: Registration, *, at: datetime) -> tuple[str, bool]:
    """Keep a registration until it is confirmed; return the token for the mail, and whether the address is known.

    For a known address the link opens nothing: the mail says to sign in. The work is the same for both.
    """
    known = people.find_person(session, registration.email) is not None
    session.execute(delete(LinkToken).where(LinkToken.purpose == PURPOSE, LinkToken.expires_at < at))
    token = people.new_token()
    sealed = sealer.seal(json.dumps(asdict(registration)))
    session.add(
        LinkToken(
            id=people.token_hash(token),
            purpose=PURPOSE,
            sealed="" if known else sealed,
            created_at=at,
            expires_at=at + LASTS,
        )
    )
    audit.record(session, "registration.begun", subject=("registration", ""), at=at, by=None, organisation=None)
    return token, known


def find(session: Session, sealer: Sealer, token: str, *, at: datetime) -> Registration:
    """What waits behind a link. Raises LookupError alike for links that are unknown, used or too old."""
    sealed = session.scalar(select(LinkToken.sealed).where(*_open(token, at)))
    if not sealed:
        raise LookupError("no such registration")
    raw = json.loads(sealer.open(sealed))
    return Registration(Company(**raw["company"]), raw["person"], raw["email"])


def confirm(
    session: Session, token: str, registration: Registration, *, password_hash: str, at: datetime
) -> tuple[UUID, UUID]:
    """Open the account and the company, not verified yet; return person and membership. Raises LookupError."""
    used = update(LinkToken).where(*_open(token, at)).values(used_at=at, sealed="")
    done = session.execute(used.execution_options(synchronize_session=False))
    if not cast(CursorResult[Any], done).rowcount or people.find_person(session, registration.email) is not None:
        raise LookupError("no such registration")
    user = people.add_account(
        session, email=registration.email, name=registration.person, password_hash=password_hash, at=at
    )
    return user.id, _found_company(session, registration.company, user.id, at)


def add_company(session: Session, principal: Principal, company: Company, *, at: datetime) -> UUID:
    """Another company of somebody who has an account; return the membership."""
    return _found_company(session, company, principal.actor, at)


def _found_company(session: Session, company: Company, user_id: UUID, at: datetime) -> UUID:
    organisation = Organisation(id=uuid4(), kind=OrganisationKind.COMPANY, created_at=at, **asdict(company))
    session.add(organisation)
    session.flush()
    membership = people.add_membership(session, user_id, organisation.id, Role.OWNER, at=at)
    audit.record(
        session,
        "organisation.registered",
        subject=("organisation", organisation.id),
        at=at,
        by=user_id,
        organisation=organisation.id,
    )
    return membership.id


def _open(token: str, at: datetime) -> tuple[Any, ...]:
    mine = (LinkToken.id == people.token_hash(token), LinkToken.purpose == PURPOSE)
    return (*mine, LinkToken.used_at.is_(None), LinkToken.expires_at > at)
