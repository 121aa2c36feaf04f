"""HTML in, PDF bytes out: the only module that knows WeasyPrint, which it keeps in a process it can kill."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn
from xml.sax.saxutils import escape

from portal.reports.renderer.frames import read_frame, write_frame

Frame = tuple[dict[str, Any], list[bytes]]

HERE = Path(__file__).parent
STYLESHEET = HERE.parent / "static" / "css" / "report.css"
FONTS = HERE.parent / "fonts"

#: Wall seconds one report may take; then its process group is killed.
PATIENCE = 20.0
#: Wall seconds the engine may take to start.
START_PATIENCE = 60.0
#: A worker that rendered so many reports is replaced: the engine keeps a little memory of each.
REPORTS_PER_WORKER = 100
#: What to install where PDF is not available (Debian's names).
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

FONT_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  {folders}
  <cachedir>{cache}</cachedir>
  <config><rescan><int>0</int></rescan></config>
</fontconfig>
"""


class PdfError(Exception):
    """No PDF came out. The message is one line, in English, for people who run the portal."""


class PdfUnavailable(PdfError):
    """This machine lacks what rendering needs; everything else of the portal works without it."""


class PdfTimeout(PdfError):
    """The report took too long, was killed, and would be again: its text is to blame."""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    description: str
    data: bytes
    #: Written into the PDF, so that the same input gives the same bytes.
    at: datetime


@dataclass(frozen=True, slots=True)
class Printed:
    pdf: bytes
    #: On the clock, and of processor time.
    seconds: float
    processor: float
    #: What the engine complained about: an empty tuple for a good report.
    notices: tuple[str, ...] = ()

    @property
    def missing_glyphs(self) -> bool:
        """Whether a character was printed as an empty box, because none of our fonts has it."""
        return any(notice.startswith(".notdef") for notice in self.notices)


class Printer:
    """One warm renderer. Thread-safe: a second caller waits. Start a second printer for a second processor."""

    def __init__(self, *, patience: float = PATIENCE, fonts: Sequence[Path] = (FONTS,), command: Sequence[str] = ()):
        self._patience = patience
        self._fonts = tuple(fonts)
        self._command = tuple(command) or _worker_command()
        self._lock = threading.Lock()
        self._home = tempfile.TemporaryDirectory(prefix="report-")
        self._worker: subprocess.Popen[bytes] | None = None
        self._printed = 0

    def __enter__(self) -> Printer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def print(
        self,
        html: str,
        *,
        identifier: str,
        attachments: Sequence[Attachment] = (),
        stylesheets: Sequence[Path] = (STYLESHEET,),
    ) -> Printed:
        """Return the PDF of trusted HTML, set in our own style sheets one after the other.

        Raises `PdfUnavailable` where the engine cannot start, `PdfTimeout` when it had to be killed, and `PdfError`
        for anything else. Afterwards the printer is ready for the next report in every case.
        """
        files = [{"name": a.name, "description": a.description, "at": a.at.isoformat()} for a in attachments]
        sheet = b"\n".join(path.read_bytes() for path in stylesheets)
        bodies = [html.encode(), sheet, *(a.data for a in attachments)]
        with self._lock:
            worker = self._ready_worker()
            with _Watchdog(worker, self._patience) as clock:
                head, answer = _ask(worker, {"identifier": identifier, "files": files}, bodies) or self._died(clock)
            self._printed += 1
        if "failed" in head:
            raise PdfError(str(head["failed"]))
        return Printed(answer[0], head["seconds"], head["processor"], tuple(head["notices"]))

    def warm(self) -> None:
        """Start the engine before anyone waits for it. Raises `PdfUnavailable` and `PdfError`."""
        with self._lock:
            self._ready_worker()

    def close(self) -> None:
        with self._lock:
            self._stop()
            self._home.cleanup()

    def _ready_worker(self) -> subprocess.Popen[bytes]:
        """Starting has its own time limit: a busy machine must not eat up the time of an honest report."""
        if self._worker is not None and (self._worker.poll() is not None or self._printed >= REPORTS_PER_WORKER):
            self._stop()
        if self._worker is None:
            self._worker, self._printed = self._start(), 0
            with _Watchdog(self._worker, START_PATIENCE) as clock:
                hello, _ = _heard(self._worker) or self._died(clock)
            if "unavailable" in hello:
                self._stop()
                raise PdfUnavailable(f"PDF reports need {PACKAGES} and weasyprint ({hello['unavailable']})")
        return self._worker

    def _start(self) -> subprocess.Popen[bytes]:
        """Start the child with an empty environment, in a session of its own, so that all of it can be killed."""
        home = Path(self._home.name)
        configuration = home / "fonts.conf"
        folders = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in self._fonts)
        configuration.write_text(FONT_CONFIGURATION.format(folders=folders, cache=escape(str(home / "cache"))))
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"FONTCONFIG_FILE": str(configuration), "HOME": str(home), "LC_ALL": "C.UTF-8"},
            cwd=home,
            start_new_session=True,
        )

    def _died(self, clock: _Watchdog) -> NoReturn:
        """Say why the worker fell silent: killed by us for taking too long, or by a limit it ran into."""
        if self._worker is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._worker.wait(1)  # its own exit code says more than that of the kill to come
        code = self._stop()
        if clock.expired:
            raise PdfTimeout(f"the report was not ready after {clock.seconds:g} seconds and was stopped")
        if code == -signal.SIGXCPU:
            raise PdfTimeout("the report used up its processor time and was stopped")
        raise PdfError(f"the renderer stopped unexpectedly (exit {code})")

    def _stop(self) -> int | None:
        worker, self._worker = self._worker, None
        if worker is None:
            return None
        early = worker.poll()
        _kill(worker)
        code = worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return code if early is None else early


class _Watchdog:
    """Kills a worker when its time is up; `expired` tells that from any other death."""

    def __init__(self, worker: subprocess.Popen[bytes], seconds: float):
        self.seconds = seconds
        self.expired = False
        self._worker = worker
        self._timer = threading.Timer(seconds, self._bite)
        self._timer.daemon = True

    def __enter__(self) -> _Watchdog:
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()

    def _bite(self) -> None:
        self.expired = True
        _kill(self._worker)


def _ask(worker: subprocess.Popen[bytes], head: dict[str, Any], bodies: list[bytes]) -> Frame | None:
    assert worker.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # the answer, or its absence, says why
        write_frame(worker.stdin, head, *bodies)
    return _heard(worker)


def _heard(worker: subprocess.Popen[bytes]) -> Frame | None:
    assert worker.stdout is not None
    return read_frame(worker.stdout)


def _kill(worker: subprocess.Popen[bytes]) -> None:
    """Kill the worker with everything it may have started: it leads its own process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)


def _worker_command() -> tuple[str, ...]:
    """Isolated mode finds no portal, on purpose; the renderer is a package of its own that needs none of it."""
    start = f"import runpy, sys; sys.path.append({str(HERE)!r}); runpy.run_module('renderer', run_name='__main__')"
    return (sys.executable, "-I", "-c", start)
