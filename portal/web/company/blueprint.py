"""The company area, and the way to one's own rows."""

from uuid import UUID

from flask import Blueprint, abort

from portal.models import Assessment, Submission
from portal.services.assessments import find_assessment
from portal.services.submissions import find_submission
from portal.web import current

bp = Blueprint("company", __name__, url_prefix="/company")


def own_assessment_or_404(assessment_id: UUID) -> Assessment:
    """The company's own assessment; a foreign id and an unknown one get the same answer."""
    return find_assessment(current.session(), current.principal(), assessment_id) or abort(404)


def own_submission_or_404(submission_id: UUID) -> Submission:
    found = find_submission(current.session(), current.principal(), submission_id, at=current.now())
    return found or abort(404)
