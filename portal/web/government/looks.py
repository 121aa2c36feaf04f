"""Note who opened what a company shared, and tell supervisors and administrators of a burst."""

from __future__ import annotations

import json
import logging
from typing import cast
from uuid import UUID

from flask import Response, g, request
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from portal import db
from portal.models import Submission
from portal.services import alerts, outbox, reads
from portal.services.outbox import Letter
from portal.services.reads import Look
from portal.web import current

#: Answers in which the official sees something of the submission: the page, also with errors, and finished files.
SHOWN = frozenset({200, 206, 409, 422})
#: Endpoint -> what was opened; everything else that finds a shared submission shows its page.
FILES = {
    "government.download_report": "report",
    "government.download_bundle": "bundle",
    "government.download_evidence": "evidence",
}

log = logging.getLogger(__name__)


def opened(submission: Submission) -> None:
    """Remember for `note_read` what this request opens."""
    what = FILES.get(request.endpoint or "", "page")
    g.look = Look(submission.id, submission.organisation_id, what)


def note_read(response: Response) -> Response:
    """Note the look once it is sure that something is shown; the page never fails for it.

    In a transaction of its own. What the request itself wrote is either not there (a page that is read) or refused
    (a form with errors, whose changes are given up anyway), so its session is put down first: SQLite lets nobody
    write beside an open reader without a log.
    """
    look: Look | None = g.pop("look", None)
    if look is None or response.status_code not in SHOWN or g.get("keep_changes"):
        return response
    current.session().rollback()
    try:
        with db.writing(current.portal().engine) as own, own.begin():
            reads.record_read(own, current.principal(), look, at=current.now())
            burst = alerts.raise_read_burst(own, current.principal(), at=current.now())
            for address in burst.watchers if burst else ():
                letter = _letter(address, burst.companies if burst else 0)
                outbox.post(own, current.sealer(), letter, kind=alerts.READ_BURST, at=current.now())
    except SQLAlchemyError as error:
        log.error("the look at submission %s could not be noted: %s", look.submission_id, type(error).__name__)
        return response
    if burst:
        current.portal().ring()
    return response


def _letter(address: str, companies: int) -> Letter:
    principal = current.principal()
    facts = {"name": principal.name, "government": principal.organisation_name, "companies": companies}
    link = f"{current.settings().address.rstrip('/')}/government/reads"
    return Letter(
        to=address,
        subject=_("An official opened submissions of very many companies"),
        body=_(
            "%(name)s of %(government)s opened submissions of %(companies)s companies within one hour.\n\n"
            "This can be ordinary work. If it is not, end the sign-ins of this person and ask what happened.\n"
            "What was opened:",
            **facts,
        )
        + f"\n{link}\n",
    )


def log_refused(submission_id: UUID) -> None:
    """One line for machines, with ids alone, where somebody asks for what is shared no longer."""
    principal = current.principal()
    if not reads.was_shared(current.session(), principal, submission_id):
        return
    line = {
        "at": f"{current.now():%Y-%m-%dT%H:%M:%SZ}",
        "event": "share.refused",
        "submission": str(submission_id),
        "government": str(principal.organisation),
        "user": str(principal.actor),
        "endpoint": cast(str, request.endpoint),
    }
    log.warning(json.dumps(line))
