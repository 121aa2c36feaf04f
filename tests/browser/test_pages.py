"""Every page in a real browser: nothing blocked, nothing sideways, nothing that axe objects to."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.pages import LOST, PEOPLE, Address, addresses, sign_in
from tests.browser.serving import Site

WIDTHS = (1280, 375)
#: Language of the page by direction.
DIRECTIONS = {"ltr": "en", "rtl": "ar"}


@pytest.fixture(scope="session")
def pages(site: Site) -> list[Address]:
    return addresses(site)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_sound(
    browser: Browser, site: Site, pages: list[Address], who: str, direction: str, subtests: pytest.Subtests
) -> None:
    context = browser.new_context(locale=DIRECTIONS[direction])
    page = context.new_page()
    sign_in(page, site, who)
    mine = [address for address in pages if address.who == who]

    assert mine
    for address in mine:
        with subtests.test(path=address.path):
            assert faults(page, site, address, direction) == []
    context.close()


def faults(page: Page, site: Site, address: Address, direction: str) -> list[str]:
    """Open a page and return what is wrong with it, at every width."""
    said: list[str] = []
    listener = page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    response = page.goto(site.url + address.path)
    found = [] if response and response.status == (404 if address.path == LOST else 200) else ["does not open"]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"is wider than {width} px")
        violations = Axe().run(page).response["violations"]
        found += [f"{width}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in violations]
    if page.evaluate("getComputedStyle(document.documentElement).direction") != direction:
        found.append(f"is not {direction}")
    del listener
    return found + [text for text in said if "404" not in text or address.path != LOST]
