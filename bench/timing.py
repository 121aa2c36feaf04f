"""Two pieces of work, timed in turn, so that whatever else the machine does slows both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Comparison:
    """Medians of processor seconds for one piece of work, and of the ratio within a round."""

    subject: float
    floor: float
    ratio: float


def compare(subject: Work, floor: Work, *, rounds: int, repeat: int) -> Comparison:
    """Time both `rounds` times, `repeat` calls each, in an order that changes from round to round."""
    for work in (subject, floor):
        timed(work, max(3, repeat // 10))
    pairs = []
    for number in range(rounds):
        order = (subject, floor) if number % 2 else (floor, subject)
        spent = {work: timed(work, repeat) for work in order}
        pairs.append((spent[subject], spent[floor]))
    return Comparison(
        statistics.median(mine for mine, _ in pairs),
        statistics.median(least for _, least in pairs),
        statistics.median(mine / least for mine, least in pairs),
    )


def timed(work: Work, repeat: int) -> float:
    """Return processor seconds per call, with the garbage of the calls before out of the way."""
    gc.collect()
    began = time.process_time()
    for _ in range(repeat):
        work()
    return (time.process_time() - began) / repeat
