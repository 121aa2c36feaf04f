"""The bell: Huey wakes the worker, right after a commit and once a minute; what is to do stands in the database."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

from huey import SqliteHuey, crontab
from huey.consumer import Consumer
from sqlalchemy.engine import Engine

from portal import db, logs
from portal.catalogue import load_catalogue
from portal.domain.questionnaire import Catalogue
from portal.jobs.worker import work_off
from portal.jobs.workplace import Workplace
from portal.services import checks, jobs
from portal.settings import Settings
from portal.storage import FileStore

FILE = "jobs.sqlite3"
#: Seconds between two looks at the bell while nothing happens: so long a report may wait before it is begun.
LONGEST_NAP = 1.0
#: Seconds a stopping worker may take to finish its report; one that takes longer is made again by the next worker.
PATIENCE = 8.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Queue:
    huey: Any
    ring: Callable[[], object]


class PatientConsumer(Consumer):
    """Ends after the job in hand, whichever signal says so: Huey takes its time for one of the two only."""

    def __init__(self, huey: Any, stop: Event, **options: Any) -> None:
        super().__init__(huey, **options)
        self._signal_actions[self._interrupt_sig] = self._signal_actions[self._graceful_sig]
        self._stop = stop

    def stop(self, graceful: bool = False) -> None:
        self._stop.set()
        super().stop(graceful=graceful)


def bell(settings: Settings, engine: Engine, catalogue: Catalogue) -> Callable[[], object]:
    """Return what to call after a commit that asked for work: wakes the worker, or does the work here and now.

    Never raises: the commit stands, and the sweep finds what a broken bell did not tell.
    """
    if settings.jobs_inline:
        return lambda: work_off(_workplace(settings, engine, catalogue))
    return lambda: _ring(settings.var)


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT. What waited while no worker ran is begun at once. Raises UnsafeSettings."""
    logs.set_up(settings)
    engine = db.make_engine(settings.database)
    checks.refuse_unsafe(settings, engine)
    catalogue = load_catalogue(settings.questionnaires)
    place = _workplace(settings, engine, catalogue)
    stop = Event()
    queue = open_queue(settings.var, lambda: work_off(place, stopping=stop.is_set))
    with db.writing(engine) as session, session.begin():
        jobs.reopen_unavailable(session)
    queue.ring()
    try:
        PatientConsumer(queue.huey, stop, workers=1, max_delay=LONGEST_NAP, shutdown_timeout=PATIENCE).run()
    finally:
        place.close()


def open_queue(var: Path, work: Callable[[], object]) -> Queue:
    """Return the queue kept in this folder. It holds nothing that may not be lost: delete it at any time."""
    var.mkdir(parents=True, exist_ok=True)
    # Huey's usual write-ahead log may lose pages in the SQLite of Debian 12 (see portal.db).
    huey = SqliteHuey("portal", filename=str(var / FILE), results=False, journal_mode="truncate")

    # Huey names a task after the module of its function: both sides must name the one of this file.
    def task() -> None:
        work()

    ring = huey.task(name="ring")(task)
    huey.periodic_task(crontab(minute="*"), name="sweep")(task)
    return Queue(huey, ring)


def _ring(var: Path) -> None:
    try:
        _bell_of(var).ring()
    except (OSError, sqlite3.Error):
        log.warning("the bell of the job worker is broken; the next sweep finds the work", exc_info=True)


@cache
def _bell_of(var: Path) -> Queue:
    return open_queue(var, _nothing)


def _nothing() -> None:
    """The web process only rings."""


def _workplace(settings: Settings, engine: Engine, catalogue: Catalogue) -> Workplace:
    return Workplace(settings, engine, catalogue, FileStore(settings.storage_folder))
