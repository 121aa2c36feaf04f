"""Verification: a government vouches for the registration of a company of its countries; before that nothing counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.scope import scope_of
from portal.domain.lookalikes import name_key, number_key
from portal.models import Organisation, OrganisationKind
from portal.services import audit
from portal.services.organisations import ChangedMeanwhile, seen_of, unchanged

#: Companies on one page.
PAGE = 25
#: A reason the company can act on, in characters.
SHORTEST_REASON, LONGEST_REASON = 10, 2_000


class ReasonTooShort(ValueError):
    """A company that is told nothing can mend nothing."""


class NoNumber(ValueError):
    """There is nothing to look up."""


class Standing(StrEnum):
    """Where the verification of a company stands."""

    WAITING = "waiting"
    #: Sent back, or the verification was withdrawn; the note says why.
    SENT_BACK = "sent_back"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another company that could be mistaken for this one."""

    #: number or name.
    by: str
    #: Empty where it lies in a country this government does not serve.
    name: str


@dataclass(frozen=True, slots=True)
class Register:
    """One page of the companies of a government's countries."""

    companies: list[Organisation]
    likenesses: dict[UUID, list[Likeness]]
    total: int
    page: int
    pages: int
    #: How many there are by standing, whatever is searched for.
    counts: dict[Standing, int]


def standing_of(company: Organisation) -> Standing:
    if company.verified_at:
        return Standing.VERIFIED
    return Standing.SENT_BACK if company.verification_note else Standing.WAITING


def register_of(
    session: Session, principal: Principal, *, text: str = "", standing: str = "", page: int = 1
) -> Register:
    """The companies of the countries this government serves: the longest waiting first, the verified last."""
    mine = visible(principal, Organisation)
    stands = _standing()
    counted = session.execute(mine.with_only_columns(stands, func.count()).group_by(stands)).all()
    if standing in set(Standing):
        mine = mine.where(stands == standing)
    if text:
        mine = mine.where(_matching(text))
    total = session.scalar(mine.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rank = case({Standing.WAITING: 0, Standing.SENT_BACK: 1}, value=stands, else_=2)
    ordered = mine.order_by(rank, Organisation.created_at, Organisation.id)
    companies = list(session.scalars(ordered.limit(PAGE).offset((page - 1) * PAGE)))
    return Register(
        companies=companies,
        likenesses=likenesses_of(session, principal, companies),
        total=total,
        page=page,
        pages=pages,
        counts={Standing(state): number for state, number in counted},
    )


def find_company(session: Session, principal: Principal, company_id: UUID) -> Organisation | None:
    """A company of the countries this government serves."""
    found: Organisation | None = session.scalar(visible(principal, Organisation).where(Organisation.id == company_id))
    return found


def likenesses_of(
    session: Session, principal: Principal, companies: Sequence[Organisation]
) -> dict[UUID, list[Likeness]]:
    """Company -> others with the same number in the same country, or with a name that looks the same anywhere.

    The keys are worked out over the whole register: a hundred milliseconds with ten thousand companies, on two pages.
    """
    if not companies:
        return {}
    alike: dict[tuple[str, str], list[Any]] = defaultdict(list)
    everybody = select(
        Organisation.id,
        Organisation.name,
        Organisation.local_name,
        Organisation.country,
        Organisation.registration_number,
        scope_of(principal, Organisation).label("served"),
    ).where(Organisation.kind == OrganisationKind.COMPANY, Organisation.erased_at.is_(None))
    for other in session.execute(everybody.order_by(Organisation.name)):
        for key in _keys(other):
            alike[key].append(other)
    return {company.id: _others(company, alike) for company in companies}


def verify(session: Session, principal: Principal, company: Organisation, *, seen: str, at: datetime) -> None:
    """Vouch for what stands on the page. Raises ChangedMeanwhile, NoNumber."""
    if not number_key(company.registration_number):
        raise NoNumber
    values = {"verified_at": at, "verified_by_id": principal.actor, "verification_note": ""}
    _settle(session, principal, company, seen, Organisation.verified_at.is_(None), values)
    _record(session, principal, "organisation.verified", company, at)


def send_back(
    session: Session, principal: Principal, company: Organisation, reason: str, *, seen: str, at: datetime
) -> None:
    """Refuse what stands on the page, with a reason the company reads. Raises ChangedMeanwhile, ReasonTooShort."""
    _refuse_short(reason)
    _settle(session, principal, company, seen, Organisation.verified_at.is_(None), {"verification_note": reason})
    _record(session, principal, "organisation.sent_back", company, at)


def withdraw(
    session: Session, principal: Principal, company: Organisation, reason: str, *, seen: str, at: datetime
) -> None:
    """Take a verification back: from now on the company enters no release. Raises as `send_back`."""
    _refuse_short(reason)
    values = {"verified_at": None, "verified_by_id": None, "verification_note": reason}
    _settle(session, principal, company, seen, Organisation.verified_at.is_not(None), values)
    _record(session, principal, "organisation.verification_withdrawn", company, at)


def _settle(
    session: Session,
    principal: Principal,
    company: Organisation,
    seen: str,
    state: ColumnElement[bool],
    values: dict[str, Any],
) -> None:
    """Change the row only if it is what the official looked at: a number may have been exchanged behind the page."""
    if seen_of(company) != seen:
        raise ChangedMeanwhile
    changed = session.execute(
        update(Organisation)
        .where(*unchanged(company), state, scope_of(principal, Organisation))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.expire(company)
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise ChangedMeanwhile


def _refuse_short(reason: str) -> None:
    if len(reason) < SHORTEST_REASON:
        raise ReasonTooShort


def _standing() -> ColumnElement[str]:
    return case(
        (Organisation.verified_at.is_not(None), Standing.VERIFIED),
        (Organisation.verification_note != "", Standing.SENT_BACK),
        else_=Standing.WAITING,
    )


def _matching(text: str) -> ColumnElement[bool]:
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    columns = (Organisation.name, Organisation.local_name, Organisation.registration_number)
    return or_(*(column.ilike(like, escape="\\") for column in columns))


def _keys(company: Any) -> set[tuple[str, str]]:
    names = {("name", key) for name in (company.name, company.local_name) if (key := name_key(name))}
    number = number_key(company.registration_number)
    return names | ({("number", f"{company.country} {number}")} if number else set())


def _others(company: Organisation, alike: dict[tuple[str, str], list[Any]]) -> list[Likeness]:
    found = {
        other.id: Likeness(key[0], other.name if other.served else "")
        for key in sorted(_keys(company))
        for other in alike[key]
        if other.id != company.id
    }
    return list(found.values())


def _record(session: Session, principal: Principal, action: str, company: Organisation, at: datetime) -> None:
    audit.record(
        session,
        action,
        subject=("organisation", company.id),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
    )
