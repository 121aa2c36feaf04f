"""The queue of what companies shared with this government, and one submission with everything in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.bundle import read_bundle
from portal.domain.scoring import score_bundle
from portal.models import Review, Submission
from portal.reports.content import ReportTooLong, report_of
from portal.reports.parts import AssessmentReport
from portal.services import shares
from portal.services.reviews import QueueLine, decider_of, review_queue
from portal.web import activities, current, downloads
from portal.web.government.blueprint import bp, own_review_or_404, shared_submission_or_404
from portal.web.government.forms import DecisionForm, QueueForm, filter_of

#: Known harm stands in this order: the worst first.
WORST_FIRST = ("open", "remediating", "unknown")
#: So many harms of one submission are named in the queue; the rest is counted.
NAMED_HARMS = 3


@dataclass(frozen=True, slots=True)
class NamedHarm:
    state: str
    words: str


@bp.get("/")
def home() -> ResponseReturnValue:
    return redirect(url_for(".list_submissions"))


@bp.get("/submissions")
def list_submissions() -> ResponseReturnValue:
    wanted = filter_of(request.args)
    queue = review_queue(current.session(), current.principal(), wanted, at=current.now())
    form = QueueForm(formdata=None, obj=wanted)
    form.offer_sectors(queue.sectors)
    narrowing = {name: value for name, value in form.data.items() if value}
    return render_template(
        "government/submissions.html",
        queue=queue,
        form=form,
        narrowing=narrowing,
        harms={line.submission_id: named_harms(line) for line in queue.lines},
        named=NAMED_HARMS,
        sector=activities.words_of,
    )


@bp.get("/submissions/<uuid:submission_id>")
def show_submission(submission_id: UUID) -> ResponseReturnValue:
    submission, review = shared_submission_or_404(submission_id), own_review_or_404(submission_id)
    return render_submission(submission, review, DecisionForm(formdata=None, version=review.version))


@bp.get("/submissions/<uuid:submission_id>/report.pdf")
def download_report(submission_id: UUID) -> ResponseReturnValue:
    return downloads.report(shared_submission_or_404(submission_id))


@bp.post("/submissions/<uuid:submission_id>/report")
def order_report(submission_id: UUID) -> ResponseReturnValue:
    return downloads.order_report(shared_submission_or_404(submission_id))


@bp.get("/submissions/<uuid:submission_id>/bundle.json")
def download_bundle(submission_id: UUID) -> ResponseReturnValue:
    return downloads.bundle(shared_submission_or_404(submission_id))


@bp.get("/submissions/<uuid:submission_id>/evidence/<question_id>/<int:number>")
def download_evidence(submission_id: UUID, question_id: str, number: int) -> ResponseReturnValue:
    submission = shared_submission_or_404(submission_id)
    if not shares.shows_evidence(current.session(), current.principal(), submission.id, at=current.now()):
        abort(404)
    return downloads.evidence_of(submission, question_id, number)


def render_submission(submission: Submission, review: Review, form: DecisionForm) -> str:
    """The page of one submission; `form` is the decision as it stands, with its errors."""
    with_evidence = shares.shows_evidence(current.session(), current.principal(), submission.id, at=current.now())
    return render_template(
        "government/submission.html",
        submission=submission,
        review=review,
        decider=decider_of(current.session(), current.principal(), review, at=current.now()),
        form=form,
        report=frozen_report(submission),
        questionnaire=current.questionnaire(submission.questionnaire),
        sector=activities.words_of,
        with_evidence=with_evidence,
        file_address=_addresses_of(submission) if with_evidence else None,
    )


def _addresses_of(submission: Submission) -> Callable[[str, int], str]:
    """Where the evidence files of a submission are downloaded, by question and number."""
    return lambda question_id, number: url_for(
        ".download_evidence", submission_id=submission.id, question_id=question_id, number=number
    )


def frozen_report(submission: Submission) -> AssessmentReport | None:
    """The same view of the answers that the PDF is made of; none where they are too long to lay out."""
    questionnaire = current.questionnaire(submission.questionnaire)
    bundle = read_bundle(submission.bundle, current.catalogue())
    try:
        return report_of(bundle, score_bundle(bundle, current.catalogue()), questionnaire, current.catalogue())
    except ReportTooLong:
        return None


def named_harms(line: QueueLine) -> list[NamedHarm]:
    """The red flags of a submission in words; a question this installation no longer has keeps its id."""
    questionnaire = current.catalogue().questionnaires.get(line.questionnaire)
    known = questionnaire.by_id if questionnaire else {}
    harms = [
        NamedHarm(state, known[question].short or known[question].ask if question in known else question)
        for question, state in line.red_flags.items()
    ]
    return sorted(harms, key=lambda harm: WORST_FIRST.index(harm.state))
