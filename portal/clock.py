"""The time of this process: it runs on evenly although somebody sets the clock of the machine."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall time at the start plus what has passed since, by a counter that no one can set.

    A clock put forward by a day would end every sign-in, one put back would open shares that have ended. A process
    that should follow the new time is started again; `drift` tells that it should.
    """

    def __init__(self) -> None:
        self._wall = datetime.now(UTC)
        self._counter = time.monotonic()

    def now(self) -> datetime:
        return self._wall + timedelta(seconds=time.monotonic() - self._counter)

    def drift(self) -> timedelta:
        """How far the machine's clock has been moved since the start; small corrections are normal."""
        return datetime.now(UTC) - self.now()


clock = Clock()
