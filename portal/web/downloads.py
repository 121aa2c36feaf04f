"""Send stored files: always as attachments, never shown or run by the browser."""

from __future__ import annotations

import json
import logging
from urllib.parse import quote

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from portal.models import JobState, Submission
from portal.services import jobs, scans
from portal.spreadsheets.plain_tables import Table, tables_xlsx
from portal.storage import FileStore, StoredFileDamaged
from portal.storage.inspection import MEDIA_TYPES
from portal.web import current, headers

#: Seconds after which the page of a report that is being made asks again.
ASK_AGAIN = 5
#: What a stored file may be sent as; anything else goes out as bytes nobody opens by mistake.
SENT_AS = frozenset(MEDIA_TYPES.values())
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

log = logging.getLogger(__name__)


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """Return the file as a download that the browser neither sniffs nor opens in the portal's origin."""
    response = Response(content, mimetype=media_type)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name) or "file"
    response.headers["Content-Disposition"] = f"attachment; filename={plain}; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = headers.SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def spreadsheet(table: Table, stem: str) -> Response:
    """Return the table as a workbook in the direction of the page; every cell is text."""
    locale = get_locale()
    right_to_left = bool(locale and locale.text_direction == "rtl")
    content = tables_xlsx(table.title, [table], at=current.now(), right_to_left=right_to_left)
    return attachment(content, f"{stem}.xlsx", XLSX)


def picture(content: bytes) -> Response:
    """Return a picture drawn by the portal itself, shown in its pages: of one fixed type, and inert by itself."""
    response = Response(content, mimetype="image/jpeg")
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = headers.SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def report(submission: Submission) -> ResponseReturnValue:
    """The finished report; while it is being made a page that asks again, and if it cannot be made, the reason.

    The audience's blueprint has the endpoints show_submission, order_report, download_report and download_bundle.
    """
    file = jobs.find_report(current.session(), current.principal(), submission.id, at=current.now())
    job = jobs.report_job(current.session(), current.principal(), submission.id, at=current.now())
    if job is not None and job.state in (JobState.WAITING, JobState.RUNNING):
        headers = {"Refresh": str(ASK_AGAIN), "Retry-After": str(ASK_AGAIN)}
        return render_template("downloads/waiting.html", submission=submission), 202, headers
    content = stored_file(file.sha256, "report", submission.id) if file else None
    if content is not None:
        return attachment(content, f"{submission.reference}.pdf", "application/pdf")
    code = job.message.partition(":")[0] if job and job.state is JobState.FAILED else ""
    return render_template("downloads/failed.html", submission=submission, code=code), 503


def order_report(submission: Submission) -> ResponseReturnValue:
    """Have the report made, or made again, and wait for it on its page."""
    jobs.order_report(current.session(), current.principal(), submission.id, at=current.now())
    return redirect(url_for(".download_report", submission_id=submission.id))


def bundle(submission: Submission) -> Response:
    """The canonical bundle, exactly the bytes the digest was taken of."""
    return attachment(submission.bundle.encode(), f"{submission.reference}.json", "application/json")


def evidence_of(submission: Submission, question_id: str, number: int) -> Response:
    """The file with this number (from 1) under a question of the frozen bundle; 404 for anything not named there.

    The bundle decides, not the evidence table: a file that came later, or of another company, is not in it.
    """
    answer = json.loads(submission.bundle)["answers"].get(question_id, {})
    files = answer.get("files", [])
    if not 1 <= number <= len(files):
        abort(404)
    named = files[number - 1]
    if scans.is_infected(current.session(), named["sha256"].removeprefix("sha256:")):
        abort(404)
    content = stored_file(named["sha256"], "evidence", submission.id)
    if content is None:
        abort(404)
    return attachment(content, named["name"], named["type"] if named["type"] in SENT_AS else "application/octet-stream")


def stored_file(sha256: str, kind: str, submission_id: object) -> bytes | None:
    """The content, if it still has the hash it was stored under; what does not is never handed out."""
    try:
        return FileStore(current.settings().storage_folder).read(sha256.removeprefix("sha256:"))
    except StoredFileDamaged:
        log.error("%s of submission %s is damaged or gone: %s", kind, submission_id, sha256)
        return None
