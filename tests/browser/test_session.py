"""The end of a sign-in: said two minutes before, put off with one key, and nothing typed is lost when it comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select, update

from portal import db
from portal.models import Login, User
from tests.browser.pages import PEOPLE, short_form_of, sign_in
from tests.browser.serving import Site

WHO = "company with a draft"
QUESTION = "HRS-CHK-01"
#: Minutes after which the page takes a sign-in for ended: one less than the server, which notes the use by minutes.
ENDS = 59


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Iterator[Page]:
    opened = context.new_page()
    opened.clock.install()
    sign_in(opened, site, WHO)
    opened.goto(f"{site.url}/company/profile")
    yield opened


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def pass_by(page: Page, minutes: float) -> None:
    page.clock.fast_forward(int(minutes * 60_000))
    page.clock.run_for(1_100)


def end_sign_ins(site: Site) -> None:
    with db.writing(site.app.extensions["portal"].engine) as session, session.begin():
        session.execute(update(Login).values(seen_at=datetime.now(UTC) - timedelta(hours=2)))


def sign_in_again(page: Page, site: Site) -> None:
    page.get_by_role("link", name="Sign in again").click()
    page.locator("#email").fill(PEOPLE[WHO])
    page.locator("#password").fill(site.password)
    page.locator("main button.btn").click()
    page.wait_for_url(lambda url: "/account/sign-in" not in url)


def test_the_end_is_said_more_than_two_minutes_before(page: Page) -> None:
    pass_by(page, ENDS - 2.6)
    expect(dialog(page)).not_to_be_visible()

    pass_by(page, 0.1)

    expect(dialog(page)).to_contain_text("Are you still there?")
    expect(dialog(page)).to_contain_text("Saved answers are safe")
    expect(dialog(page)).to_contain_text("Time left: 2:")
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()


def test_esc_means_staying(page: Page, site: Site) -> None:
    pass_by(page, ENDS - 2)
    expect(dialog(page)).to_be_visible()
    with db.writing(site.app.extensions["portal"].engine) as session, session.begin():
        old = datetime.now(UTC) - timedelta(minutes=50)
        session.execute(update(Login).values(seen_at=old))

    with page.expect_response("**/account/stay") as answered:
        page.keyboard.press("Escape")

    assert answered.value.status == 200
    expect(dialog(page)).not_to_be_visible()
    with db.reading(site.app.extensions["portal"].engine) as session:
        mine = select(Login.seen_at).join(User).where(User.email == PEOPLE[WHO]).order_by(Login.created_at.desc())
        assert session.scalars(mine).first() > old
    pass_by(page, ENDS - 3)
    expect(dialog(page)).not_to_be_visible()


def test_before_twelve_hours_are_over_it_is_said_too_and_nothing_puts_that_off(page: Page, site: Site) -> None:
    with db.writing(site.app.extensions["portal"].engine) as session, session.begin():
        session.execute(update(Login).values(created_at=datetime.now(UTC) - timedelta(hours=11, minutes=55)))
    page.reload()
    pass_by(page, 2)
    expect(dialog(page)).not_to_be_visible()

    pass_by(page, 0.6)
    expect(dialog(page)).to_contain_text("for as long as is allowed")
    page.keyboard.press("Escape")
    expect(dialog(page)).not_to_be_visible()

    pass_by(page, 2.5)
    expect(dialog(page)).to_contain_text("You have been signed out")


def test_what_is_typed_in_a_form_is_there_again_after_signing_in_again(page: Page, site: Site) -> None:
    page.locator("input[type=text]").first.fill("Typed before the end")
    pass_by(page, ENDS)
    end_sign_ins(site)
    expect(dialog(page)).to_contain_text("You have been signed out")

    sign_in_again(page, site)

    assert page.url.endswith("/company/profile")
    expect(page.locator("input[type=text]").first).to_have_value("Typed before the end")


def test_an_answer_that_came_too_late_to_be_saved_is_there_again(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/company/assessments/{short_form_of(site, WHO)}/sections/CHK")
    end_sign_ins(site)
    page.locator(f"[name='{QUESTION}-comment']").fill("Typed after the end")
    page.clock.run_for(2_000)
    expect(page.locator(f"[data-question='{QUESTION}'] [data-save-state]")).to_contain_text("signed out")
    pass_by(page, ENDS)

    sign_in_again(page, site)

    assert page.url.endswith("/sections/CHK")
    expect(page.locator(f"[name='{QUESTION}-comment']")).to_have_value("Typed after the end")


def test_a_form_sent_after_the_end_shows_what_was_typed(page: Page, site: Site) -> None:
    """Also without a script: the answer is the page that asks for the sign-in, with every text in it."""
    page.locator("input[type=text]").first.fill("Typed and sent too late")
    end_sign_ins(site)

    page.locator("main button.btn").first.click()

    expect(page.locator("main")).to_contain_text("Typed and sent too late")
    expect(page.locator("main")).to_contain_text("Sign in")


def test_a_password_can_be_shown_and_is_sent_as_one(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    page.goto(f"{site.url}/account/sign-in")
    field, button = page.locator("#password"), page.get_by_role("button", name="Show what you type")
    field.fill("something secret")

    button.click()

    expect(field).to_have_attribute("type", "text")
    expect(page.get_by_role("button", name="Hide what you type")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Hide what you type").click()
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_value("something secret")
