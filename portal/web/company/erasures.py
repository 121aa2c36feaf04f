"""Have a submission or the whole company erased: one person asks, another approves, then it is gone."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import approvals, drafts
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404, own_submission_or_404
from portal.web.languages import in_words_of_reader


@bp.get("/erasures")
def list_erasures() -> ResponseReturnValue:
    return _page("", 200)


@bp.post("/erasures")
def ask_company_erasure() -> ResponseReturnValue:
    typed = " ".join(request.form.get("name", "").split())
    if typed.casefold() != " ".join(current.principal().organisation_name.split()).casefold():
        return _page(_("Type the name of your company exactly as it is written above."), 422)
    return _ask(approvals.ERASE_ORGANISATION, current.principal().organisation)


@bp.get("/submissions/<uuid:submission_id>/erasure")
def show_submission_erasure(submission_id: UUID) -> ResponseReturnValue:
    return render_template("company/submission_erasure.html", submission=own_submission_or_404(submission_id))


@bp.post("/submissions/<uuid:submission_id>/erasure")
def ask_submission_erasure(submission_id: UUID) -> ResponseReturnValue:
    return _ask(approvals.ERASE_SUBMISSION, own_submission_or_404(submission_id).id)


@bp.get("/assessments/<uuid:assessment_id>/erasure")
def show_draft_erasure(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    questionnaire = in_words_of_reader(current.questionnaire(assessment.questionnaire))
    return render_template("company/draft_erasure.html", assessment=assessment, questionnaire=questionnaire)


@bp.post("/assessments/<uuid:assessment_id>/erasure")
def erase_draft(assessment_id: UUID) -> ResponseReturnValue:
    """At once and for good: nobody but the company ever saw a draft."""
    assessment = own_assessment_or_404(assessment_id)
    try:
        drafts.delete_draft(current.session(), assessment, by=current.actor(), at=current.now())
    except drafts.HasSubmissions:
        flash(_("It was submitted. Withdraw or erase the submission from its page."), "error")
        return redirect(url_for(".show_assessment", assessment_id=assessment_id))
    flash(_("The draft has been erased. Its files follow within the hour."))
    return redirect(url_for(".show_data"))


@bp.post("/erasures/<uuid:approval_id>/approval")
def approve_erasure(approval_id: UUID) -> ResponseReturnValue:
    try:
        approvals.approve(current.session(), current.principal(), approval_id, at=current.now())
    except LookupError:
        abort(404)
    except approvals.SamePerson:
        return _page(_("You asked for it yourself. Somebody else has to approve it."), 422)
    flash(_("Approved. It is being erased now; that takes a few minutes."))
    return redirect(url_for(".list_erasures"))


@bp.post("/erasures/<uuid:approval_id>/withdrawal")
def withdraw_erasure(approval_id: UUID) -> ResponseReturnValue:
    try:
        approvals.withdraw(current.session(), current.principal(), approval_id, at=current.now())
    except LookupError:
        abort(404)
    flash(_("The request has been taken back. Nothing is erased."))
    return redirect(url_for(".list_erasures"))


def _ask(kind: str, subject_id: UUID) -> ResponseReturnValue:
    try:
        approvals.ask(current.session(), current.principal(), kind, subject_id, at=current.now())
    except approvals.AskedAlready:
        return _page(_("This was asked for already and waits for its approval."), 409)
    flash(_("Asked. Nothing is erased until another person approves it."))
    return redirect(url_for(".list_erasures"))


def _page(error: str, status: int) -> ResponseReturnValue:
    lines = approvals.open_erasures(current.session(), current.principal(), at=current.now())
    typed = request.form.get("name", "")
    return render_template("company/erasures.html", lines=lines, error=error, typed=typed), status
