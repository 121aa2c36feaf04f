"""The system's Chromium, without a sandbox, without a graphics card and without calling home."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
)


class NoChromium(Exception):
    """Why pages cannot be opened here."""


@contextmanager
def opened() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise NoChromium(f"none of {', '.join(NAMES)} is installed")
    driver_program, *_ = compute_driver_executable()
    if subprocess.run([driver_program, "--version"], capture_output=True).returncode:
        raise NoChromium("the browser driver does not start; Debian's package libatomic1 may be missing")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()
