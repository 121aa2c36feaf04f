"""Alerts about unusual reading, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import Alert, Membership, Organisation, OrganisationKind, Role, SharedRead, User
from portal.services import audit

READ_BURST = "read_burst"
#: An official who opens submissions of more companies than this within WINDOW reads more than the work asks for.
MOST_COMPANIES = 50
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Burst:
    """What the alert says, and the addresses of those who are told."""

    companies: int
    watchers: tuple[str, ...]


def raise_read_burst(session: Session, principal: Principal, *, at: datetime) -> Burst | None:
    """Raise an alert if this official has read too much within the hour; once per official and hour.

    Called after the look was noted, in its transaction. None where there is nothing to tell.
    """
    companies = _companies_read(session, principal, at)
    if companies <= MOST_COMPANIES:
        return None
    # Two looks at once must not raise two alerts: the second waits here and then finds the alert of the first.
    session.execute(select(User.id).where(User.id == principal.actor).with_for_update())
    if _is_raised(session, principal.actor, at):
        return None
    alert = Alert(
        id=uuid4(),
        kind=READ_BURST,
        organisation_id=principal.organisation,
        user_id=principal.actor,
        details={"companies": companies, "minutes": int(WINDOW.total_seconds() // 60)},
        raised_at=at,
    )
    session.add(alert)
    audit.record(
        session,
        "alert.raised",
        subject=("alert", alert.id),
        at=at,
        by=None,
        organisation=principal.organisation,
        kind=READ_BURST,
        companies=companies,
    )
    return Burst(companies, _watchers(session, principal.organisation))


def _companies_read(session: Session, principal: Principal, at: datetime) -> int:
    lately = (SharedRead.user_id == principal.actor, SharedRead.at > at - WINDOW)
    return session.scalar(select(func.count(distinct(SharedRead.company_id))).where(*lately)) or 0


def _is_raised(session: Session, user_id: UUID, at: datetime) -> bool:
    raised = (Alert.kind == READ_BURST, Alert.user_id == user_id, Alert.raised_at > at - WINDOW)
    return session.scalar(select(Alert.id).where(*raised).limit(1)) is not None


def _watchers(session: Session, government_id: UUID) -> tuple[str, ...]:
    """The government's supervisors and the administrators of the portal."""
    supervisor = (Membership.role == Role.SUPERVISOR) & (Membership.organisation_id == government_id)
    administrator = (Membership.role == Role.ADMINISTRATOR) & (Organisation.kind == OrganisationKind.ADMINISTRATION)
    return tuple(
        session.scalars(
            select(User.email)
            .join(Membership, Membership.user_id == User.id)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(or_(supervisor, administrator), User.disabled_at.is_(None))
            .distinct()
            .order_by(User.email)
        )
    )
