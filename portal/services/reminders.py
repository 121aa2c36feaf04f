"""Who is to be reminded of what today: assessments to be signed, work in hand, and corrective actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.deadlines import STEPS, step_of
from portal.domain.lifecycle import AssessmentStatus
from portal.domain.questionnaire import Catalogue
from portal.models import (
    ActionStatus,
    Assessment,
    Assignment,
    CorrectiveAction,
    Membership,
    Organisation,
    Reminder,
    Role,
    User,
)
from portal.services.assessments import answered_questions
from portal.services.profiles import stored_values

OPEN = (AssessmentStatus.DRAFT, AssessmentStatus.RETURNED)
GOING_ON = (ActionStatus.PLANNED, ActionStatus.STARTED)


@dataclass(frozen=True, slots=True)
class Missing:
    """How many questions of a section have no answer, and who holds it."""

    section: str
    count: int
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder to one person. `kind` is assessment, assignment or action."""

    kind: str
    user_id: UUID
    email: str
    language: str
    subject_id: UUID
    assessment_id: UUID | None
    organisation: str
    due_on: date
    step: int
    missing: tuple[Missing, ...] = ()


def due_reminders(session: Session, catalogue: Catalogue, today: date) -> list[Due]:
    """Everything that is due today and was not sent yet."""
    sent = {
        tuple(row)
        for row in session.execute(select(Reminder.user_id, Reminder.subject_id, Reminder.due_on, Reminder.days))
    }
    found = [
        *_of_assessments(session, catalogue, today),
        *_of_assignments(session, today),
        *_of_actions(session, today),
    ]
    return [one for one in found if (one.user_id, one.subject_id, one.due_on, one.step) not in sent]


def note_sent(session: Session, due: Due, *, at: datetime) -> bool:
    """Note it in the transaction that posts the mail; False if another worker was faster."""
    key = {"user_id": due.user_id, "subject_id": due.subject_id, "due_on": due.due_on, "days": due.step}
    try:
        with session.begin_nested():
            session.execute(insert(Reminder).values(**key, sent_at=at))
    except IntegrityError:
        return False
    return True


def _wanted(statement: Any, today: date, due_on: Any) -> Any:
    """Of people who want reminders and can sign in, about days that are near."""
    latest = today + timedelta(days=max(STEPS))
    return statement.where(
        User.reminders_off_at.is_(None), User.disabled_at.is_(None), due_on >= today, due_on <= latest
    )


def _of_assessments(session: Session, catalogue: Catalogue, today: date) -> Iterator[Due]:
    near = select(Assessment).where(Assessment.status.in_(OPEN), Assessment.due_on >= today)
    for assessment in session.scalars(near):
        step = step_of(assessment.due_on, today) if assessment.due_on else None
        if step is None or assessment.due_on is None or assessment.questionnaire not in catalogue.questionnaires:
            continue
        missing, held = _missing(session, catalogue, assessment)
        company = session.get_one(Organisation, assessment.organisation_id)
        for row in session.execute(_people_of(assessment, today)):
            own = (
                missing
                if row.role is Role.OWNER
                else tuple(one for section, one in zip(held, missing, strict=True) if row.id in section)
            )
            if row.role is Role.OWNER or own:
                yield Due(
                    "assessment", row.id, row.email, row.language, assessment.id, assessment.id,
                    company.name, assessment.due_on, step, own,
                )  # fmt: skip


def _people_of(assessment: Assessment, today: date) -> Any:
    """Owners, and everybody who still holds something of it."""
    holds = select(Assignment.membership_id).where(
        Assignment.assessment_id == assessment.id, Assignment.handed_back_at.is_(None)
    )
    people = (
        select(User.id, User.email, User.language, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .join(Assessment, Assessment.id == assessment.id)
        .where(Membership.organisation_id == assessment.organisation_id)
        .where((Membership.role == Role.OWNER) | Membership.id.in_(holds))
        .order_by(User.email)
    )
    return _wanted(people, today, Assessment.due_on)


def _missing(
    session: Session, catalogue: Catalogue, assessment: Assessment
) -> tuple[tuple[Missing, ...], list[set[UUID]]]:
    """The sections with open questions, and for each the people who hold it or a question of it."""
    questionnaire = catalogue.questionnaires[assessment.questionnaire]
    profile = catalogue.profiles[questionnaire.profile]
    asked = applicable_questions(
        questionnaire, rule_values(profile, stored_values(session, assessment.organisation_id))
    )
    answered = answered_questions(session, [assessment]).get(assessment.id, set())
    holders = session.execute(
        select(Assignment.section_id, User.id, User.name)
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(Assignment.assessment_id == assessment.id, Assignment.handed_back_at.is_(None))
        .order_by(User.name)
    ).all()
    missing, held = [], []
    for section in questionnaire.sections:
        count = sum(question.id in asked and question.id not in answered for question in section.questions)
        if count:
            own = [row for row in holders if row.section_id == section.id]
            missing.append(Missing(section.title, count, tuple(dict.fromkeys(row.name for row in own))))
            held.append({row.id for row in own})
    return tuple(missing), held


def _of_assignments(session: Session, today: date) -> Iterator[Due]:
    rows = (
        select(User.id, User.email, User.language, Assignment.id.label("subject"), Assignment.due_on)
        .add_columns(Assignment.assessment_id, Organisation.name)
        .join(Membership, Membership.user_id == User.id)
        .join(Assignment, Assignment.membership_id == Membership.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(Assessment, Assessment.id == Assignment.assessment_id)
        .where(Assignment.handed_back_at.is_(None), Assessment.status.in_(OPEN))
    )
    for row in session.execute(_wanted(rows, today, Assignment.due_on)):
        step = step_of(row.due_on, today)
        if step is not None:
            person = (row.id, row.email, row.language)
            yield Due("assignment", *person, row.subject, row.assessment_id, row.name, row.due_on, step)


def _of_actions(session: Session, today: date) -> Iterator[Due]:
    rows = (
        select(User.id, User.email, User.language, CorrectiveAction.id.label("subject"), CorrectiveAction.due_on)
        .add_columns(Organisation.name)
        .join(CorrectiveAction, CorrectiveAction.owner_id == User.id)
        .join(Organisation, Organisation.id == CorrectiveAction.organisation_id)
        .where(CorrectiveAction.status.in_(GOING_ON))
    )
    for row in session.execute(_wanted(rows, today, CorrectiveAction.due_on)):
        step = step_of(row.due_on, today)
        if step is not None:
            yield Due("action", row.id, row.email, row.language, row.subject, None, row.name, row.due_on, step)
