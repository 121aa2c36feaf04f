"""What the rules of keeping are about to delete, who has been told, and the deleting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from portal.domain.retention import FIRST_WARNING, LAST_WARNING, Notice, Step, Terms, months_after, next_step
from portal.models import (
    ActionStatus,
    AnswerRow,
    Assessment,
    Assignment,
    Comment,
    CorrectiveAction,
    Evidence,
    Membership,
    Organisation,
    Reminder,
    Review,
    ReviewState,
    Role,
    Share,
    Submission,
    User,
)
from portal.services import drafts, erasure

#: Reminders of a day to sign by are kept under the id of the assessment; these stand apart from them.
_APART = "retention"
Wanted = ColumnElement[bool]
#: Kind, id, company, its name, reference, and the day of the rule.
Found = tuple[str, UUID, UUID, str, str, date]
_GOING_ON = (ActionStatus.PLANNED, ActionStatus.STARTED)
#: Any save of these is work on the assessment.
_WORK = (
    (AnswerRow, AnswerRow.updated_at),
    (Comment, Comment.written_at),
    (Evidence, Evidence.uploaded_at),
    (Assignment, Assignment.given_at),
    (CorrectiveAction, CorrectiveAction.updated_at),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An assessment or a submission with the day on which the rule lets it go, and what is to be done today."""

    kind: str
    id: UUID
    organisation_id: UUID
    organisation: str
    #: Reference of the submission, or of the questionnaire.
    reference: str
    step: Step
    day: date

    @property
    def subject(self) -> UUID:
        return uuid5(self.id, _APART)


@dataclass(frozen=True, slots=True)
class Recipient:
    user_id: UUID
    email: str
    language: str
    #: None gets the mail of those who cannot sign in; that they were due one is noted all the same.
    reachable: bool


def due(session: Session, terms: Terms, today: date, *, only: UUID | None = None) -> list[Kept]:
    """Everything, or the one, for which something is to be done today."""
    return [one for one in _kept(session, terms, today, _near(terms, today, only)) if one.step is not Step.WAIT]


def schedule(session: Session, terms: Terms, today: date, *, organisation_id: UUID) -> list[Kept]:
    """Everything of one company that the rules will let go, with the day; what is held is not among it."""
    return _kept(session, terms, today, (Organisation.id == organisation_id, Organisation.id == organisation_id))


def recipients(session: Session, one: Kept) -> list[Recipient]:
    """The owners, whether or not they want other mail; without any, whoever began it."""
    owners = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == one.organisation_id, Membership.role == Role.OWNER)
        .order_by(User.email)
    )
    people = session.scalars(owners).all() or [session.get_one(User, _begun_by(session, one))]
    return [Recipient(user.id, user.email, user.language, user.disabled_at is None) for user in people]


def note_warned(session: Session, one: Kept, person: Recipient, *, at: datetime) -> None:
    """Note it in the transaction that posts the mail. An earlier notice of the same is forgotten."""
    days = FIRST_WARNING if one.step is Step.WARN else LAST_WARNING
    same = and_(Reminder.user_id == person.user_id, Reminder.subject_id == one.subject, Reminder.days == days)
    session.execute(delete(Reminder).where(same).execution_options(synchronize_session=False))
    session.execute(
        insert(Reminder).values(user_id=person.user_id, subject_id=one.subject, due_on=one.day, days=days, sent_at=at)
    )


def held_notices(session: Session, today: date) -> list[UUID]:
    """Warned of, and then taken up by a government: announced anew once it is decided."""
    held = session.scalars(select(Submission.id).where(Submission.erased_at.is_(None), _held(today)))
    return sorted({uuid5(submission_id, _APART) for submission_id in held} & set(_notices(session)))


def forget_notice(session: Session, subject: UUID) -> None:
    gone = delete(Reminder).where(Reminder.subject_id == subject)
    session.execute(gone.execution_options(synchronize_session=False))


def carry_out(session: Session, one: Kept, *, at: datetime) -> None:
    """Delete it, with one event."""
    if one.kind == "submission":
        erasure.erase_submission(session, one.id, at=at, by_rule=True)
    else:
        drafts.delete_draft(session, session.get_one(Assessment, one.id), by=None, at=at)
    forget_notice(session, one.subject)


def _kept(session: Session, terms: Terms, today: date, wanted: tuple[Wanted, Wanted]) -> list[Kept]:
    told = _notices(session)
    found = [*_drafts(session, terms, wanted[0]), *_submissions(session, terms, today, wanted[1])]
    kept = []
    for kind, subject_id, company, name, reference, rule_day in found:
        step, day = next_step(rule_day, told.get(uuid5(subject_id, _APART)), today)
        kept.append(Kept(kind, subject_id, company, name, reference, step, day))
    return sorted(kept, key=lambda one: (one.day, one.reference, one.id))


def _near(terms: Terms, today: date, only: UUID | None) -> tuple[Wanted, Wanted]:
    """The worker asks at every bell: what is younger than the shortest term is not looked at. Wide by a month."""
    latest = today + timedelta(days=FIRST_WARNING + 31)
    begun = datetime.combine(months_after(latest, -terms.drafts), time.max, UTC)
    ended = months_after(latest, -min(terms.submissions, *terms.countries.values(), terms.submissions))
    drafts_near, submissions_near = Assessment.created_at <= begun, Submission.valid_until <= ended
    if only is None:
        return drafts_near, submissions_near
    return and_(drafts_near, Assessment.id == only), and_(submissions_near, Submission.id == only)


def _drafts(session: Session, terms: Terms, wanted: Wanted) -> Iterator[Found]:
    """Assessments of which no signed version is kept. An action that goes on keeps the one it came from."""
    signed = exists().where(Submission.assessment_id == Assessment.id, Submission.erased_at.is_(None))
    ever_signed = exists().where(Submission.assessment_id == Assessment.id)
    holds = or_(*(exists().where(model.assessment_id == Assessment.id) for model, _ in _WORK))
    going_on = exists().where(CorrectiveAction.assessment_id == Assessment.id, CorrectiveAction.status.in_(_GOING_ON))
    latest = [
        select(func.max(moment)).where(model.assessment_id == Assessment.id).scalar_subquery()
        for model, moment in _WORK
    ]
    rows = session.execute(
        select(Assessment.id, Organisation.id, Organisation.name, Assessment.questionnaire)
        .add_columns(Assessment.created_at, *latest)
        .join(Organisation, Organisation.id == Assessment.organisation_id)
        .where(wanted, Organisation.erased_at.is_(None), ~signed, ~going_on, or_(~ever_signed, holds))
    )
    for assessment_id, company, name, questionnaire, *moments in rows:
        last_worked = max(moment for moment in moments if moment is not None).date()
        yield "assessment", assessment_id, company, name, questionnaire, terms.draft_due(last_worked)


def _submissions(session: Session, terms: Terms, today: date, wanted: Wanted) -> Iterator[Found]:
    rows = session.execute(
        select(Submission.id, Organisation.id, Organisation.name, Submission.reference)
        .add_columns(Submission.valid_until, Organisation.country)
        .join(Organisation, Organisation.id == Submission.organisation_id)
        .where(wanted, Submission.erased_at.is_(None), ~_held(today))
    )
    for submission_id, company, name, reference, valid_until, country in rows:
        yield "submission", submission_id, company, name, reference, terms.submission_due(valid_until, country)


def _held(today: date) -> ColumnElement[bool]:
    """A government that may read it has not decided yet: nothing is deleted under its eyes."""
    return exists().where(
        Share.submission_id == Submission.id,
        Share.revoked_at.is_(None),
        Share.expired_at.is_(None),
        or_(Share.until.is_(None), Share.until >= today),
        Review.submission_id == Share.submission_id,
        Review.government_id == Share.government_id,
        Review.state == ReviewState.WAITING,
    )


def _notices(session: Session) -> dict[UUID, Notice]:
    """By subject. The first notice sets the day: who became an owner later moves nothing."""
    first: dict[UUID, date] = {}
    again: dict[UUID, date] = {}
    rows = select(Reminder.subject_id, Reminder.days, Reminder.due_on, Reminder.sent_at)
    for subject, days, due_on, sent_at in session.execute(rows.order_by(Reminder.sent_at)):
        if days == FIRST_WARNING:
            first[subject] = due_on
            again.pop(subject, None)
        elif days == LAST_WARNING:
            again.setdefault(subject, sent_at.date())
    return {subject: Notice(day, again.get(subject)) for subject, day in first.items()}


def _begun_by(session: Session, one: Kept) -> UUID:
    if one.kind == "submission":
        return session.get_one(Submission, one.id).submitted_by_id
    return session.get_one(Assessment, one.id).created_by_id
