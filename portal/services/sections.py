"""What of an assessment a person sees who is shown only what was given to them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.groups import NARROWED
from portal.domain.assigned import Work
from portal.domain.questionnaire import Questionnaire
from portal.models import Assignment


def own_work(session: Session, principal: Principal, assessment_id: UUID) -> Work | None:
    """What was given to this person; None for those in a company who see all of it."""
    if principal.role not in NARROWED:
        return None
    mine = visible(principal, Assignment).where(Assignment.assessment_id == assessment_id)
    work = Work()
    for section_id, question_id in session.execute(
        mine.with_only_columns(Assignment.section_id, Assignment.question_id)
    ):
        work = work.adding(section_id, question_id)
    return work


def all_own_work(session: Session, principal: Principal) -> dict[UUID, Work] | None:
    """Assessment -> what was given to this person; None for those in a company who see all of it."""
    if principal.role not in NARROWED:
        return None
    found: dict[UUID, Work] = {}
    columns = (Assignment.assessment_id, Assignment.section_id, Assignment.question_id)
    for assessment_id, section_id, question_id in session.execute(
        visible(principal, Assignment).with_only_columns(*columns)
    ):
        found[assessment_id] = found.get(assessment_id, Work()).adding(section_id, question_id)
    return found


def works_on(
    session: Session, principal: Principal, assessment_id: UUID, questionnaire: Questionnaire, question_id: str
) -> bool:
    """Whether the question is one that this person may see."""
    work = own_work(session, principal, assessment_id)
    section = questionnaire.section_of.get(question_id)
    return work is None or (section is not None and work.covers(section.id, question_id))


def take_all_back(session: Session, memberships: Collection[UUID]) -> None:
    """Forget all that was given to these members: they leave, or their role changes. The caller records it."""
    _delete = delete(Assignment).where(Assignment.membership_id.in_(memberships))
    session.execute(_delete.execution_options(synchronize_session=False))
