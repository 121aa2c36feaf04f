"""Fixtures: the served demonstration, and a browser; without Chromium these tests are skipped with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import chromium, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with chromium.opened() as opened:
            yield opened
    except chromium.NoChromium as reason:
        pytest.skip(f"no browser: {reason}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[serving.Site]:
    """Read-mostly: tests that change something use what no other test looks at."""
    with serving.served(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="en")
    yield made
    made.close()


@pytest.fixture
def browser_without_script(browser: Browser) -> Iterator[Page]:
    made = browser.new_context(java_script_enabled=False)
    yield made.new_page()
    made.close()
