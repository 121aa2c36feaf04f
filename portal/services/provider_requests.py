"""Who vouches for the people of an organisation takes two administrators: one alone could let themselves in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.groups import MANAGERS
from portal.models import Approval, IdentityProvider, Membership, User
from portal.sealing import Sealer
from portal.services import audit, providers

USE_PROVIDER = "use_provider"


class SamePerson(Exception):
    """Who set the provider cannot approve it."""


@dataclass(frozen=True, slots=True)
class ProviderState:
    """The provider of an organisation as administrators see it: never its secret."""

    issuer: str = ""
    client_id: str = ""
    in_use: bool = False
    #: The open request to use it.
    request_id: UUID | None = None
    asked_by: str = ""
    asked_by_id: UUID | None = None
    has_secret: bool = False


def state_of(session: Session, principal: Principal, organisation_id: UUID) -> ProviderState:
    found = _provider(session, principal, organisation_id)
    if found is None:
        return ProviderState()
    row = session.execute(
        visible(principal, Approval)
        .where(Approval.kind == USE_PROVIDER, Approval.subject_id == found.id)
        .where(Approval.approved_at.is_(None), Approval.withdrawn_at.is_(None))
        .join(User, User.id == Approval.asked_by_id)
        .with_only_columns(Approval.id, User.name, Approval.asked_by_id)
    ).first()
    return ProviderState(
        issuer=found.issuer,
        client_id=found.client_id,
        in_use=found.disabled_at is None,
        request_id=row[0] if row else None,
        asked_by=row[1] if row else "",
        asked_by_id=row[2] if row else None,
        has_secret=bool(found.sealed_secret),
    )


def ask_provider(
    session: Session,
    sealer: Sealer,
    principal: Principal,
    organisation_id: UUID,
    *,
    issuer: str,
    client_id: str,
    secret: str,
    at: datetime,
) -> None:
    """Note a provider; it vouches for nobody before a second administrator approves exactly this one."""
    provider_id = providers.set_provider(
        session, sealer, principal, organisation_id, issuer=issuer, client_id=client_id, secret=secret, at=at
    )
    _set_disabled(session, provider_id, at)
    _settle(session, Approval.subject_id == provider_id, withdrawn_at=at)
    approval = Approval(
        id=uuid4(),
        kind=USE_PROVIDER,
        subject_id=provider_id,
        organisation_id=organisation_id,
        asked_by_id=principal.actor,
        asked_at=at,
    )
    session.add(approval)
    session.flush()


def approve_provider(
    session: Session, principal: Principal, organisation_id: UUID, request_id: UUID, *, at: datetime
) -> None:
    """Let the provider that the page showed vouch. Raises LookupError where it changed meanwhile, SamePerson."""
    found = _provider(session, principal, organisation_id)
    state = state_of(session, principal, organisation_id)
    if found is None or state.request_id != request_id:
        raise LookupError("no such open request")
    if state.asked_by_id == principal.actor:
        raise SamePerson
    if not _settle(session, Approval.id == request_id, approved_by_id=principal.actor, approved_at=at):
        raise LookupError("decided in the meantime")
    _set_disabled(session, found.id, None)
    audit.record(
        session,
        "provider.approved",
        subject=("provider", found.id),
        at=at,
        by=principal.actor,
        organisation=organisation_id,
    )


def switch_off(session: Session, principal: Principal, organisation_id: UUID, *, at: datetime) -> None:
    """One administrator is enough to close a door. Raises LookupError."""
    providers.disable_provider(session, principal, organisation_id, at=at)


def manager_addresses(session: Session, organisation_id: UUID) -> list[str]:
    """Whoever manages the organisation is told who vouches for its people."""
    managers = (Membership.organisation_id == organisation_id, Membership.role.in_(MANAGERS))
    found = select(User.email).join(Membership).where(*managers, User.disabled_at.is_(None))
    return list(session.scalars(found.order_by(User.email)))


def _provider(session: Session, principal: Principal, organisation_id: UUID) -> IdentityProvider | None:
    mine = visible(principal, IdentityProvider).where(IdentityProvider.organisation_id == organisation_id)
    found: IdentityProvider | None = session.scalar(mine)
    return found


def _set_disabled(session: Session, provider_id: UUID, disabled_at: datetime | None) -> None:
    session.execute(update(IdentityProvider).where(IdentityProvider.id == provider_id).values(disabled_at=disabled_at))


def _settle(session: Session, which: object, **values: object) -> int:
    """Only from the open state."""
    settled = session.execute(
        update(Approval)
        .where(Approval.kind == USE_PROVIDER, which)  # type: ignore[arg-type]
        .where(Approval.approved_at.is_(None), Approval.withdrawn_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return int(settled.rowcount)  # type: ignore[attr-defined]
