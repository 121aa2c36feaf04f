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
        self._counter = _counter()

    def now(self) -> datetime:
        return self._wall + timedelta(seconds=_counter() - self._counter)

    def machine(self) -> datetime:
        """What the machine's clock shows: for what others compute from theirs, such as codes of authenticator apps."""
        return datetime.now(UTC)

    def drift(self) -> timedelta:
        """How far the machine's clock has been moved since the start; small corrections are normal."""
        return self.machine() - self.now()


def _counter() -> float:
    """Seconds that nobody can set; where the system can tell, those it slept are counted too."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


clock = Clock()
