"""The submissions of a company that a trend is drawn from: of each period the last version that still stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.bundle import Bundle, read_bundle
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, Submission


@dataclass(frozen=True, slots=True)
class Submitted:
    """One period as it was submitted."""

    submission_id: UUID
    reference: str
    start: date
    end: date
    bundle: Bundle


def submitted_periods(session: Session, principal: Principal, slug: str, catalogue: Catalogue) -> list[Submitted]:
    """Of one's own company alone, the oldest first: what was merged into it developed on its own."""
    rows = session.execute(
        visible(principal, Submission)
        .join(Assessment, Assessment.id == Submission.assessment_id)
        .where(Submission.organisation_id == principal.organisation, Submission.withdrawn_at.is_(None))
        .where(Submission.questionnaire.in_(_versions(slug, catalogue)))
        .add_columns(Assessment.period_start, Assessment.period_end)
        .order_by(Assessment.period_start, Submission.version)
    )
    latest = {
        row.Submission.assessment_id: Submitted(
            row.Submission.id,
            row.Submission.reference,
            row.period_start,
            row.period_end,
            read_bundle(row.Submission.bundle, catalogue),
        )
        for row in rows
    }
    return list(latest.values())


def _versions(slug: str, catalogue: Catalogue) -> list[str]:
    return sorted(one.reference for one in catalogue.questionnaires.values() if one.slug == slug)
