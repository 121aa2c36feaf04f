"""The government area, and the way to what is shared with this government now."""

from uuid import UUID

from flask import Blueprint, abort

from portal.models import Review, Submission
from portal.services.reviews import find_review
from portal.services.submissions import find_submission
from portal.web import current
from portal.web.government import looks

bp = Blueprint("government", __name__, url_prefix="/government")
bp.after_request(looks.note_read)


def shared_submission_or_404(submission_id: UUID) -> Submission:
    """A submission shared with this government at this moment; that it was opened is noted.

    Foreign, revoked, expired and unknown ids get the same answer.
    """
    found = find_submission(current.session(), current.principal(), submission_id, at=current.now())
    if found is None:
        looks.log_refused(submission_id)
        abort(404)
    looks.opened(found)
    return found


def own_review_or_404(submission_id: UUID) -> Review:
    found = find_review(current.session(), current.principal(), submission_id, at=current.now())
    return found or abort(404)
