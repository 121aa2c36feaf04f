"""Serve the portal on one machine: a supervisor over the web server and the job worker."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any

import alembic.command
import alembic.config
from flask import Flask
from flask.cli import ScriptInfo
from gunicorn.app.base import BaseApplication
from gunicorn.util import import_app

from portal.catalogue import InvalidCatalogue
from portal.jobs.queue import run
from portal.settings import Mode, UnsafeSettings, read_settings

ROOT = Path(__file__).resolve().parent.parent
#: Named as gunicorn's own command names it, so that serving here is what serving apart is.
WEB = "wsgi:app"
#: Seconds a process may take to finish what it is doing before it is killed.
PATIENCE = 10
#: How far reports step back for pages: somebody waits for the page.
NICE = 10
#: Seconds before a job worker that died is started again.
PAUSE = 1.0
_PR_SET_PDEATHSIG = 1

#: One loaded process is forked for each part: the modules are read once, and nothing is open yet to be shared.
_processes = multiprocessing.get_context("fork")


class Stopped(Exception):
    """Somebody asked the portal to stop."""


class CannotListen(Exception):
    """The address cannot be served; the message says what to change."""


class Gunicorn(BaseApplication):
    """Gunicorn on an application that is already loaded."""

    def __init__(self, app: Flask, options: Mapping[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def main() -> int:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    os.umask(0o077)  # answers and evidence are for nobody else on this machine
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        listener = listen(host, port)
        os.environ.setdefault("PORTAL_ADDRESS", address_of(listener))
        mode = read_settings().mode
        app = import_app(WEB)
        return _finish(_start(prepare, app, mode)) or supervise(app, listener)
    except (CannotListen, UnsafeSettings, InvalidCatalogue) as error:
        print(f"The portal did not start: {error}", file=sys.stderr)
        return 1
    except Stopped:
        return 0


def listen(host: str, port: str) -> socket.socket:
    """Take the address before anything slow, so that a port in use is said at once and once."""
    if not (port.isdecimal() and 0 < int(port) < 65536):
        raise CannotListen(f"PORT must be a number from 1 to 65535, not {port!r}.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise CannotListen(
            f"{host}:{port} cannot be used ({error.strerror}). Choose another port: PORT=8001 ./run"
        ) from None
    return listener


def prepare(app: Flask, mode: Mode) -> None:
    """Bring the database up to date and, in demonstration mode, fill it on first use."""
    alembic.command.upgrade(alembic.config.Config(str(ROOT / "alembic.ini")), "head")
    if mode is Mode.DEMONSTRATION:
        app.cli.main(["demo", "--if-empty"], obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)


def serve_pages(app: Flask, listener: socket.socket) -> None:
    address = address_of(listener)

    def say_ready(_arbiter: object) -> None:
        print(f"\nThe portal is at {address}  (Ctrl+C stops it)", flush=True)

    options = {
        "bind": f"fd://{listener.detach()}",
        "worker_class": "gthread",
        "workers": int(os.environ.get("WEB_CONCURRENCY") or 1),
        "threads": 8,
        "timeout": 60,
        "graceful_timeout": PATIENCE - 2,
        "keepalive": 75,  # longer than a load balancer's, or it sends a request into a closing connection
        "loglevel": "warning",
        "control_socket_disable": True,  # would be opened in the home folder of whoever runs the portal
        "preload_app": True,
        "when_ready": say_ready,
    }
    Gunicorn(app, options).run()


def run_jobs() -> None:
    os.nice(NICE)
    run(read_settings())


def supervise(app: Flask, listener: socket.socket) -> int:
    """Keep both running. A dead job worker is replaced; a dead web server ends the portal."""
    running: list[BaseProcess] = []
    try:
        web = _start(serve_pages, app, listener)
        jobs = _start(run_jobs)
        running = [web, jobs]
        while wait([web.sentinel, jobs.sentinel]) and web.is_alive():
            jobs.join()
            print(f"The job worker ended (status {jobs.exitcode}) and is started again.", file=sys.stderr)
            time.sleep(PAUSE)
            jobs = _start(run_jobs)
            running = [web, jobs]
        return 1
    finally:
        _end(running)


def address_of(listener: socket.socket) -> str:
    """Return the address as a browser on this machine can open it."""
    host, port = listener.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _start(work: Callable[..., object], *arguments: object) -> BaseProcess:
    process = _processes.Process(target=_run, args=(work, *arguments))
    process.start()
    return process


def _run(work: Callable[..., object], *arguments: object) -> None:
    """The first steps of a child: its own group, so that Ctrl+C reaches the supervisor alone."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "linux":  # a supervisor that is killed takes its children with it
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    with suppress(KeyboardInterrupt):
        work(*arguments)


def _finish(process: BaseProcess) -> int:
    try:
        process.join()
    except Stopped:
        _end([process])
        raise
    return process.exitcode or 0


def _end(processes: Sequence[BaseProcess]) -> None:
    """Let each finish what it is doing, then kill what is left, grandchildren included."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for process in processes:
        process.terminate()
    latest = time.monotonic() + PATIENCE
    for process in processes:
        process.join(max(0.0, latest - time.monotonic()))
        if process.pid:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
