"""The decision on a submission: accept it or return it, with a reason the company reads."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.models import Review, ReviewState, Submission
from portal.services import reviews
from portal.web import current
from portal.web.government.blueprint import bp, own_review_or_404, shared_submission_or_404
from portal.web.government.forms import DecisionForm
from portal.web.government.submissions import render_submission


@bp.post("/submissions/<uuid:submission_id>/decision")
def decide_review(submission_id: UUID) -> ResponseReturnValue:
    submission, review = shared_submission_or_404(submission_id), own_review_or_404(submission_id)
    form = DecisionForm()
    if not form.validate_on_submit():
        return render_submission(submission, review, form), 422
    state = ReviewState(form.decision.data)
    try:
        reviews.decide_review(
            current.session(),
            current.principal(),
            review,
            state=state,
            reason=form.reason.data,
            version=form.seen_version,
            at=current.now(),
        )
    except reviews.AlreadyDecided:
        return _already_decided(submission, own_review_or_404(submission_id), form), 409
    if state is ReviewState.ACCEPTED:
        flash(_("You have accepted the submission. The company can read your reason."))
    else:
        flash(_("You have returned the submission. The company can read your reason and send a corrected version."))
    return redirect(url_for(".show_submission", submission_id=submission.id))


def _already_decided(submission: Submission, review: Review, form: DecisionForm) -> str:
    """What the colleague decided, beside what was typed here: nothing is lost, and nothing is overwritten."""
    decider = reviews.decider_of(current.session(), current.principal(), review, at=current.now())
    return render_template("government/decided.html", submission=submission, review=review, decider=decider, form=form)
