"""The outbox: mail is written in the transaction of what it tells about, and sent by the worker after the commit."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from portal.models import MailState, OutboxMail
from portal.sealing import Sealer, Unsealable
from portal.services.jobs import BELL

#: Waits between attempts; after the last one the mail has failed and an administrator decides.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
#: A mail handed over for this long has lost its worker, and is taken up again with the same Message-ID.
LOST_AFTER = timedelta(minutes=5)
#: Rows of mail that was sent, without their words, are kept for so long.
KEPT = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address, as plain text."""

    to: str
    subject: str
    body: str
    #: Tag of the language it is written in.
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to hand one mail over once."""

    mail_id: UUID
    attempt: int
    letter: Letter


def post(session: Session, sealer: Sealer, letter: Letter, *, kind: str, at: datetime) -> None:
    """Put a letter into the outbox. The caller commits; then the worker is rung and sends it."""
    sealed = sealer.seal(json.dumps(asdict(letter)))
    session.add(OutboxMail(id=uuid4(), kind=kind, sealed=sealed, created_at=at, due_at=at))
    session.info[BELL] = True


def claim_mail(session: Session, sealer: Sealer, *, at: datetime) -> Claim | None:
    """Take the mail that is due longest; nobody else gets it. The caller commits before handing it over.

    One that cannot be unsealed any more has failed, and the next is taken.
    """
    while (mail := _due(session, at)) is not None:
        taken = session.execute(
            update(OutboxMail)
            .where(OutboxMail.id == mail.id, OutboxMail.state == mail.state, OutboxMail.attempts == mail.attempts)
            .values(state=MailState.SENDING, attempts=mail.attempts + 1, due_at=at + LOST_AFTER)
            .execution_options(synchronize_session=False)
        )
        if not taken.rowcount:  # type: ignore[attr-defined]
            session.expire_all()
            continue
        claim_attempt = mail.attempts + 1
        try:
            letter = Letter(**json.loads(sealer.open(mail.sealed)))
        except Unsealable:
            _end(session, mail.id, claim_attempt, state=MailState.FAILED, message="unsealable")
            session.expire_all()
            continue
        return Claim(mail.id, claim_attempt, letter)
    return None


def mark_sent(session: Session, claim: Claim, *, at: datetime) -> bool:
    """Note that the mail is on its way, and forget its words. False if the claim has lapsed."""
    return _end(session, claim.mail_id, claim.attempt, state=MailState.SENT, sent_at=at, sealed="", message="")


def mark_failed(session: Session, claim: Claim, *, message: str, for_good: bool, at: datetime) -> bool:
    """Note that it could not be sent; unless `for_good`, it is tried again after a while."""
    if for_good or claim.attempt > len(DELAYS):
        return _end(session, claim.mail_id, claim.attempt, state=MailState.FAILED, message=message[:200])
    due = at + DELAYS[claim.attempt - 1]
    return _end(session, claim.mail_id, claim.attempt, state=MailState.WAITING, due_at=due, message=message[:200])


def retry_failed(session: Session, *, at: datetime) -> int:
    """Put everything that failed back into the outbox; return how many that were."""
    again = session.execute(
        update(OutboxMail)
        .where(OutboxMail.state == MailState.FAILED, OutboxMail.sealed != "")
        .values(state=MailState.WAITING, attempts=0, due_at=at)
        .execution_options(synchronize_session=False)
    )
    session.info[BELL] = True
    return int(again.rowcount)  # type: ignore[attr-defined]


def counts(session: Session) -> dict[MailState, int]:
    """How many mails there are in each state."""
    rows = session.execute(select(OutboxMail.state, func.count()).group_by(OutboxMail.state))
    return {row[0]: row[1] for row in rows}


def forget_old(session: Session, *, at: datetime) -> None:
    session.execute(
        delete(OutboxMail)
        .where(OutboxMail.state == MailState.SENT, OutboxMail.sent_at < at - KEPT)
        .execution_options(synchronize_session=False)
    )


def _due(session: Session, at: datetime) -> OutboxMail | None:
    return session.scalar(
        select(OutboxMail)
        .where(or_(OutboxMail.state == MailState.WAITING, OutboxMail.state == MailState.SENDING))
        .where(OutboxMail.due_at <= at)
        .order_by(OutboxMail.due_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _end(session: Session, mail_id: UUID, attempt: int, **values: object) -> bool:
    """Only for the attempt in hand: one that was taken for lost may have been sent by another worker meanwhile."""
    ended = session.execute(
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == MailState.SENDING, OutboxMail.attempts == attempt)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]
