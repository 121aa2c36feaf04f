"""What a company last submitted under a version, to see what another version would make of it. Reads only."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Submission


def newest_submissions(session: Session, questionnaire: str) -> list[tuple[str, str]]:
    """Return (reference, bundle as JSON) of the newest submission of each company, in the order of their names."""
    chosen = (
        select(Submission.organisation_id, Submission.reference, Submission.bundle)
        .where(Submission.questionnaire == questionnaire)
        .order_by(Submission.submitted_at, Submission.version, Submission.id)
    )
    newest = {company: (reference, bundle) for company, reference, bundle in session.execute(chosen)}
    return sorted(newest.values())
