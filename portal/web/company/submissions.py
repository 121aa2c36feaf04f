"""What was submitted: the receipt, its report and bundle, and who may read it."""

from __future__ import annotations

import json
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import corrections, reads, receipts, shares
from portal.services.organisations import absorbed_names
from portal.services.submissions import list_submissions as submissions_of
from portal.web import current, downloads
from portal.web.company.blueprint import bp, own_submission_or_404
from portal.web.languages import in_words_of_reader
from portal.web.typed import Mistyped, clean, day


@bp.get("/submissions")
def list_submissions() -> ResponseReturnValue:
    submissions = submissions_of(current.session(), current.principal())
    return render_template(
        "company/submissions.html",
        submissions=submissions,
        questionnaires=list({one.questionnaire.partition("@")[0]: one.questionnaire for one in submissions}.values()),
        absorbed=absorbed_names(current.session(), current.principal()),
    )


@bp.get("/submissions/<uuid:submission_id>")
def show_submission(submission_id: UUID) -> ResponseReturnValue:
    return _page(submission_id, "", 200)


@bp.get("/submissions/<uuid:submission_id>/report.pdf")
def download_report(submission_id: UUID) -> ResponseReturnValue:
    return downloads.report(own_submission_or_404(submission_id))


@bp.post("/submissions/<uuid:submission_id>/report")
def order_report(submission_id: UUID) -> ResponseReturnValue:
    return downloads.order_report(own_submission_or_404(submission_id))


@bp.get("/submissions/<uuid:submission_id>/bundle.json")
def download_bundle(submission_id: UUID) -> ResponseReturnValue:
    return downloads.bundle(own_submission_or_404(submission_id))


@bp.get("/submissions/<uuid:submission_id>/proof.json")
def download_proof(submission_id: UUID) -> ResponseReturnValue:
    """What shows to anybody that the submission stands in the signed log; 404 until it is signed."""
    submission = own_submission_or_404(submission_id)
    entry = receipts.entry_of(current.session(), submission_id)
    proof = receipts.proof_of(current.session(), entry) if entry else None
    if proof is None:
        abort(404)
    content = json.dumps(proof, indent=1, ensure_ascii=False).encode()
    return downloads.attachment(content, f"{submission.reference}.proof.json", "application/json")


@bp.post("/submissions/<uuid:submission_id>/shares")
def share_submission(submission_id: UUID) -> ResponseReturnValue:
    submission = own_submission_or_404(submission_id)
    try:
        until = day(request.form.get("until", ""))
        if until and until <= current.now().date():
            raise Mistyped(_("The last day must lie in the future. Leave it empty for no end."))
        government = UUID(request.form.get("government", ""))
        shares.share_submission(
            current.session(),
            current.principal(),
            submission,
            government,
            until=until,
            at=current.now(),
            scope=_scope(),
        )
    except Mistyped as error:
        return _page(submission_id, str(error), 422)
    except (ValueError, LookupError):
        return _page(submission_id, _("Choose the government from the list."), 422)
    except shares.AlreadyShared:
        return _page(submission_id, _("This government can read it already."), 409)
    flash(_("The submission has been shared."))
    return redirect(url_for(".show_submission", submission_id=submission_id))


@bp.post("/submissions/<uuid:submission_id>/shares/<uuid:share_id>/revoke")
def revoke_share(submission_id: UUID, share_id: UUID) -> ResponseReturnValue:
    own_submission_or_404(submission_id)
    if not shares.revoke_share(current.session(), current.principal(), share_id, at=current.now()):
        abort(404)
    flash(_("The share has ended. That government can no longer open the submission here."))
    return redirect(url_for(".show_submission", submission_id=submission_id))


@bp.post("/submissions/<uuid:submission_id>/correction")
def correct_submission(submission_id: UUID) -> ResponseReturnValue:
    submission = own_submission_or_404(submission_id)
    try:
        assessment = corrections.correct_submission(
            current.session(), current.principal(), submission, at=current.now()
        )
    except corrections.NotNewest:
        return _page(submission_id, _("There is a newer version. Correct that one."), 409)
    flash(_("The answers are open again. Change what has to change, then have the new version signed."))
    return redirect(url_for(".show_assessment", assessment_id=assessment.id))


@bp.post("/submissions/<uuid:submission_id>/withdrawal")
def withdraw_submission(submission_id: UUID) -> ResponseReturnValue:
    submission = own_submission_or_404(submission_id)
    try:
        reason = clean(request.form.get("reason", ""), longest=1000)
        corrections.withdraw_submission(current.session(), current.principal(), submission, reason, at=current.now())
    except Mistyped as error:
        return _page(submission_id, str(error), 422)
    except corrections.AlreadyWithdrawn:
        return _page(submission_id, _("This version was withdrawn before."), 409)
    flash(_("Withdrawn. No government can open this version any more."))
    return redirect(url_for(".show_submission", submission_id=submission_id))


def _scope() -> str:
    wanted = request.form.get("scope", shares.ALL)
    return wanted if wanted in shares.SCOPES else shares.ALL


def _page(submission_id: UUID, error: str, status: int) -> ResponseReturnValue:
    submission = own_submission_or_404(submission_id)
    lines = shares.share_lines(current.session(), current.principal(), submission)
    shared = {line.government for line in lines if line.is_open(current.now().date())}
    others = [item for item in shares.list_governments(current.session()) if item.name not in shared]
    page = render_template(
        "company/submission.html",
        submission=submission,
        questionnaire=in_words_of_reader(current.questionnaire(submission.questionnaire)),
        shares=lines,
        governments=others,
        entry=receipts.entry_of(current.session(), submission_id),
        reads=reads.read_lines(current.session(), current.principal(), submission_id),
        errors=[error] if error else [],
        typed=request.form,
    )
    return page, status
