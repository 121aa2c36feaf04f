"""Every page in a real browser: nothing blocked, nothing sideways, nothing that axe objects to."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.pages import LOST, PEOPLE, Address, addresses, one_of_each, sign_in
from tests.browser.serving import Site

WIDTHS = (1280, 375)
#: The widest elements, for the message.
WIDE = """[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
    || e.getBoundingClientRect().left < -1).slice(0, 3).map(e => e.tagName + '.' + e.className).join(', ')"""
AXE = Axe().axe_script
#: Contrast is slow to look at, and the same in both directions.
VIOLATIONS = """async contrast => (await axe.run(document, {
    resultTypes: ['violations'], rules: {'color-contrast': {enabled: contrast}},
})).violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`)"""
#: Language of the page by direction.
DIRECTIONS = {"ltr": "en", "rtl": "ar"}
#: Each direction at one width and one page of each kind, somebody's; in the slow run everybody's, at the other width.
VIEWS = [
    pytest.param("ltr", 1280, 0, id="first-ltr-1280"),
    pytest.param("rtl", 375, -1, id="last-rtl-375"),
    pytest.param("ltr", 375, None, id="all-ltr-375", marks=pytest.mark.slow),
    pytest.param("rtl", 1280, None, id="all-rtl-1280", marks=pytest.mark.slow),
]


@pytest.fixture(scope="session")
def pages(site: Site) -> list[Address]:
    return addresses(site)


@pytest.mark.parametrize(("direction", "width", "place"), VIEWS)
@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_sound(
    browser: Browser,
    site: Site,
    pages: list[Address],
    who: str,
    direction: str,
    width: int,
    place: int | None,
    subtests: pytest.Subtests,
) -> None:
    context = browser.new_context(locale=DIRECTIONS[direction], viewport={"width": width, "height": 900})
    # One window: a new one for each page would have to read and compile the checker again, half of all the time.
    page = context.new_page()
    sign_in(page, site, who)
    looked_at = pages if place is None else one_of_each(pages, place)

    assert len(looked_at) > 50
    for address in looked_at:
        if address.who != who:
            continue
        with subtests.test(path=address.path):
            assert faults(page, site, address, direction) == []
    context.close()


def faults(page: Page, site: Site, address: Address, direction: str) -> list[str]:
    """Open a page and return what is wrong with it."""
    said: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    def thrown(error: Exception) -> None:
        said.append(str(error))

    page.on("console", heard)
    page.on("pageerror", thrown)
    response = page.goto(site.url + address.path)
    lost = address.path == LOST
    found = [text for text in said if not (lost and "404" in text)]
    if response is None or response.status != (404 if lost else 200):
        found.append("does not open")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"is wider than the window, because of {page.evaluate(WIDE)}")
    if page.evaluate("getComputedStyle(document.documentElement).direction") != direction:
        found.append(f"is not {direction}")
    page.evaluate(AXE)
    found += page.evaluate(VIOLATIONS, direction == "ltr")
    page.remove_listener("console", heard)
    page.remove_listener("pageerror", thrown)
    return found
