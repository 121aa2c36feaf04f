"""Render reports for the parent process: one request after another over standard input and output."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

from .cage import allow_time, close_the_door, set_limits
from .frames import read_frame, write_frame

if TYPE_CHECKING:
    from .engine import Engine


def main() -> int:
    """Say hello, then answer requests until the parent closes the pipe."""
    requests, replies = _take_pipes()
    set_limits()
    try:
        from .engine import Engine  # a missing Pango must reach the parent as a message

        engine = Engine()
    except (ImportError, OSError) as error:
        write_frame(replies, {"unavailable": f"{type(error).__name__}: {error}"[:500]})
        return 1
    close_the_door(engine.readable)
    write_frame(replies, {"ready": True})
    while (request := read_frame(requests)) is not None:
        allow_time()
        write_frame(replies, *_answer(engine, *request))
    return 0


def _answer(engine: Engine, head: dict[str, Any], bodies: list[bytes]) -> tuple[Any, ...]:
    try:
        return engine.render(head, bodies)
    except Exception as error:  # whatever the text provoked, the parent gets one line and a living worker
        return ({"failed": f"{type(error).__name__}: {error}"[:500]},)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the reply pipe to ourselves: a stray print of a library must not end up inside a PDF."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, replies


if __name__ == "__main__":
    raise SystemExit(main())
