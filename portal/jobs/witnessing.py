"""Mail the latest checkpoint once a day to every government and to a witness, where the portal cannot take it back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import db
from portal.jobs.workplace import Workplace
from portal.models import AuditCheckpoint, Membership, Organisation, OrganisationKind, OutboxMail, Role, User
from portal.services import checkpoints, outbox
from portal.settings import Settings, sealer_of

KIND = "checkpoint"
#: In English for everybody: what counts is the signed text, which has no language.
SUBJECT = "Checkpoint of the audit log: {size} entries"
BODY = """\
This is today's signed checkpoint of the audit log of {name}.

Please keep this mail. With it anybody can show later that nothing logged
until now was changed, removed or put in another order: {address}/log

{note}
Public key: {key}
"""


def mail_daily(place: Workplace) -> int:
    """Put today's letters into the outbox, unless they are there; return how many."""
    now = place.clock()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    with db.reading(place.engine) as session:
        last = checkpoints.latest(session)
        if last is None or _is_mailed(session, today):
            return 0
    with db.writing(place.engine) as session, session.begin():
        # Two workers at once must not mail twice: the second waits here and then finds the letters of the first.
        session.execute(select(AuditCheckpoint.size).where(AuditCheckpoint.size == last.size).with_for_update())
        if _is_mailed(session, today):
            return 0
        sealer, addresses = sealer_of(place.settings), _addresses(session, place.settings)
        for address in addresses:
            outbox.post(session, sealer, _letter(place.settings, last, address), kind=KIND, at=now)
        return len(addresses)


def _is_mailed(session: Session, today: object) -> bool:
    mailed = select(OutboxMail.id).where(OutboxMail.kind == KIND, OutboxMail.created_at >= today)
    return session.scalar(mailed.limit(1)) is not None


def _letter(settings: Settings, checkpoint: AuditCheckpoint, address: str) -> outbox.Letter:
    body = BODY.format(
        name=settings.name,
        address=settings.address.rstrip("/"),
        note=checkpoint.note,
        key=checkpoints.public_key(settings),
    )
    return outbox.Letter(to=address, subject=SUBJECT.format(size=checkpoint.size), body=body)


def _addresses(session: Session, settings: Settings) -> Sequence[str]:
    """The supervisors of each government, its reviewers where it has none, and the witness."""
    rows = session.execute(
        select(Organisation.id, Membership.role, User.email)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(User, User.id == Membership.user_id)
        .where(Organisation.kind == OrganisationKind.GOVERNMENT, Organisation.erased_at.is_(None))
        .where(User.disabled_at.is_(None), User.erased_at.is_(None))
    ).all()
    supervised = {row.id for row in rows if row.role is Role.SUPERVISOR}
    wanted = {row.email for row in rows if row.role is Role.SUPERVISOR or row.id not in supervised}
    return sorted(wanted | {settings.witness_email} - {""})
