"""Who writes to SQLite waits for their turn, whatever process holds it, and never for ever."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from portal.turns import Turns

#: Takes its turn, says so, and keeps it until it is told to go on.
HOLDER = """
import sys
from portal.turns import Turns
turns = Turns(sys.argv[1], patience=10)
assert turns.take()
print("mine", flush=True)
sys.stdin.readline()
turns.give_back()
"""


def holder(database: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, str(database)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "mine\n"
    return process


def seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def test_a_turn_is_given_to_one_thread_at_a_time(tmp_path: Path) -> None:
    turns, inside, most = Turns(str(tmp_path / "db"), patience=10), [], []

    def write() -> None:
        for _ in range(20):
            assert turns.take()
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            turns.give_back()

    writers = [Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert (len(most), max(most)) == (160, 1)


def test_another_process_is_waited_for(tmp_path: Path) -> None:
    turns = Turns(str(tmp_path / "db"), patience=20)
    with holder(tmp_path / "db") as other:
        assert other.stdin
        Thread(target=lambda: (time.sleep(0.3), other.stdin and other.stdin.close())).start()

        waited = seconds(turns.take)

        turns.give_back()
    assert 0.2 < waited < 10


def test_a_process_that_dies_gives_its_turn_back(tmp_path: Path) -> None:
    turns = Turns(str(tmp_path / "db"), patience=20)
    with holder(tmp_path / "db") as other:
        other.kill()
        other.wait()

        assert seconds(turns.take) < 10
        turns.give_back()


def test_who_has_waited_long_enough_goes_on_without_a_turn(tmp_path: Path) -> None:
    """SQLite's own lock then decides, as it would without turns."""
    turns = Turns(str(tmp_path / "db"), patience=0.2)
    with holder(tmp_path / "db") as other:
        assert turns.take()  # the first of this process: it has waited for the other
        assert not turns.take()  # the second: it has waited for the first
        turns.give_back()
        other.kill()


def test_where_no_lock_file_can_be_made_threads_take_turns_alone(tmp_path: Path) -> None:
    turns = Turns(str(tmp_path / "nowhere" / "db"), patience=0.1)

    assert turns.take()
    assert not turns.take()
    turns.give_back()
    assert turns.take()


def test_a_database_in_memory_needs_no_lock_file() -> None:
    turns = Turns(None, patience=0.1)

    assert turns.take()
    turns.give_back()
