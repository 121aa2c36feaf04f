"""What every job and chore of the worker needs."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy.engine import Engine

from portal.clock import clock
from portal.domain.questionnaire import Catalogue
from portal.reports.pdf import Printer
from portal.settings import Settings
from portal.storage import FileStore


@cache
def warm_printer() -> Printer:
    """One warm renderer per process: starting it costs more than a report."""
    printer = Printer()
    atexit.register(printer.close)
    return printer


@dataclass(frozen=True, slots=True)
class Workplace:
    """What every job needs."""

    settings: Settings
    engine: Engine
    catalogue: Catalogue
    store: FileStore
    printer: Callable[[], Printer] = warm_printer
    clock: Callable[[], datetime] = field(default=clock.now)

    def close(self) -> None:
        self.printer().close()
        self.engine.dispose()
