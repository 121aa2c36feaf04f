"""What is typed is never lost: saved at once, kept while the line is down, never put over somebody else's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.pages import short_form_of, sign_in
from tests.browser.serving import Site

WHO = "company with a draft"
QUESTION = "HRS-CHK-01"


@pytest.fixture
def address(site: Site) -> str:
    """A section page of the company with a draft."""
    return f"{site.url}/company/assessments/{short_form_of(site, WHO)}/sections/CHK"


@pytest.fixture
def page(context: BrowserContext, site: Site, address: str) -> Iterator[Page]:
    opened = context.new_page()
    sign_in(opened, site, WHO)
    opened.goto(address)
    yield opened


def comment(page: Page) -> Locator:
    return page.locator(f"[name='{QUESTION}-comment']")


def write(page: Page, text: str) -> None:
    page.locator(f"[name='{QUESTION}-comment']").fill(text)


def state(page: Page) -> Locator:
    return page.locator(f"[data-question='{QUESTION}'] [data-save-state]")


def test_an_answer_is_saved_as_it_is_typed(page: Page) -> None:
    page.locator(f"[name='{QUESTION}-value'][value='2']").check()
    write(page, "Saved without a button")

    expect(state(page)).to_contain_text("Saved at")
    page.reload()
    expect(comment(page)).to_have_value("Saved without a button")
    expect(page.locator(f"[name='{QUESTION}-value'][value='2']")).to_be_checked()


def test_what_cannot_be_sent_is_kept_and_sent_later(page: Page) -> None:
    page.route("**/answers", lambda route: route.abort())
    write(page, "Typed while the line was down")
    expect(state(page)).to_contain_text("Not saved: no connection")
    page.reload()
    expect(comment(page)).to_have_value("Typed while the line was down")
    expect(state(page)).to_contain_text("Not saved: no connection")

    page.unroute("**/answers")
    expect(state(page)).to_contain_text("Saved at", timeout=15_000)
    page.reload()
    expect(comment(page)).to_have_value("Typed while the line was down")
    assert page.evaluate("localStorage.length") == 0


def test_an_answer_that_arrived_twice_is_no_conflict(page: Page) -> None:
    """The server got it, and the line broke before it could say so."""
    lost = iter([True])

    def answer_lost(route: Route) -> None:
        if next(lost, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/answers", answer_lost)
    write(page, "Sent twice")

    expect(state(page)).to_contain_text("Saved at", timeout=15_000)


def test_it_tries_again_by_itself(page: Page) -> None:
    failures = iter([True, True])

    def sometimes(route: Route) -> None:
        route.abort() if next(failures, False) else route.continue_()

    page.route("**/answers", sometimes)
    write(page, "Third time lucky")

    expect(state(page)).to_contain_text("Not saved: no connection")
    expect(state(page)).to_contain_text("Saved at", timeout=15_000)


def test_somebody_elses_answer_is_never_written_over(page: Page, context: BrowserContext, address: str) -> None:
    colleague = context.new_page()
    colleague.goto(address)
    colleague.locator(f"[name='{QUESTION}-comment']").fill("The colleague was first")
    expect(state(colleague)).to_contain_text("Saved at")

    write(page, "My own text")
    expect(state(page)).to_contain_text("Someone else changed this answer")
    page.get_by_role("button", name="Save and continue").click()

    expect(page.locator("main")).to_contain_text("My own text")
    expect(page.locator("main")).to_contain_text("The colleague was first")
    page.goto(address)
    expect(comment(page)).to_have_value("The colleague was first")


def test_signed_out_in_between_nothing_typed_is_lost(page: Page, context: BrowserContext, site: Site) -> None:
    kept = context.cookies()
    context.clear_cookies()
    write(page, "Typed after the sign-in ran out")
    expect(state(page)).to_contain_text("You are signed out")
    context.add_cookies(kept)
    page.reload()

    expect(comment(page)).to_have_value("Typed after the sign-in ran out")
    expect(state(page)).to_contain_text("Saved at")


def test_the_whole_form_waits_for_an_answer_on_its_way(page: Page) -> None:
    page.route("**/answers", lambda route: (page.wait_for_timeout(300), route.continue_()))
    write(page, "Typed, then the button at once")
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Save and come back later").click()

    page.wait_for_url("**/assessments/*")
    expect(page.locator("main")).not_to_contain_text("Two of you changed this answer")
    page.unroute_all(behavior="ignoreErrors")


def test_without_script_the_button_saves(browser_without_script: Page, site: Site, address: str) -> None:
    page = browser_without_script
    sign_in(page, site, WHO)
    page.goto(address)
    write(page, "Plain form")
    page.get_by_role("button", name="Save and come back later").click()
    page.goto(address)

    expect(comment(page)).to_have_value("Plain form")


def test_what_was_typed_offline_is_counted_and_sent_from_another_page(page: Page, site: Site, address: str) -> None:
    page.route("**/answers", lambda route: route.abort())
    write(page, "Typed on the road")
    expect(page.locator("[data-unsent]")).to_contain_text("Answers not sent yet: 1")
    page.goto(f"{site.url}/company")
    expect(page.locator("[data-unsent]")).to_contain_text("Clearing the data of the browser deletes them")

    page.unroute("**/answers")
    page.reload()
    expect(page.locator("[data-unsent]")).to_be_hidden()
    page.goto(address)
    expect(comment(page)).to_have_value("Typed on the road")
    assert page.evaluate("localStorage.length") == 0


def test_a_chosen_file_is_sent_in_pieces_and_stands_in_the_list(page: Page) -> None:
    place = page.locator(f"[data-evidence='{QUESTION}']")
    place.locator("input[type=file]").set_input_files(
        {"name": "ประชุม.txt", "mimeType": "text/plain", "buffer": b"Minutes.\n"}
    )

    expect(place.get_by_role("link", name="ประชุม.txt")).to_be_visible(timeout=15_000)
    page.reload()
    expect(place.get_by_role("link", name="ประชุม.txt").first).to_be_visible()
