"""What a company said to the same questionnaire the last time, and the confirmation of it for this time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.carrying import EarlierAnswer
from portal.domain.prefill import Given
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.models import AnswerRow, Assessment
from portal.services.assessments import SavedAnswer, StaleAnswer, save_answer, saved_answers


@dataclass(frozen=True, slots=True)
class Before:
    """The assessment before this one, with its answers."""

    assessment: Assessment
    questionnaire: Questionnaire
    saved: Mapping[str, SavedAnswer]
    given: tuple[Given, ...]


def assessment_before(
    session: Session, principal: Principal, assessment: Assessment, catalogue: Catalogue
) -> Assessment | None:
    """The latest assessment of an earlier period with any version of the same questionnaire."""
    slug = catalogue.questionnaires[assessment.questionnaire].slug
    versions = sorted(one.reference for one in catalogue.questionnaires.values() if one.slug == slug)
    found: Assessment | None = session.scalar(
        visible(principal, Assessment)
        .where(
            Assessment.organisation_id == assessment.organisation_id,
            Assessment.questionnaire.in_(versions),
            Assessment.period_start < assessment.period_start,
        )
        .order_by(Assessment.period_start.desc(), Assessment.created_at.desc())
        .limit(1)
    )
    return found


def answers_before(session: Session, before: Assessment, catalogue: Catalogue) -> Before:
    """Its working answers: they stand as they were submitted, so drafts and submissions read alike."""
    questionnaire = catalogue.questionnaires[before.questionnaire]
    saved = saved_answers(session, before)
    dated = select(AnswerRow.question_id, AnswerRow.updated_at).where(AnswerRow.assessment_id == before.id)
    given = tuple(
        Given(questionnaire, questionnaire.by_id[key], saved[key].answer, at)
        for key, at in session.execute(dated)
        if key in questionnaire.by_id
    )
    return Before(before, questionnaire, saved, given)


def confirm_answers(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    before: Before,
    chosen: Iterable[EarlierAnswer],
    versions: Mapping[str, int],
    *,
    at: datetime,
) -> list[str]:
    """Store what a person confirmed, each on the version that stood on their page; return the ids of those answered
    by somebody else in between, which stay as they are. Raises NotEditable once submitted.

    The day a plan was first recorded comes along: a new year is no new plan.
    """
    late = []
    for item in chosen:
        key = item.question.id
        if item.answer is None:
            raise ValueError(f"nothing to store for {key}")
        plan = before.saved[key].plan_recorded_on if item.answer.value == "found_remediating" else None
        version, by = versions.get(key, 0), principal.actor
        try:
            save_answer(session, assessment, key, item.answer, version=version, by=by, at=at, plan_recorded_on=plan)
        except StaleAnswer:
            late.append(key)
    return late
