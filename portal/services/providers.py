"""Identity providers of organisations, and the people they vouch for: members and invited addresses, nobody else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import (
    Ceremony,
    FederatedIdentity,
    IdentityProvider,
    Login,
    Membership,
    Organisation,
    User,
)
from portal.sealing import Sealer
from portal.services import audit, invitations, passwords, people
from portal.services.openid import Identity, Start

PURPOSE = "provider"
#: How long somebody may take at the provider.
LASTS = timedelta(minutes=10)
#: No password has this hash: such an account signs in through its provider, or sets a password by mail.
NO_PASSWORD = "provider"  # noqa: S105 - no secret: no hash looks like this


class Stranger(Exception):
    """The provider vouches for somebody who neither belongs to its organisation nor was invited."""


@dataclass(frozen=True, slots=True)
class Provider:
    id: UUID
    organisation_id: UUID
    organisation: str
    issuer: str
    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was noted when the person was sent off."""

    provider_id: UUID
    nonce: str
    verifier: str
    onward: str


def find_provider(session: Session, sealer: Sealer, provider_id: UUID) -> Provider:
    """An identity provider in use. Raises LookupError."""
    row = session.execute(
        select(IdentityProvider, Organisation.name)
        .join(Organisation, Organisation.id == IdentityProvider.organisation_id)
        .where(IdentityProvider.id == provider_id, IdentityProvider.disabled_at.is_(None))
        .where(Organisation.erased_at.is_(None), Organisation.merged_into_id.is_(None))
    ).first()
    if row is None:
        raise LookupError("no such provider")
    found, name = row
    secret = sealer.open(found.sealed_secret)
    return Provider(found.id, found.organisation_id, name, found.issuer, found.client_id, secret)


def provider_of(session: Session, organisation_id: UUID) -> IdentityProvider | None:
    """The provider set for an organisation, also one that is switched off."""
    return session.scalar(select(IdentityProvider).where(IdentityProvider.organisation_id == organisation_id))


def set_provider(
    session: Session,
    sealer: Sealer,
    principal: Principal,
    organisation_id: UUID,
    *,
    issuer: str,
    client_id: str,
    secret: str,
    at: datetime,
) -> UUID:
    """Set or replace the provider of an organisation. An empty secret keeps the one there is.

    With another issuer nobody is known any more: who was linked to the old one is not linked to the new one.
    """
    found = provider_of(session, organisation_id)
    if found is None:
        found = IdentityProvider(
            id=uuid4(),
            organisation_id=organisation_id,
            issuer=issuer,
            client_id=client_id,
            sealed_secret="",
            created_at=at,
        )
        session.add(found)
    elif found.issuer != issuer:
        session.execute(delete(FederatedIdentity).where(FederatedIdentity.provider_id == found.id))
        _end_logins(session, found.id, at)
    found.issuer, found.client_id, found.disabled_at = issuer, client_id, None
    if secret or not found.sealed_secret:
        found.sealed_secret = sealer.seal(secret)
    session.flush()
    _record(session, "provider.set", found.id, organisation_id, principal.actor, at)
    return found.id


def disable_provider(session: Session, principal: Principal, organisation_id: UUID, *, at: datetime) -> None:
    """Switch the provider off and end the sign-ins it vouched for. Raises LookupError."""
    found = provider_of(session, organisation_id)
    if found is None or found.disabled_at is not None:
        raise LookupError("no provider in use")
    found.disabled_at = at
    session.flush()
    _end_logins(session, found.id, at)
    _record(session, "provider.disabled", found.id, organisation_id, principal.actor, at)


def note_start(session: Session, provider_id: UUID, start: Start, onward: str, *, at: datetime) -> None:
    """Remember who was sent where until they come back, under the hash of the state: a copied table opens nothing."""
    session.execute(delete(Ceremony).where(Ceremony.purpose == PURPOSE, Ceremony.created_at < at - LASTS))
    details = {
        "provider": str(provider_id),
        "nonce": start.nonce,
        "verifier": start.verifier,
        "onward": onward,
    }
    session.add(Ceremony(id=_hash(start.state), purpose=PURPOSE, details=details, created_at=at))
    audit.record(session, "provider.asked", subject=("provider", provider_id), at=at, by=None, organisation=None)


def take_start(session: Session, state: str, *, at: datetime) -> Waiting:
    """What was noted for this state; it works once. Raises LookupError."""
    found = session.get(Ceremony, _hash(state), with_for_update=True)
    if found is None or found.purpose != PURPOSE or at - found.created_at > LASTS:
        raise LookupError("no such start")
    details = found.details
    session.delete(found)
    session.flush()
    return Waiting(UUID(details["provider"]), details["nonce"], details["verifier"], details["onward"])


def person_of(session: Session, provider: Provider, identity: Identity, *, at: datetime) -> UUID:
    """Whom the provider means: linked before, or a member or invited person by a verified address. Raises Stranger."""
    linked = session.scalar(
        select(FederatedIdentity.user_id).where(
            FederatedIdentity.provider_id == provider.id, FederatedIdentity.subject == identity.subject
        )
    )
    user_id = linked or _person_by_address(session, provider, identity, at)
    member = session.scalar(
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.user_id == user_id, Membership.organisation_id == provider.organisation_id)
        .where(User.disabled_at.is_(None), User.is_demonstration.is_(False))
    )
    if user_id is None or member is None:
        raise Stranger
    if linked is None:
        session.add(FederatedIdentity(provider_id=provider.id, subject=identity.subject, user_id=user_id, linked_at=at))
    return user_id


def _person_by_address(session: Session, provider: Provider, identity: Identity, at: datetime) -> UUID | None:
    if not identity.email:
        return None
    email = passwords.fold(identity.email)
    user = people.find_person(session, email)
    offer = invitations.offer_to(session, provider.organisation_id, email, at=at)
    if user is None and offer is not None:
        name = identity.name or email.partition("@")[0]
        return invitations.accept_as_new(session, offer, name=name, password_hash=NO_PASSWORD, at=at)
    if user is not None and offer is not None:
        invitations.accept(session, offer, user.id, at=at)
    return user.id if user else None


def _end_logins(session: Session, provider_id: UUID, at: datetime) -> None:
    session.execute(update(Login).where(Login.provider_id == provider_id, Login.ended_at.is_(None)).values(ended_at=at))


def _record(session: Session, action: str, provider_id: UUID, organisation_id: UUID, by: UUID, at: datetime) -> None:
    audit.record(session, action, subject=("provider", provider_id), at=at, by=by, organisation=organisation_id)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
