"""Writers of a SQLite file take turns: in order within a process, and between processes at a file that is locked."""

from __future__ import annotations

import fcntl
import os
import time
from threading import Lock

#: Seconds between two looks at the lock another process holds. SQLite's own waiting sleeps longer each time, up to a
#: tenth of a second, in which a writer of the process that holds the lock is always faster.
LOOK_AGAIN = 0.001


class Turns:
    """Only a queue: who must not wait longer goes on without a turn, and SQLite's own lock still decides."""

    def __init__(self, database: str | None, *, patience: float) -> None:
        """`database` is the path of the file, None for one in memory; `patience` in seconds."""
        self._inside = Lock()
        self._path = f"{database}.turn" if database else None
        self._patience = patience
        #: Open while it is the turn of a thread of this process; opened anew each time, because a file opened before
        #: a fork would be one lock for both processes.
        self._file: int | None = None

    def take(self) -> bool:
        """Wait until it is one's turn; False if it never came. What was taken must be given back."""
        latest = time.monotonic() + self._patience
        if not self._inside.acquire(timeout=self._patience):
            return False
        self._file = self._opened()
        while self._file is not None and not _locked(self._file) and time.monotonic() < latest:
            time.sleep(LOOK_AGAIN)
        return True

    def give_back(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
            os.close(self._file)
            self._file = None
        self._inside.release()

    def _opened(self) -> int | None:
        """None where no file can be made, as on a full disk: then the threads of this process take turns alone."""
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600) if self._path else None
        except OSError:
            return None


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
