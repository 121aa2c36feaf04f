"""Mergers: a company becomes part of another, which reads and continues its work; shares end, nobody keeps a right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.lookalikes import number_key
from portal.models import (
    IdentityProvider,
    Invitation,
    Membership,
    Merger,
    Organisation,
    OrganisationKind,
    PendingWorkbook,
    Share,
    Submission,
)
from portal.services import audit
from portal.services.logins import end_logins
from portal.services.sections import take_all_back


class AskedAlready(Exception):
    """This company waits for an answer already; one at a time."""


class Impossible(Exception):
    """One of the two companies is gone by now."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to merge, as one of the two companies sees it."""

    id: UUID
    #: What the asker typed.
    country: str
    number: str
    #: The company that asks; empty for the asker.
    name: str
    asking_id: UUID
    asking_country: str
    asking_number: str
    asked_at: datetime
    accepted_at: datetime | None
    declined_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def is_open(self) -> bool:
        return not (self.accepted_at or self.declined_at or self.withdrawn_at)


def ask_merger(session: Session, principal: Principal, country: str, number: str, *, at: datetime) -> UUID | None:
    """Ask to become part of the company with this number; return its id for a mail, and nothing else to anybody.

    Only a verified company is found by its number: anybody can register the number of another. What the asker sees
    is the same whether or not there is one. Raises AskedAlready.
    """
    # One at a time, also when the button is pressed twice.
    session.execute(select(Organisation.id).where(Organisation.id == principal.organisation).with_for_update())
    if session.scalar(_open(visible(principal, Merger)).where(Merger.from_id == principal.organisation)):
        raise AskedAlready
    target = _company_with(session, country, number, principal.organisation)
    merger = Merger(
        id=uuid4(),
        from_id=principal.organisation,
        into_id=target,
        into_country=country,
        into_number=number,
        asked_by_id=principal.actor,
        asked_at=at,
    )
    session.add(merger)
    session.flush()
    _record(session, principal, "merger.asked", merger.id, at)
    return target


def requests_made(session: Session, principal: Principal) -> list[Request]:
    """What this company asked for, the newest first."""
    mine = visible(principal, Merger).where(Merger.from_id == principal.organisation)
    return [_request(merger, None) for merger in session.scalars(mine.order_by(Merger.asked_at.desc()))]


def requests_received(session: Session, principal: Principal) -> list[Request]:
    """Who asks to become part of this company, or became it; the newest first."""
    theirs = visible(principal, Merger).where(Merger.into_id == principal.organisation)
    asking = theirs.join(Organisation, Organisation.id == Merger.from_id).add_columns(Organisation)
    return [_request(*row) for row in session.execute(asking.order_by(Merger.asked_at.desc()))]


def withdraw_merger(session: Session, principal: Principal, merger_id: UUID, *, at: datetime) -> None:
    """Take one's own open request back. Raises LookupError."""
    _settle(session, principal, merger_id, "from_id", withdrawn_at=at)
    _record(session, principal, "merger.withdrawn", merger_id, at)


def decline_merger(session: Session, principal: Principal, merger_id: UUID, *, at: datetime) -> UUID:
    """Turn an open request down; return the company that asked. Raises LookupError."""
    asking = _asking(session, principal, merger_id)
    _settle(session, principal, merger_id, "into_id", declined_at=at)
    _record(session, principal, "merger.declined", merger_id, at)
    return asking


def accept_merger(session: Session, principal: Principal, merger_id: UUID, *, at: datetime) -> UUID:
    """Take the asking company in: all of it happens in the caller's transaction. Returns that company.

    Raises LookupError, and Impossible where it was merged or erased in between.
    """
    taken, into = _asking(session, principal, merger_id), principal.organisation
    _settle(session, principal, merger_id, "into_id", accepted_by_id=principal.actor, accepted_at=at)
    _join(session, taken, into)
    absorbed = [taken, *_flatten(session, taken, into)]
    _regroup(session, taken, into)
    shares = _revoke_shares(session, absorbed, at)
    members = _end_memberships(session, taken, at)
    _close_doors(session, taken, at)
    _record(
        session, principal, "merger.accepted", merger_id, at, **{"from": str(taken), "into": str(into)},
        shares_revoked=shares, memberships_ended=members,
    )  # fmt: skip
    session.expire_all()
    return taken


def _company_with(session: Session, country: str, number: str, asking: UUID) -> UUID | None:
    """The one verified company with this number; none where two claim it."""
    rows = session.execute(
        select(Organisation.id, Organisation.registration_number).where(
            Organisation.kind == OrganisationKind.COMPANY,
            Organisation.country == country,
            Organisation.verified_at.is_not(None),
            Organisation.merged_into_id.is_(None),
            Organisation.erased_at.is_(None),
        )
    )
    found = [row.id for row in rows if number_key(row.registration_number) == number_key(number)]
    return found[0] if len(found) == 1 and found[0] != asking else None


def _open(mergers: Select[Any]) -> Select[Any]:
    return mergers.where(Merger.accepted_at.is_(None), Merger.declined_at.is_(None), Merger.withdrawn_at.is_(None))


def _asking(session: Session, principal: Principal, merger_id: UUID) -> UUID:
    received = _open(visible(principal, Merger)).where(Merger.into_id == principal.organisation)
    found: UUID | None = session.scalar(received.with_only_columns(Merger.from_id).where(Merger.id == merger_id))
    if found is None:
        raise LookupError("no such open request")
    return found


def _settle(session: Session, principal: Principal, merger_id: UUID, side: str, **values: Any) -> None:
    """Only from the open state, and only by the side whose step it is."""
    settled = session.execute(
        update(Merger)
        .where(
            Merger.id == merger_id,
            getattr(Merger, side) == principal.organisation,
            Merger.accepted_at.is_(None),
            Merger.declined_at.is_(None),
            Merger.withdrawn_at.is_(None),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not settled.rowcount:  # type: ignore[attr-defined]
        raise LookupError("no such open request")


def _join(session: Session, taken: UUID, into: UUID) -> None:
    """Both must still stand alone: nothing is merged into a merged company, and no two into one another."""
    alone = (Organisation.merged_into_id.is_(None), Organisation.erased_at.is_(None))
    both = select(Organisation.id).where(Organisation.id.in_((taken, into)), *alone).order_by(Organisation.id)
    if len(session.scalars(both.with_for_update()).all()) < 2:
        raise Impossible
    session.execute(
        update(Organisation)
        .where(Organisation.id == taken, *alone)
        .values(merged_into_id=into, named_parent_country="", named_parent_number="")
        .execution_options(synchronize_session=False)
    )


def _flatten(session: Session, taken: UUID, into: UUID) -> list[UUID]:
    """What the company had taken in before belongs to the other directly, so that one look finds all of it."""
    before = list(session.scalars(select(Organisation.id).where(Organisation.merged_into_id == taken)))
    session.execute(
        update(Organisation)
        .where(Organisation.merged_into_id == taken)
        .values(merged_into_id=into)
        .execution_options(synchronize_session=False)
    )
    return before


def _regroup(session: Session, taken: UUID, into: UUID) -> None:
    """The daughters get the new parent; a company that takes its own parent in moves up to where that one stood."""
    above = session.scalar(select(Organisation.parent_id).where(Organisation.id == taken))
    moves = (
        (Organisation.id == into) & (Organisation.parent_id == taken),
        (Organisation.parent_id == taken) & (Organisation.id != into),
        Organisation.id == taken,
    )
    parents = (above if above != into else None, into, into)
    for which, parent in zip(moves, parents, strict=True):
        session.execute(
            update(Organisation).where(which).values(parent_id=parent).execution_options(synchronize_session=False)
        )


def _revoke_shares(session: Session, absorbed: list[UUID], at: datetime) -> int:
    """No right is carried over (R3): governments read again what the other company shares anew."""
    theirs = select(Submission.id).where(Submission.organisation_id.in_(absorbed))
    ended = session.execute(
        update(Share)
        .where(Share.submission_id.in_(theirs), Share.revoked_at.is_(None))
        .values(revoked_at=at)
        .execution_options(synchronize_session=False)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def _end_memberships(session: Session, taken: UUID, at: datetime) -> int:
    """Nobody works there any more, from the next request on."""
    rows = session.execute(select(Membership.id, Membership.user_id).where(Membership.organisation_id == taken)).all()
    for membership_id, user_id in rows:
        end_logins(session, user_id=user_id, membership_id=membership_id, at=at)
    take_all_back(session, [row.id for row in rows])
    session.execute(
        delete(Membership).where(Membership.organisation_id == taken).execution_options(synchronize_session=False)
    )
    return len(rows)


def _close_doors(session: Session, taken: UUID, at: datetime) -> None:
    """Invitations, a provider that signs people in, unconfirmed uploads and other requests to merge end too."""
    ends: tuple[Any, ...] = (
        update(Invitation)
        .where(Invitation.organisation_id == taken, Invitation.accepted_at.is_(None))
        .where(Invitation.withdrawn_at.is_(None))
        .values(withdrawn_at=at),
        update(IdentityProvider)
        .where(IdentityProvider.organisation_id == taken, IdentityProvider.disabled_at.is_(None))
        .values(disabled_at=at),
        delete(PendingWorkbook).where(PendingWorkbook.organisation_id == taken),
        update(Merger)
        .where(or_(Merger.from_id == taken, Merger.into_id == taken), Merger.accepted_at.is_(None))
        .where(Merger.declined_at.is_(None), Merger.withdrawn_at.is_(None))
        .values(withdrawn_at=at),
    )
    for statement in ends:
        session.execute(statement.execution_options(synchronize_session=False))


def _request(merger: Merger, asking: Organisation | None) -> Request:
    return Request(
        id=merger.id,
        country=merger.into_country,
        number=merger.into_number,
        name=asking.name if asking else "",
        asking_id=merger.from_id,
        asking_country=asking.country if asking else "",
        asking_number=asking.registration_number if asking else "",
        asked_at=merger.asked_at,
        accepted_at=merger.accepted_at,
        declined_at=merger.declined_at,
        withdrawn_at=merger.withdrawn_at,
    )


def _record(session: Session, principal: Principal, action: str, merger_id: UUID, at: datetime, **details: Any) -> None:
    audit.record(
        session,
        action,
        subject=("merger", merger_id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
        **details,
    )
