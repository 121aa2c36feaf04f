"""Do what waits: claim a job, make the report, store it, and say in one line what came of it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal import db
from portal.clock import clock
from portal.domain.bundle import InvalidBundle, read_bundle
from portal.jobs.blanks import print_wanted
from portal.jobs.cleaning import clean_up
from portal.jobs.expiry import close_shares
from portal.jobs.exporting import make_exports
from portal.jobs.mailing import send_mail
from portal.jobs.previewing import draw_previews
from portal.jobs.reminding import remind
from portal.jobs.retiring import retire
from portal.jobs.scanning import scan_files
from portal.jobs.signer import sign_due
from portal.jobs.sweep import note_sweep
from portal.jobs.unfinished import forget_uploads
from portal.jobs.witnessing import mail_daily
from portal.jobs.workplace import Workplace
from portal.models import Submission
from portal.reports.content import ReportTooLong
from portal.reports.official import official_pdf
from portal.reports.parts import Logged
from portal.reports.pdf import PdfError, PdfTimeout, PdfUnavailable
from portal.services import jobs, receipts, workbooks
from portal.services.jobs import Claim
from portal.settings import Mode

#: Language of reports made without being asked for another.
LANGUAGE = "en"

log = logging.getLogger(__name__)


class JobFailed(Exception):
    """The attempt came to nothing. `code` is one word, `for_good` means that another would end the same."""

    def __init__(self, code: str, message: str, *, for_good: bool) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.for_good = for_good


def work_off(place: Workplace, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Do all jobs that are due, one after the other; return how many attempts that were. Never raises.

    `stopping` is asked before each: the job in hand is finished, no other is begun.
    """
    attempts = 0
    for chore in BEFORE_JOBS:
        _do_chore(place, chore)
    try:
        while not stopping() and (claim := _claim(place)) is not None:
            _attempt(place, claim)
            attempts += 1
            _do_chore(place, send_mail)  # somebody waits for a link, and a hundred reports take minutes
    except OperationalError as error:
        _say("database", error=type(error.orig).__name__)
    for chore in AFTER_JOBS:
        _do_chore(place, chore)
    print_wanted(place.settings, place.catalogue, place.printer, stopping=stopping)
    return attempts


def _claim(place: Workplace) -> Claim | None:
    now = place.clock()
    with db.writing(place.engine) as session, session.begin():
        jobs.give_up_lost(session, at=now)
        workbooks.forget_expired(session, at=now)
        return jobs.claim_job(session, at=now)


def _attempt(place: Workplace, claim: Claim) -> None:
    """Nothing is open while the work is done, so that a slow report holds up nobody's saving."""
    started = time.monotonic()
    try:
        state, facts = "done", KINDS[claim.kind](place, claim)
    except JobFailed as failure:
        state, facts = _note_failure(place, claim, failure), {"error": failure.code}
    except Exception as error:  # noqa: BLE001 - a fault in one report must not keep the others waiting
        unexpected = JobFailed("unexpected", type(error).__name__, for_good=False)
        state, facts = _note_failure(place, claim, unexpected), {"error": type(error).__name__, "where": _where(error)}
    _say(state, claim, seconds=round(time.monotonic() - started, 3), **facts)


def make_report(place: Workplace, claim: Claim) -> Mapping[str, object]:
    """Make and store the PDF of a submission. Raises JobFailed."""
    with db.reading(place.engine) as session:
        frozen = session.get_one(Submission, claim.submission_id).bundle
        logged = _logged(session, claim.submission_id)
    pdf = _printed(place, frozen, logged)
    sha256 = place.store.put_bytes(pdf)
    now = place.clock()
    with db.writing(place.engine) as session, session.begin():
        if not jobs.finish_job(session, claim, at=now):
            return {"lapsed": True}
        jobs.store_report(session, claim.submission_id, language=LANGUAGE, sha256=sha256, size=len(pdf), at=now)
    return {"bytes": len(pdf)}


KINDS: Mapping[str, Callable[[Workplace, Claim], Mapping[str, object]]] = {"report": make_report}


#: Done at every bell and every sweep; each decides for itself whether anything is due. The log is signed first, so
#: that a report can name the checkpoint that covers its submission.
BEFORE_JOBS: Sequence[Callable[[Workplace], object]] = (note_sweep, sign_due)
AFTER_JOBS: Sequence[Callable[[Workplace], object]] = (
    close_shares,
    scan_files,
    draw_previews,
    forget_uploads,
    mail_daily,
    remind,
    retire,
    send_mail,
    make_exports,
    clean_up,
)


def _do_chore(place: Workplace, chore: Callable[[Workplace], object]) -> None:
    """A fault in one chore must keep neither the others nor the reports waiting; the next sweep tries again."""
    try:
        chore(place)
    except Exception as error:  # noqa: BLE001 - told, not raised
        _say("failed", chore=chore.__name__, error=type(error).__name__, where=_where(error))


def _logged(session: Session, submission_id: UUID) -> Logged | None:
    """The first checkpoint that covers the submission: it stays the same, and so does the report."""
    entry = receipts.entry_of(session, submission_id)
    return Logged(entry.sequence, entry.checkpoint.note) if entry and entry.checkpoint else None


def _printed(place: Workplace, frozen: str, logged: Logged | None) -> bytes:
    try:
        bundle = read_bundle(frozen, place.catalogue)
        return official_pdf(
            place.printer(),
            bundle,
            place.catalogue,
            address=place.settings.address,
            fictional=place.settings.mode is Mode.DEMONSTRATION,
            logged=logged,
            language=LANGUAGE,
        ).pdf
    except InvalidBundle as error:
        raise JobFailed("unreadable", error.key, for_good=True) from None
    except ReportTooLong as error:
        raise JobFailed("too_long", str(error), for_good=True) from None
    except PdfUnavailable as error:
        raise JobFailed(jobs.UNAVAILABLE, str(error), for_good=True) from None
    except PdfTimeout as error:
        raise JobFailed("timeout", str(error), for_good=True) from None
    except PdfError as error:
        raise JobFailed("failed", str(error), for_good=False) from None


def _note_failure(place: Workplace, claim: Claim, failure: JobFailed) -> str:
    with db.writing(place.engine) as session, session.begin():
        jobs.fail_job(session, claim, message=str(failure), for_good=failure.for_good, at=place.clock())
    return "failed"


def _where(error: BaseException) -> str:
    """File and line of the fault, without the message: that could quote an answer."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


def _say(state: str, claim: Claim | None = None, **facts: object) -> None:
    """One line for machines: ids and figures, never words of people."""
    about = {"job": str(claim.job_id), "kind": claim.kind, "submission": str(claim.submission_id)} if claim else {}
    attempt = {"attempt": claim.attempt} if claim else {}
    line = {"at": f"{clock.now():%Y-%m-%dT%H:%M:%SZ}", "event": "job", "state": state, **about, **attempt, **facts}
    log.log(logging.INFO if state == "done" else logging.WARNING, json.dumps(line))
