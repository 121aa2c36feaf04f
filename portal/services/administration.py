"""What administrators do: bring organisations in, look after mail and alerts, see how the portal runs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.scope import scope_of
from portal.models import (
    Alert,
    Assessment,
    Invitation,
    Job,
    JobState,
    MailState,
    Membership,
    Organisation,
    OrganisationKind,
    OutboxMail,
    Role,
    ServedCountry,
    User,
)
from portal.services import audit, invitations
from portal.services.jobs import BELL

#: Organisations, alerts and mails on one page.
PAGE = 25


#: Who comes first into an organisation, and then invites the others.
FIRST = {
    OrganisationKind.COMPANY: Role.OWNER,
    OrganisationKind.GOVERNMENT: Role.SUPERVISOR,
    OrganisationKind.ADMINISTRATION: Role.ADMINISTRATOR,
}


class HasPeople(Exception):
    """Somebody works there, or did: its own managers invite, since what is written there is not the portal's."""


class NameTaken(Exception):
    """There is an organisation of this kind with this name already."""


@dataclass(frozen=True, slots=True)
class State:
    """How the portal runs, in figures."""

    mails_waiting: int
    mails_failed: int
    #: When the mail that has waited longest was written.
    oldest_mail: datetime | None
    jobs_waiting: int
    jobs_failed: int
    alerts_unseen: int


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    organisation: Organisation
    members: int
    #: Of a government: the countries it answers for.
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Organisations:
    lines: list[OrganisationLine]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class AlertLine:
    alert: Alert
    #: Empty where it concerns no organisation or no person.
    organisation: str
    person: str


def state_of(session: Session, principal: Principal) -> State:
    """Counts alone: no address, no subject of a mail, nothing of a submission."""
    mails = _counts(session, principal, OutboxMail)
    jobs = _counts(session, principal, Job)
    waiting = visible(principal, OutboxMail).where(OutboxMail.state == MailState.WAITING)
    unseen = visible(principal, Alert).where(Alert.seen_at.is_(None))
    return State(
        mails_waiting=mails.get(MailState.WAITING, 0) + mails.get(MailState.SENDING, 0),
        mails_failed=mails.get(MailState.FAILED, 0),
        oldest_mail=session.scalar(waiting.with_only_columns(func.min(OutboxMail.created_at))),
        jobs_waiting=jobs.get(JobState.WAITING, 0) + jobs.get(JobState.RUNNING, 0),
        jobs_failed=jobs.get(JobState.FAILED, 0),
        alerts_unseen=session.scalar(unseen.with_only_columns(func.count())) or 0,
    )


def list_organisations(
    session: Session, principal: Principal, *, text: str = "", kind: str = "", page: int = 1
) -> Organisations:
    """Organisations by name; erased ones have none and are left out."""
    found = visible(principal, Organisation).where(Organisation.erased_at.is_(None))
    if kind in set(OrganisationKind):
        found = found.where(Organisation.kind == OrganisationKind(kind))
    if text:
        like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (Organisation.name, Organisation.local_name, Organisation.registration_number)
        found = found.where(or_(*(column.ilike(like, escape="\\") for column in columns)))
    total = session.scalar(found.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    ordered = found.order_by(func.lower(Organisation.name), Organisation.id).limit(PAGE).offset((page - 1) * PAGE)
    return Organisations(_lines(session, list(session.scalars(ordered))), total, page, pages)


def find_organisation(session: Session, principal: Principal, organisation_id: UUID) -> OrganisationLine | None:
    found = visible(principal, Organisation).where(Organisation.id == organisation_id, Organisation.erased_at.is_(None))
    return next(iter(_lines(session, list(session.scalars(found)))), None)


def add_organisation(
    session: Session,
    principal: Principal,
    kind: OrganisationKind,
    name: str,
    *,
    countries: Collection[str],
    registration_number: str = "",
    at: datetime,
) -> Organisation:
    """Add a company, a government or a body of several countries; it is nobody's until people are invited.

    Raises NameTaken.
    """
    same = visible(principal, Organisation).where(Organisation.kind == kind, Organisation.erased_at.is_(None))
    if session.scalar(same.with_only_columns(Organisation.id).where(func.lower(Organisation.name) == name.lower())):
        raise NameTaken
    added = Organisation(
        id=uuid4(),
        kind=kind,
        name=name,
        country=next(iter(countries)) if len(countries) == 1 else "",
        registration_number=registration_number,
        created_at=at,
    )
    session.add(added)
    session.flush()
    if kind is OrganisationKind.GOVERNMENT:
        session.add_all(ServedCountry(organisation_id=added.id, country=code) for code in countries)
    _record(session, principal, "organisation.added", ("organisation", added.id), at)
    return added


def is_new(session: Session, organisation: Organisation) -> bool:
    """Whether nobody has ever worked there. Only then may an administrator let somebody in: what a company wrote
    must not be reached by inviting oneself."""
    there = organisation.id
    traces = (
        select(Membership.id).where(Membership.organisation_id == there),
        select(Invitation.id).where(Invitation.organisation_id == there, Invitation.accepted_at.is_not(None)),
        select(Assessment.id).where(Assessment.organisation_id == there),
    )
    return organisation.merged_into_id is None and not any(session.scalar(trace.limit(1)) for trace in traces)


def invite_first(
    session: Session, principal: Principal, organisation: Organisation, email: str, *, at: datetime
) -> invitations.Sent:
    """Invite the first person of an organisation, who then invites the others. Raises HasPeople."""
    if not is_new(session, organisation):
        raise HasPeople
    role = FIRST[organisation.kind]
    return invitations.invite_to(session, organisation.id, organisation.name, email, role, by=principal.actor, at=at)


def list_alerts(session: Session, principal: Principal) -> list[AlertLine]:
    """The latest alerts, those nobody has seen first."""
    rows = session.execute(
        visible(principal, Alert)
        .outerjoin(Organisation, Organisation.id == Alert.organisation_id)
        .outerjoin(User, User.id == Alert.user_id)
        .with_only_columns(Alert, Organisation.name, User.name)
        .order_by(Alert.seen_at.is_not(None), Alert.raised_at.desc(), Alert.id)
        .limit(4 * PAGE)
    )
    return [AlertLine(alert, organisation or "", person or "") for alert, organisation, person in rows]


def mark_seen(session: Session, principal: Principal, alert_id: UUID, *, at: datetime) -> None:
    """Note that somebody looks into it; only the first who says so. Raises LookupError."""
    marked = session.execute(
        update(Alert)
        .where(Alert.id == alert_id, Alert.seen_at.is_(None), scope_of(principal, Alert))
        .values(seen_at=at, seen_by_id=principal.actor)
        .execution_options(synchronize_session=False)
    )
    if not marked.rowcount:  # type: ignore[attr-defined]
        raise LookupError("no such unseen alert")
    _record(session, principal, "alert.seen", ("alert", alert_id), at)


def failed_mails(session: Session, principal: Principal) -> list[OutboxMail]:
    """Mail that could not be sent: what for, how often tried, why not; its address and words stay sealed."""
    failed = visible(principal, OutboxMail).where(OutboxMail.state == MailState.FAILED)
    return list(session.scalars(failed.order_by(OutboxMail.created_at.desc()).limit(4 * PAGE)))


def try_again(session: Session, principal: Principal, mail_id: UUID, *, at: datetime) -> None:
    """Let the worker send a failed mail once more. Raises LookupError."""
    reopened = session.execute(
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == MailState.FAILED, scope_of(principal, OutboxMail))
        .values(state=MailState.WAITING, attempts=0, due_at=at)
        .execution_options(synchronize_session=False)
    )
    if not reopened.rowcount:  # type: ignore[attr-defined]
        raise LookupError("no such failed mail")
    session.info[BELL] = True
    _record(session, principal, "mail.tried_again", ("mail", mail_id), at)


def _counts(session: Session, principal: Principal, model: type[OutboxMail] | type[Job]) -> dict[str, int]:
    grouped = visible(principal, model).with_only_columns(model.state, func.count()).group_by(model.state)
    return {str(state): number for state, number in session.execute(grouped)}


def _lines(session: Session, organisations: list[Organisation]) -> list[OrganisationLine]:
    ids = [organisation.id for organisation in organisations]
    counted = select(Membership.organisation_id, func.count()).where(Membership.organisation_id.in_(ids))
    members = {row[0]: row[1] for row in session.execute(counted.group_by(Membership.organisation_id))}
    served: dict[UUID, list[str]] = {}
    for row in session.scalars(select(ServedCountry).where(ServedCountry.organisation_id.in_(ids))):
        served.setdefault(row.organisation_id, []).append(row.country)
    return [
        OrganisationLine(one, members.get(one.id, 0), tuple(sorted(served.get(one.id, ())))) for one in organisations
    ]


def _record(session: Session, principal: Principal, action: str, subject: tuple[str, UUID], at: datetime) -> None:
    audit.record(session, action, subject=subject, at=at, by=principal.actor, organisation=principal.organisation)
