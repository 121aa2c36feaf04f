"""Answering in a spreadsheet: take it home, bring it back, see what would change, confirm."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from portal.domain.lifecycle import is_editable
from portal.models import Assessment
from portal.services import workbooks
from portal.services.assessments import NotEditable, StaleAnswer
from portal.spreadsheets.intake import LARGEST_FILE, RefusedWorkbook
from portal.storage import FileStore
from portal.storage.inspection import MEDIA_TYPES, clean_name
from portal.web import current, languages
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import progress_of
from portal.web.company.workbook_words import fault_words, refusal_words
from portal.web.downloads import attachment
from portal.web.filters import day

log = logging.getLogger(__name__)


@bp.get("/assessments/<uuid:assessment_id>/workbook")
def show_workbook(assessment_id: UUID) -> ResponseReturnValue:
    return _page(assessment_id, "", 200)


@bp.get("/assessments/<uuid:assessment_id>/workbook.xlsx")
def download_workbook(assessment_id: UUID) -> ResponseReturnValue:
    """The assessment as it stands, as a file that is made anew for each download and kept nowhere."""
    assessment = own_assessment_or_404(assessment_id)
    content = workbooks.make_workbook(
        current.session(),
        current.principal(),
        assessment,
        current.catalogue(),
        key=_key(),
        at=current.now(),
        period=f"{day(assessment.period_start)} – {day(assessment.period_end)}",
        language=languages.language().tag,
    )
    log.info("workbook of assessment %s made for user %s", assessment.id, current.actor())
    name = f"{assessment.questionnaire.replace('@', '-')}-{current.now():%Y-%m-%d}.xlsx"
    response: Response = attachment(content, name, MEDIA_TYPES["xlsx"])
    return response


@bp.post("/assessments/<uuid:assessment_id>/workbook")
def upload_workbook(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    file = request.files.get("workbook")
    if not is_editable(assessment.status):
        return _page(assessment_id, _closed_message(), 409)
    if file is None or not file.filename:
        return _page(assessment_id, _("Choose the workbook on your device first."), 422)
    try:
        upload = _read(assessment, file)
        name = clean_name(file.filename)
        again = own_assessment_or_404(assessment_id)
        workbooks.keep_upload(current.session(), current.principal(), again, upload, name=name, at=current.now())
    except RefusedWorkbook as refusal:
        return _page(assessment_id, refusal_words(refusal), 422)
    except NotEditable:
        return _page(assessment_id, _closed_message(), 409)
    return redirect(url_for(".preview_workbook", assessment_id=assessment_id))


@bp.get("/assessments/<uuid:assessment_id>/workbook/preview")
def preview_workbook(assessment_id: UUID) -> ResponseReturnValue:
    return _preview_page(own_assessment_or_404(assessment_id), 200)


@bp.post("/assessments/<uuid:assessment_id>/workbook/preview")
def confirm_workbook(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    try:
        count = workbooks.carry_out(
            current.session(),
            current.principal(),
            assessment,
            current.questionnaire(assessment.questionnaire),
            seen=request.form.get("seen", ""),
            mine=[name.removeprefix("take-") for name, which in request.form.items() if which == "workbook"],
            clear=request.form.get("clear") == "yes",
            at=current.now(),
        )
    except NotEditable:
        return _page(assessment_id, _closed_message(), 409)
    except (workbooks.ChangedSincePreview, StaleAnswer):
        current.release_lock()
        return _preview_page(own_assessment_or_404(assessment_id), 409)
    flash(ngettext("%(num)d answer has been taken over.", "%(num)d answers have been taken over.", count))
    return redirect(url_for(".show_assessment", assessment_id=assessment_id))


@bp.post("/assessments/<uuid:assessment_id>/workbook/discard")
def discard_workbook(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    workbooks.discard_upload(current.session(), current.principal(), assessment, at=current.now())
    flash(_("The upload has been discarded. Nothing was changed."))
    return redirect(url_for(".show_workbook", assessment_id=assessment_id))


def _read(assessment: Assessment, file: FileStorage) -> workbooks.Upload:
    """Read the file while no lock is held; what is needed of the assessment is taken out before."""
    questionnaire = current.questionnaire(assessment.questionnaire)
    whose = {"assessment": assessment.id, "company": assessment.organisation_id}
    current.release_lock()
    path = FileStore(current.settings().storage_folder).receive(_chunks(file))
    try:
        return workbooks.read_upload(path, file.filename or "", questionnaire, **whose, key=_key())
    finally:
        Path(path).unlink(missing_ok=True)


def _chunks(file: FileStorage) -> Iterator[bytes]:
    """Stop one chunk past the largest file: enough to see that it is too big."""
    written = 0
    with closing(file):
        while written <= LARGEST_FILE and (chunk := file.stream.read(65536)):
            written += len(chunk)
            yield chunk


def _key() -> bytes:
    return current.settings().secret("secret_key")


def _page(assessment_id: UUID, error: str, status: int) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    may_upload = is_editable(assessment.status) and current.may("company.upload_workbook", "POST")
    kept = _preview(assessment) if may_upload and not error else None
    page = render_template(
        "company/workbook.html",
        progress=progress_of(assessment),
        may_upload=may_upload,
        kept=kept,
        megabytes=LARGEST_FILE // (1024 * 1024),
        errors=[("workbook", error)] if error else [],
    )
    return page, status


def _preview(assessment: Assessment) -> workbooks.Preview | None:
    questionnaire = current.questionnaire(assessment.questionnaire)
    return workbooks.preview_upload(current.session(), current.principal(), assessment, questionnaire, at=current.now())


def _preview_page(assessment: Assessment, status: int) -> ResponseReturnValue:
    preview = _preview(assessment)
    if preview is None:
        if status != 200:
            return _page(assessment.id, _("The upload has expired or was replaced. Upload the workbook again."), 409)
        return redirect(url_for(".show_workbook", assessment_id=assessment.id))
    progress = progress_of(assessment)
    page = render_template(
        "company/workbook_preview.html",
        progress=progress,
        preview=preview,
        plan=preview.plan,
        faults=[(fault, fault_words(fault)) for fault in preview.plan.faults],
        asked={question.id for question in progress.asked},
        editable=is_editable(assessment.status),
        again=status == 409,
    )
    return page, status


def _closed_message() -> str:
    return _("This assessment has been submitted; its answers can no longer change.")
