"""Evidence that arrives in pieces, so that a broken line costs one piece and not the file."""

from __future__ import annotations

from contextlib import closing
from uuid import UUID

from flask import abort, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.models import Upload
from portal.services import evidence, uploads
from portal.services.assessments import NotEditable
from portal.services.sections import works_on
from portal.storage.inspection import RefusedFile
from portal.storage.pieces import PIECE, Pieces, PiecesLost
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.evidence import file_store, quota_words, refusal_words


@bp.post("/assessments/<uuid:assessment_id>/uploads")
def begin_upload(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    questionnaire = current.questionnaire(assessment.questionnaire)
    question = questionnaire.by_id.get(request.form.get("question", "")) or abort(404)
    if not works_on(current.session(), current.principal(), assessment.id, questionnaire, question.id):
        abort(404)
    if question.evidence_exempt:
        abort(404)
    wanted = uploads.Wanted(question.id, request.form.get("name", ""), _whole("size"))
    limit = current.settings().upload_limit
    try:
        upload_id = uploads.begin_upload(
            current.session(), current.principal(), assessment, wanted, limit=limit, at=current.now()
        )
    except (RefusedFile, evidence.QuotaReached, NotEditable) as refusal:
        return _refused(refusal)
    return jsonify(received=0, piece=PIECE, url=url_for(".show_upload_json", upload_id=upload_id))


@bp.get("/uploads/<uuid:upload_id>")
def show_upload_json(upload_id: UUID) -> ResponseReturnValue:
    """Where the file stands: the browser goes on from there."""
    upload = own_upload_or_404(upload_id)
    return jsonify(received=upload.received, size=upload.size, piece=PIECE)


@bp.post("/uploads/<uuid:upload_id>/pieces")
def add_piece(upload_id: UUID) -> ResponseReturnValue:
    """Take the next piece: 200 with how much there is, 201 once the file is attached.

    409 with the right place if it is not the next one, 422 if the file is refused. An empty piece at the end asks for
    what a cut-off last request left undone.
    """
    upload, offset, content = own_upload_or_404(upload_id), _whole("offset"), _piece()
    if offset != upload.received:
        return jsonify(received=upload.received), 409
    if offset + len(content) > upload.size or not (content or offset == upload.size):
        abort(422)
    current.release_lock()
    try:
        if content:
            _pieces().append(upload.id, offset, content)
            uploads.note_piece(current.session(), current.principal(), upload.id, offset=offset, length=len(content))
        if offset + len(content) < upload.size:
            return jsonify(received=offset + len(content))
        return _finish(upload)
    except uploads.WrongPlace as place:
        return jsonify(received=place.received), 409
    except PiecesLost:
        uploads.begin_again(current.session(), current.principal(), upload.id)
        current.keep_changes()
        return jsonify(received=0), 409


@bp.post("/uploads/<uuid:upload_id>/cancellation")
def cancel_upload(upload_id: UUID) -> ResponseReturnValue:
    own_upload_or_404(upload_id)
    uploads.end_upload(current.session(), current.principal(), upload_id)
    _pieces().drop(upload_id)
    return "", 204


def own_upload_or_404(upload_id: UUID) -> Upload:
    """What this person is sending; another person's and an unknown one get the same answer."""
    return uploads.find_upload(current.session(), current.principal(), current.catalogue(), upload_id) or abort(404)


def _finish(upload: Upload) -> ResponseReturnValue:
    """All of it is there and kept: look at it with no lock held, then attach it."""
    current.commit_now()
    chunks, limit = _pieces().read(upload.id, upload.size), current.settings().upload_limit
    try:
        file = evidence.receive_file(file_store(), chunks, upload.name, limit=limit)
        assessment = own_assessment_or_404(upload.assessment_id)
        evidence_id = evidence.attach_evidence(
            current.session(), assessment, upload.question_id, file, by=current.actor(), at=current.now()
        )
    except (RefusedFile, evidence.QuotaReached, NotEditable) as refusal:
        answer = _refused(refusal)
        current.keep_changes()
    else:
        answer = _attached(evidence_id)
    uploads.end_upload(current.session(), current.principal(), upload.id)
    _pieces().drop(upload.id)
    return answer


def _attached(evidence_id: UUID) -> ResponseReturnValue:
    row = evidence.find_evidence(current.session(), current.principal(), current.catalogue(), evidence_id) or abort(404)
    url = url_for(".show_evidence", evidence_id=evidence_id)
    return jsonify(status="attached", id=evidence_id, name=row.name, url=url), 201


def _refused(refusal: Exception) -> ResponseReturnValue:
    match refusal:
        case RefusedFile():
            return jsonify(status="refused", message=refusal_words(refusal.code)), 422
        case evidence.QuotaReached():
            return jsonify(status="refused", message=quota_words()), 422
        case _:
            message = _("This assessment has been submitted; its answers can no longer change.")
            return jsonify(status="closed", message=message), 422


def _piece() -> bytes:
    with closing(request.files["piece"]) as sent:
        content = sent.stream.read(PIECE + 1)
    return content if len(content) <= PIECE else abort(413)


def _whole(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else abort(400)


def _pieces() -> Pieces:
    return Pieces(current.settings().storage_folder)
