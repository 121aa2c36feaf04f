"""The supervisor: takes the port, prepares once, serves, stops everything it started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from portal import serve
from tests.sources import ROOT


@pytest.fixture
def port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(var: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"PORTAL_VAR": str(var), "PORT": str(port), "PORTAL_MODE": "demonstration"}
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_page(port: int, *, within: float) -> None:
    """Ask until a page comes."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=within) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError(f"no page within {within} s")


def stopped(process: subprocess.Popen[str], request: signal.Signals) -> tuple[int, str]:
    process.send_signal(request)
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


def test_a_port_in_use_is_said_in_one_line(port: int) -> None:
    with closing(serve.listen("127.0.0.1", str(port))) as taken:
        taken.listen()

        with pytest.raises(serve.CannotListen, match=rf"127.0.0.1:{port} cannot be used .*PORT=8001"):
            serve.listen("127.0.0.1", str(port))


@pytest.mark.parametrize("wrong", ["", "http", "-1", "0", "65536", "80 80"])
def test_a_port_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(serve.CannotListen, match="PORT must be a number from 1 to 65535"):
        serve.listen("127.0.0.1", wrong)


def test_an_address_that_is_not_ours_is_refused(port: int) -> None:
    with pytest.raises(serve.CannotListen, match=r"192\.0\.2\.1"):
        serve.listen("192.0.2.1", str(port))


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_the_printed_address_opens_in_a_browser_here(host: str, port: int) -> None:
    with closing(serve.listen(host, str(port))) as listener:
        assert serve.address_of(listener) == f"http://127.0.0.1:{port}"


@pytest.mark.slow
def test_the_first_start_fills_the_portal_and_the_second_only_serves_it(tmp_path: Path, port: int) -> None:
    with started(tmp_path, port) as process:
        first_page(port, within=300)
        status, said = stopped(process, signal.SIGINT)
    assert status == 0, said
    for expected in ("Company", "Government", "Password", f"The portal is at http://127.0.0.1:{port}"):
        assert expected in said

    with started(tmp_path, port) as process:
        first_page(port, within=120)
        status, said = stopped(process, signal.SIGTERM)

    assert status == 0, said
    assert "Loading the demonstration" not in said


@pytest.mark.slow
def test_a_killed_supervisor_leaves_nobody_behind(tmp_path: Path, port: int) -> None:
    with started(tmp_path, port) as process:
        first_page(port, within=300)
        process.kill()
        process.wait()

        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                serve.listen("127.0.0.1", str(port)).close()
                break
            except serve.CannotListen:
                time.sleep(0.1)
        else:
            pytest.fail("somebody still holds the port")


@pytest.mark.slow
def test_settings_that_are_refused_are_one_line(tmp_path: Path, port: int) -> None:
    environment = os.environ | {"PORTAL_VAR": str(tmp_path), "PORT": str(port), "PORTAL_MODE": "production"}

    done = subprocess.run(
        [sys.executable, "-m", "portal.serve"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert done.stderr.splitlines() == ["The portal did not start: PORTAL_SECRET_KEY must be set in production"]
