"""A sign of life: the worker notes at every sweep when it was there and what time it has."""

from __future__ import annotations

from pathlib import Path

from portal.jobs.workplace import Workplace
from portal.settings import Settings

NAME = "worker.stamp"


def note_sweep(place: Workplace) -> None:
    stamp_file(place.settings).write_text(place.clock().isoformat(), encoding="ascii")


def stamp_file(settings: Settings) -> Path:
    """Its age by the machine's clock against what it says tells how far that clock was moved under the worker."""
    return settings.var / NAME
