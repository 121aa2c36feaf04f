"""PDFs made while somebody waits: by a child that can be killed, one at a time, and kept nowhere."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from functools import cache

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.reports.content import ReportTooLong
from portal.reports.pdf import PdfError, PdfUnavailable, Printed, Printer
from portal.web import current, downloads

#: A second caller is asked to come back instead of keeping a thread that others need.
_one_at_a_time = threading.Lock()


def print_now(make: Callable[[Printer], Printed], name: str, *, back: str) -> ResponseReturnValue:
    """The PDF as a download; a page that asks again while another is being made, or one that says what went wrong.

    Everything `make` needs must have been read: the database is given up first, so that no slow layout holds it.
    """
    if not _one_at_a_time.acquire(blocking=False):
        headers = {"Refresh": str(downloads.ASK_AGAIN), "Retry-After": str(downloads.ASK_AGAIN)}
        return render_template("downloads/busy.html", back=back), 503, headers
    try:
        current.release_lock()
        return downloads.attachment(make(_printer()).pdf, name, "application/pdf")
    except ReportTooLong:
        code = "too_long"
    except PdfUnavailable:
        code = "unavailable"
    except PdfError:
        code = "failed"
    finally:
        _one_at_a_time.release()
    return render_template("downloads/not_printed.html", back=back, code=code), 503


@cache
def _printer() -> Printer:
    """One warm renderer per process, as the job worker has."""
    printer = Printer()
    atexit.register(printer.close)
    return printer
