"""The files of one answer on its own page: versions, use of files attached elsewhere, details and preview."""

from __future__ import annotations

from contextlib import closing
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.lifecycle import is_editable
from portal.domain.questionnaire import Question
from portal.models import Evidence, ScanState
from portal.services import attached, evidence
from portal.services.assessments import NotEditable
from portal.storage import StoredFileDamaged
from portal.storage.inspection import RefusedFile
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.evidence import chunks_of, file_store, quota_words, refusal_words
from portal.web.company.progress import Progress, progress_of
from portal.web.downloads import picture


def files_panel(progress: Progress, question: Question) -> str:
    """What is attached to the question, with who and when and what was there before."""
    if question.evidence_exempt:
        return ""
    session, principal = current.session(), current.principal()
    return render_template(
        "company/evidence_panel.html",
        assessment=progress.assessment,
        question=question,
        files=attached.files_of_answer(session, principal, progress.assessment, question.id),
        editable=is_editable(progress.assessment.status),
        scanning=bool(current.settings().clamd),
    )


@bp.get("/evidence/<uuid:evidence_id>/details")
def show_evidence(evidence_id: UUID) -> ResponseReturnValue:
    return _details(own_evidence_or_404(evidence_id), "", 200)


@bp.get("/evidence/<uuid:evidence_id>/preview.jpg")
def download_preview(evidence_id: UUID) -> ResponseReturnValue:
    """The picture drawn anew from the file; never the file itself."""
    found = own_evidence_or_404(evidence_id)
    if not found.preview_sha256 or found.scan is ScanState.INFECTED:
        return redirect(url_for(".show_evidence", evidence_id=evidence_id))  # which says why there is none
    try:
        return picture(file_store().read(found.preview_sha256))
    except StoredFileDamaged:
        abort(404)


@bp.post("/evidence/<uuid:evidence_id>/removal")
def remove_evidence(evidence_id: UUID) -> ResponseReturnValue:
    found = own_evidence_or_404(evidence_id)
    assessment = own_assessment_or_404(found.assessment_id)
    session, principal = current.session(), current.principal()
    try:
        gone = evidence.remove_evidence(
            session, principal, assessment, evidence_id, questions=[found.question_id], at=current.now()
        )
    except NotEditable:
        return _details(found, _closed(), 409)
    if not gone:
        return _details(found, _("The file has been removed or replaced already."), 409)
    flash(_("The file has been removed."))
    return redirect(_question_address(found))


@bp.post("/evidence/<uuid:evidence_id>/versions")
def replace_evidence(evidence_id: UUID) -> ResponseReturnValue:
    """Take a new version of a file; the earlier one stays listed."""
    found = own_evidence_or_404(evidence_id)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _details(found, _("Choose the new version on your device first."), 422)
    limit = current.settings().upload_limit
    current.release_lock()
    try:
        with closing(sent):
            file = evidence.receive_file(file_store(), chunks_of(sent), sent.filename, limit=limit)
        assessment = own_assessment_or_404(found.assessment_id)
        evidence.attach_evidence(
            current.session(),
            assessment,
            found.question_id,
            file,
            by=current.actor(),
            at=current.now(),
            replaces=evidence_id,
        )
    except RefusedFile as refusal:
        return _details(found, refusal_words(refusal.code), 422)
    except evidence.QuotaReached:
        return _details(found, quota_words(), 422)
    except evidence.AlreadyAttached:
        return _details(found, _("This very file is attached already. Choose the new version."), 422)
    except LookupError:
        return _details(found, _("The file has been removed or replaced already."), 409)
    except NotEditable:
        return _details(found, _closed(), 409)
    flash(_("The new version has been attached. The earlier one stays listed."))
    return redirect(_question_address(found))


@bp.get("/assessments/<uuid:assessment_id>/questions/<question_id>/files")
def choose_file(assessment_id: UUID, question_id: str) -> ResponseReturnValue:
    return _choice(*_asked_or_404(assessment_id, question_id), "", 200)


@bp.post("/assessments/<uuid:assessment_id>/questions/<question_id>/files")
def reuse_file(assessment_id: UUID, question_id: str) -> ResponseReturnValue:
    """Attach files that are attached elsewhere; one that is not the company's own answers like one unknown."""
    progress, question = _asked_or_404(assessment_id, question_id)
    chosen = request.form.getlist("file")
    if not chosen:
        return _choice(progress, question, _("Choose at least one file."), 422)
    try:
        for text in chosen:
            known = attached.reuse_file(
                current.session(),
                current.principal(),
                current.catalogue(),
                progress.assessment,
                question.id,
                UUID(text),
                at=current.now(),
            )
            if not known:
                abort(404)
    except ValueError:
        abort(400)
    except evidence.QuotaReached:
        return _choice(progress, question, quota_words(), 422)
    except attached.Infected:
        return _choice(progress, question, _("The virus scanner found something in this file."), 422)
    except NotEditable:
        return _choice(progress, question, _closed(), 409)
    flash(_("The files have been attached to this question too."))
    return redirect(_address(assessment_id, question.id))


def own_evidence_or_404(evidence_id: UUID) -> Evidence:
    found = evidence.find_evidence(current.session(), current.principal(), current.catalogue(), evidence_id)
    return found or abort(404)


def _asked_or_404(assessment_id: UUID, question_id: str) -> tuple[Progress, Question]:
    progress = progress_of(own_assessment_or_404(assessment_id))
    question = next((one for one in progress.asked if one.id == question_id and not one.evidence_exempt), None)
    return progress, question or abort(404)


def _details(file: Evidence, error: str, status: int) -> ResponseReturnValue:
    assessment = own_assessment_or_404(file.assessment_id)
    questionnaire = current.questionnaire(assessment.questionnaire)
    page = render_template(
        "company/evidence.html",
        one=attached.file_with_history(current.session(), current.principal(), file),
        assessment=assessment,
        question=questionnaire.by_id.get(file.question_id),
        back=_question_address(file),
        editable=is_editable(assessment.status) and file.removed_at is None,
        scanning=bool(current.settings().clamd),
        megabytes=current.settings().upload_limit // (1024 * 1024),
        errors=[("file", error)] if error else [],
    )
    return page, status


def _choice(progress: Progress, question: Question, error: str, status: int) -> ResponseReturnValue:
    session, principal = current.session(), current.principal()
    found = attached.reusable_files(session, principal, current.catalogue(), progress.assessment, question.id)
    page = render_template(
        "company/evidence_choice.html",
        assessment=progress.assessment,
        question=question,
        here=[file for file in found if file.assessment_id == progress.assessment.id],
        before=[file for file in found if file.assessment_id != progress.assessment.id],
        editable=is_editable(progress.assessment.status),
        errors=[("file", error)] if error else [],
    )
    return page, status


def _question_address(file: Evidence) -> str:
    return _address(file.assessment_id, file.question_id)


def _address(assessment_id: UUID, question_id: str) -> str:
    return url_for(".edit_question", assessment_id=assessment_id, question_id=question_id, _anchor="files")


def _closed() -> str:
    return _("This assessment has been submitted; its answers can no longer change.")
