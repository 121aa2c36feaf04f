"""An assessment as far as saving an answer must know it. Nothing is asked for more often: people save as they type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.stand_ins import ids_of, stand_in
from portal.domain.lifecycle import AssessmentStatus
from portal.models import Assessment


@dataclass(frozen=True, slots=True)
class Target:
    id: UUID
    organisation_id: UUID
    questionnaire: str
    status: AssessmentStatus


def find_target(session: Session, principal: Principal, assessment_id: UUID) -> Target | None:
    """Of the company's own assessments, those `find_assessment` finds, without the ORM.

    Raises ValueError for people outside companies, who save no answers.
    """
    parameters = {"assessment": assessment_id, **ids_of(principal)}
    row = session.connection().execute(_target_of(stand_in(principal)), parameters).first()
    return Target(*row) if row else None


@cache
def _target_of(somebody: Principal) -> Select[Any]:
    columns = (Assessment.id, Assessment.organisation_id, Assessment.questionnaire, Assessment.status)
    found: Select[Any] = visible(somebody, Assessment).where(Assessment.id == bindparam("assessment"))
    return found.with_only_columns(*columns)  # type: ignore[return-value]
