"""What the renderer may use: memory, processor time, files and no network at all.

Untrusted text meets a layout engine here. The wall clock is the parent's business, because a library that swallows
every exception can also swallow a signal; killing this process group is the only stop that always works.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from typing import Any

MEMORY = 1024**3
SECONDS = 20
LARGEST_FILE = 32 * 1024**2
OPEN_FILES = 64
#: After so many reports the parent starts a new process, so this is all the processor time one can ever need.
LIFETIME = 100 * SECONDS

#: Raised audit events that would leave this process or start another one.
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "ftplib.")
WRITING = "wxa+"


def set_limits() -> None:
    """Lower what the system lets this process take. Processor time is granted per report, see `allow_time`."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, LIFETIME),
    ):
        resource.setrlimit(limit, (value, value))


def allow_time() -> None:
    """Grant one report its share: a limit that counted from the start would kill a long-lived worker at random."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (min(until, LIFETIME), LIFETIME))


def close_the_door(readable: tuple[str, ...]) -> None:
    """Refuse, from now on, the network, other programs, writing, and reading outside `readable`.

    The fetcher already refuses every address; this stands behind it, should the engine ever reach around it.
    """
    sys.addaudithook(_guard(readable))


def _guard(readable: tuple[str, ...]) -> Callable[[str, tuple[Any, ...]], None]:
    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(FORBIDDEN):
            raise PermissionError(f"{event} is not allowed here")
        if event == "open" and not _may_open(arguments, readable):
            raise PermissionError(f"opening {arguments[0]!r} is not allowed here")

    return guard


def _may_open(arguments: tuple[Any, ...], readable: tuple[str, ...]) -> bool:
    path, mode = arguments[0], arguments[1] or "r"
    if isinstance(path, int):
        return True
    if isinstance(path, bytes):
        path = path.decode(errors="replace")
    writes = isinstance(mode, str) and any(letter in mode for letter in WRITING)
    return not writes and ".." not in path and path.startswith(readable)
