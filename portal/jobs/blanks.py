"""Questionnaires to read, as PDF: what visitors asked for is laid out here, one after the other, once for everybody."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from portal.domain.questionnaire import Catalogue, Profile
from portal.messages import UnknownLanguage
from portal.reports.blank import blank_pdf
from portal.reports.pdf import PdfError, PdfUnavailable, Printer
from portal.services.library.editions import FOLDER, find_edition, installation
from portal.settings import Settings
from portal.storage.shelf import Shelf

log = logging.getLogger(__name__)
#: Where jobs run inside the web process, two requests may ring at once.
_one_at_a_time = threading.Lock()


def print_wanted(
    settings: Settings,
    catalogue: Catalogue,
    printer: Callable[[], Printer],
    *,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Make what was asked for and say what came of it; return how many that were. Never raises for one that fails."""
    shelf = Shelf(settings.var / FOLDER)
    made = 0
    with _one_at_a_time:
        for name in shelf.wanted():
            if stopping():
                break
            _make(shelf, name, settings, catalogue, printer)
            made += 1
    return made


def _make(shelf: Shelf, name: str, settings: Settings, catalogue: Catalogue, printer: Callable[[], Printer]) -> None:
    started = time.monotonic()
    try:
        edition = find_edition(catalogue, name, installation(settings.name, settings.address))
        if edition is None or edition.kind != "pdf" or isinstance(edition.version, Profile):
            shelf.refuse(name, "outdated")
            return
        page = f"{settings.address.rstrip('/')}/questionnaires/{edition.version.slug}/{edition.version.version}"
        printed = blank_pdf(
            printer(), edition.version, catalogue, language=edition.language, portal=settings.name, address=page
        )
        shelf.keep(name, printed.pdf)
        log.info("blank %s made in %.1f s", name, time.monotonic() - started)
    except PdfUnavailable as error:
        shelf.refuse(name, "unavailable")
        log.warning("blank %s: %s", name, error)
    except (PdfError, UnknownLanguage) as error:
        shelf.refuse(name, "failed")
        log.warning("blank %s: %s", name, error)
    except Exception:
        # A fault in one of them must not be met again at every bell, nor keep reports waiting.
        shelf.refuse(name, "failed")
        log.exception("blank %s", name)
