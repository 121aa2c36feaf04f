"""Evidence files of a draft: taken in with the section's form, taken back, downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from uuid import UUID

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.domain.questionnaire import Question
from portal.models import Assessment, ScanState
from portal.services import evidence
from portal.storage import FileStore, StoredFileDamaged
from portal.storage.inspection import RefusedFile
from portal.web import current
from portal.web.company.answer_forms import FieldError
from portal.web.company.blueprint import bp
from portal.web.downloads import attachment
from portal.web.typed import Mistyped


def change_files(assessment: Assessment, questions: tuple[Question, ...]) -> list[FieldError]:
    """Attach the files sent with a section, and take back the one whose "Remove" was pressed."""
    errors = []
    for question in questions:
        for upload in request.files.getlist(f"{question.id}-file"):
            with closing(upload):
                problem = _attach(assessment, question, upload) if upload.filename else ""
            if problem:
                errors.append(FieldError(f"{question.id}-file", problem))
    if removed := request.form.get("remove"):
        try:
            evidence.remove_evidence(
                current.session(),
                current.principal(),
                assessment,
                UUID(removed),
                questions=[question.id for question in questions],
                at=current.now(),
            )
        except ValueError:
            abort(400)
    return errors


@bp.get("/evidence/<uuid:evidence_id>")
def download_evidence(evidence_id: UUID) -> ResponseReturnValue:
    found = evidence.find_evidence(current.session(), current.principal(), current.catalogue(), evidence_id)
    if found is None:
        abort(404)
    if found.scan is ScanState.INFECTED:
        return redirect(url_for(".show_evidence", evidence_id=evidence_id))
    try:
        content = file_store().read(found.sha256)
    except StoredFileDamaged:
        abort(404)
    response: Response = attachment(content, found.name, found.media_type)
    return response


def file_store() -> FileStore:
    return FileStore(current.settings().storage_folder)


def _attach(assessment: Assessment, question: Question, upload: FileStorage) -> str:
    """Return what is wrong with the file, or nothing once it is attached."""
    name = upload.filename or ""
    try:
        file = evidence.receive_file(file_store(), chunks_of(upload), name, limit=current.settings().upload_limit)
        evidence.attach_evidence(current.session(), assessment, question.id, file, by=current.actor(), at=current.now())
    except RefusedFile as refusal:
        return f"{name[:120]}: {refusal_words(refusal.code)}"
    except evidence.QuotaReached:
        return f"{name[:120]}: {quota_words()}"
    except Mistyped as error:
        return str(error)
    return ""


def chunks_of(upload: FileStorage) -> Iterator[bytes]:
    while chunk := upload.stream.read(65536):
        yield chunk


def quota_words() -> str:
    megabytes = evidence.BYTES // (1024 * 1024)
    return _(
        "This assessment holds as many files as it may: %(files)s, or %(size)s MB in all. Remove some first.",
        files=evidence.FILES,
        size=megabytes,
    )


def refusal_words(code: str) -> str:
    megabytes = current.settings().upload_limit // (1024 * 1024)
    return {
        "type": _("This type of file is not taken. Use PDF, PNG, JPG, DOCX, XLSX, CSV or TXT."),
        "empty": _("The file is empty. Choose another."),
        "too_big": _("The file is larger than %(size)s MB. Make it smaller, or split it.", size=megabytes),
        "mismatch": _("The file is not what its name says. Save it again in the right format."),
        "encrypted": _("The file is protected by a password. Remove the password and try again."),
        "macros": _("The file holds macros or other active content. Save it without them, for example as PDF."),
        "unreadable": _("The file is damaged and cannot be opened. Save it again and try once more."),
        "too_complex": _("The file is too large when unpacked. Save it as a simple PDF."),
    }[code]
