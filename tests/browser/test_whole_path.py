"""From the mail of invitation to a submitted short form: without JavaScript, and with the keyboard alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

import pyotp
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from portal import db
from portal.clock import clock
from portal.models import OrganisationKind, OutboxMail, Submission
from tests import builders
from tests.browser.serving import Site
from tests.builders import PROFILE

PASSWORD = "three boats under a red moon"
#: The first day of July as a person types it into a date field in English.
DAYS = {"start": "07012025", "end": "06302026"}
#: More stops than the longest page has.
STOPS = 900


class Hands(Protocol):
    """How a person moves about a page."""

    page: Page

    def press(self, what: Locator) -> None: ...
    def write(self, what: Locator, text: str) -> None: ...
    def choose(self, what: Locator) -> None: ...
    def pick(self, what: Locator, value: str) -> None: ...


class Pointer:
    """Clicks; for the browser without scripts."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, what: Locator) -> None:
        with self.page.expect_navigation():  # else the next step can begin before a form has arrived
            what.click()

    def write(self, what: Locator, text: str) -> None:
        if what.get_attribute("type") == "date":
            text = f"{text[4:]}-{text[:2]}-{text[2:4]}"
        what.fill(text)

    def choose(self, what: Locator) -> None:
        what.check()

    def pick(self, what: Locator, value: str) -> None:
        what.select_option(value)


class Keyboard:
    """Only Tab, arrows, Space, Enter and letters."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, what: Locator) -> None:
        self._reach(what)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, what: Locator, text: str) -> None:
        self._reach(what)
        if what.get_attribute("type") != "date":
            self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, what: Locator) -> None:
        """Tab enters a group of radios at one of them; arrows go on to the others, and choose as they go."""
        if what.get_attribute("type") == "checkbox":
            self._reach(what)
            self.page.keyboard.press("Space")
            return
        group = self.page.locator(f"input[type=radio][name='{what.get_attribute('name')}']")
        self._reach(group)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if what.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert what.is_checked(), f"no key leads to {what}"

    def pick(self, what: Locator, value: str) -> None:
        self._reach(what)
        self.page.keyboard.press("Home")
        for _ in range(what.locator("option").count()):
            if what.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        assert what.input_value() == value, f"no key leads to {value}"

    def _reach(self, what: Locator) -> None:
        handles = what.element_handles()
        for _ in range(STOPS):
            if self.page.evaluate("places => places.includes(document.activeElement)", handles):
                assert self.page.evaluate("document.activeElement.matches(':focus-visible')"), "the focus is not shown"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way by Tab to {what}")


@pytest.fixture(params=["without script", "keyboard"])
def hands(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Hands]:
    if request.param == "keyboard":
        context = browser.new_context(locale="en")
        yield Keyboard(context.new_page())
    else:
        context = browser.new_context(locale="en", java_script_enabled=False)
        yield Pointer(context.new_page())
    context.close()


@pytest.mark.slow
def test_from_the_invitation_to_the_receipt(hands: Hands, site: Site, request: pytest.FixtureRequest) -> None:
    name = f"Path {request.node.callspec.id}"
    page = hands.page
    page.goto(invited(site, name))
    accept(hands)
    fill_profile(hands)
    hands.press(page.locator("section.card", has_text="short form").get_by_role("button", name="Start").first)
    answer_all(hands, site, name)
    sign(hands, name)

    expect(page.locator("h1")).to_contain_text("Your receipt")
    with db.reading(site.app.extensions["portal"].engine) as session:
        submitted = session.scalars(select(Submission).where(Submission.signed_name == f"Malee {name}")).one()
    expect(page.locator("main")).to_contain_text(submitted.reference)
    assert len(json.loads(submitted.bundle)["answers"]) == 20


def invited(site: Site, name: str) -> str:
    """An administrator enters the company and invites its first owner; return the link in the mail."""
    portal = site.app.extensions["portal"]
    with db.writing(portal.engine) as session, session.begin():
        at = datetime.now(UTC)
        company = builders.make_organisation(session, name, OrganisationKind.COMPANY, country="TH", at=at)
    client = builders.sign_in(site.app.test_client(), "admin@portal.example")
    address = f"{name.replace(' ', '.')}@path.example".lower()
    page = f"/admin/organisations/{company.id}"
    answer = builders.post(client, f"{page}/invitation", {"email": address}, page=page)
    assert answer.status_code == 302, answer.text
    with db.reading(portal.engine) as session:
        letters = [json.loads(portal.sealer.open(mail.sealed)) for mail in session.scalars(select(OutboxMail))]
    body = next(letter["body"] for letter in letters if letter["to"] == address)
    link = re.search(r"https?://[^/]+(/\S+)", body)
    assert link
    return site.url + link[1]


def accept(hands: Hands) -> None:
    page = hands.page
    hands.write(page.locator("#name"), "Malee Srisuk")
    hands.write(page.locator("#password"), PASSWORD)
    hands.press(page.get_by_role("button", name="Open an account and accept"))
    if page.get_by_role("link", name="Fill in the profile").count() == 0:
        page.goto(page.url.split("/account")[0] + "/company")
    hands.press(page.get_by_role("link", name="Fill in the profile"))


def fill_profile(hands: Hands) -> None:
    page = hands.page
    for field, value in PROFILE.items():
        if field == "PRO-03":
            hands.write(page.locator("#PRO-03-in"), "Thailand")
        elif field == "PRO-06":
            hands.pick(page.locator("#PRO-06-0"), "C13")
        elif isinstance(value, dict):
            for part, day in DAYS.items():
                hands.write(page.locator(f"#{field}-{part}"), day)
        elif page.locator(f"#{field}-in").count():
            hands.write(page.locator(f"#{field}-in"), str(value))
        else:
            for one in value if isinstance(value, list) else [value]:
                hands.choose(page.locator(f"input[name='{field}'][value='{one}']"))
    hands.press(page.get_by_role("button", name="Save and see what applies"))


def answer_all(hands: Hands, site: Site, name: str) -> None:
    page = hands.page
    page.wait_for_url("**/company/assessments/*")
    overview = page.url
    sections = [link.get_attribute("href") for link in page.locator(".tasks a[href*='/sections/']").all()]
    assert len(sections) > 3
    hands.press(page.locator(f".tasks a[href='{sections[0]}']"))
    for section in sections:
        if not page.url.endswith(str(section)):
            page.goto(site.url + str(section))
        ids = [part.get_attribute("data-question") for part in page.locator("[data-question]").all()]
        for question_id in ids:
            answer(hands, str(question_id), name)
        hands.press(page.get_by_role("button", name="Save and continue"))
    page.goto(overview)


def answer(hands: Hands, question_id: str, name: str) -> None:
    part = hands.page.locator(f"[data-question='{question_id}']")
    choices = part.locator(f"input[name='{question_id}-value']")
    if choices.count():
        hands.choose(choices.nth(1))
    else:
        for cell in part.locator(f"[name^='{question_id}-0-']:visible").all():
            fill_cell(hands, cell)
    hands.write(part.locator(f"[name='{question_id}-comment']"), f"เราจดไว้ ہم نے لکھا {name}")


def fill_cell(hands: Hands, cell: Any) -> None:
    if cell.evaluate("cell => cell.tagName") == "SELECT":
        hands.pick(cell, cell.locator("option").nth(2).get_attribute("value"))
    elif cell.get_attribute("list"):
        hands.write(cell, "Thailand")
    else:
        hands.write(cell, "3" if cell.get_attribute("inputmode") else "ความร้อนในโรงย้อม")


def sign(hands: Hands, name: str) -> None:
    """A second factor is asked for on the way, because signing binds the company."""
    page = hands.page
    hands.press(page.get_by_role("link", name="Sign and submit"))
    hands.press(page.get_by_role("link", name="Add an authenticator app"))
    secret = page.locator(".key").inner_text().replace(" ", "")
    hands.write(page.locator("#code"), pyotp.TOTP(secret).at(clock.now()))
    hands.press(page.get_by_role("button", name="Add this app"))
    hands.press(page.get_by_role("link", name="I have kept them. Go on"))
    hands.choose(page.locator("input[name='joins'][value='yes']"))
    hands.choose(page.locator("input[name='statement']"))
    hands.write(page.locator("#name"), f"Malee {name}")
    hands.write(page.locator("#position"), "กรรมการผู้จัดการ")
    hands.press(page.get_by_role("button", name="Sign and submit"))
