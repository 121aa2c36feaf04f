"""The clock of a process: somebody sets the machine's clock, and nothing of ours jumps (property P21)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock as clocks
from portal.clock import Clock

STEPS = [timedelta(seconds=-5), timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]


class SetClock(datetime):
    """A wall clock that somebody moves."""

    moved = timedelta()

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) + cls.moved


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> type[SetClock]:
    monkeypatch.setattr(clocks, "datetime", SetClock)
    monkeypatch.setattr(SetClock, "moved", timedelta())
    return SetClock


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_step_of_the_machine_s_clock_moves_nothing(wall: type[SetClock], step: timedelta) -> None:
    clock = Clock()
    before = clock.now()

    wall.moved = step

    assert timedelta() <= clock.now() - before < timedelta(seconds=5)


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_the_step_is_told(wall: type[SetClock], step: timedelta) -> None:
    clock = Clock()

    wall.moved = step

    assert abs(clock.drift() - step) < timedelta(seconds=1)


def test_time_never_runs_backwards() -> None:
    clock = Clock()
    moments = [clock.now() for _ in range(1_000)]

    assert moments == sorted(moments)
