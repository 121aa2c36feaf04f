"""How long `./run` takes to its first page when all is set up, from the shell script to the bytes of the page."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Seconds to the first page of a second start.
LIMIT = 3.0
ROUNDS = 5
PATIENCE = 300.0


def main(rounds: int = ROUNDS) -> int:
    """Print seconds and limit; return 1 when over the limit."""
    with tempfile.TemporaryDirectory() as var:
        first, *again = [seconds_to_page(Path(var)) for _ in range(min(rounds, ROUNDS) + 1)]
    seconds = statistics.median(again)
    print(f"start: first page after {seconds:.2f} s (limit {LIMIT:g} s); with demonstration data to load {first:.1f} s")
    return int(seconds > LIMIT)


def seconds_to_page(var: Path) -> float:
    port = _free_port()
    environment = os.environ | {"PORTAL_VAR": str(var), "PORT": str(port)}
    began = time.monotonic()
    process = subprocess.Popen(
        [ROOT / "run"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _answers(port):
            assert process.poll() is None and time.monotonic() - began < PATIENCE, "the portal does not start"
            time.sleep(0.02)
        return time.monotonic() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
            return bool(answer.read())
    except (urllib.error.URLError, ConnectionError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    raise SystemExit(main())
