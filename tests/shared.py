"""Submissions shared with governments, for tests of queues, reviews and jobs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, Organisation, OrganisationKind, Review, ReviewState, Share, Submission
from portal.services import reviews
from tests import builders
from tests.builders import Person, World

#: Columns of a submission that a copy of it may not share.
OWN = {"id", "organisation_id", "assessment_id", "reference", "digest", "idempotency_key"}


def share_one(
    session: Session,
    world: World,
    catalogue: Catalogue,
    *,
    at: datetime,
    until: date | None = None,
    reader: Person | None = None,
    **more: Any,
) -> Submission:
    """Company A's submission, made by the services, which government X (or the reader's) may read."""
    assessment = builders.make_assessment(session, world.owner, catalogue, at=at, **more)
    government = (reader or world.reviewer).principal.organisation
    return builders.submit(session, world.owner, assessment, catalogue, at=at, governments={government: until})


def share_copy(
    session: Session, original: Submission, reader: Person, name: str, *, local_name: str = "", **changes: Any
) -> Submission:
    """The same submission of another company, with other values in some columns: for long and mixed queues."""
    company = builders.make_organisation(
        session, name, OrganisationKind.COMPANY, country="TH", at=original.submitted_at, local_name=local_name
    )
    assessment = _copy_assessment(session, original, company)
    number = uuid4().hex
    own = {"reference": f"DDP-TH-2026-{number[:6].upper()}", "digest": f"sha256:{number}", "idempotency_key": number}
    columns = {column.name for column in Submission.__table__.columns} - OWN
    copied = {name: getattr(original, name) for name in columns}
    submission = Submission(
        id=uuid4(), organisation_id=company.id, assessment_id=assessment.id, **copied | own | changes
    )
    session.add(submission)
    session.flush()
    where = {"submission_id": submission.id, "government_id": reader.principal.organisation}
    at = submission.submitted_at
    session.add(Share(granted_by_id=original.submitted_by_id, granted_at=at, **where))
    session.add(Review(opened_at=at, **where))
    session.flush()
    return submission


def _copy_assessment(session: Session, original: Submission, company: Organisation) -> Assessment:
    model = session.get_one(Assessment, original.assessment_id)
    assessment = Assessment(
        organisation_id=company.id,
        questionnaire=model.questionnaire,
        period_start=model.period_start,
        period_end=model.period_end,
        status=model.status,
        created_by_id=model.created_by_id,
        created_at=model.created_at,
    )
    session.add(assessment)
    session.flush()
    return assessment


def approve(session: Session, reviewer: Person, submission: Submission, *, at: datetime) -> None:
    """The decision of a government on what is shared with it."""
    review = reviews.find_review(session, reviewer.principal, submission.id, at=at)
    assert review is not None
    reviews.decide_review(
        session,
        reviewer.principal,
        review,
        state=ReviewState.ACCEPTED,
        reason="Complete and plausible for what was asked.",
        version=review.version,
        at=at,
    )
