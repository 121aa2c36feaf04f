"""Second factors in a real browser: Chromium's own passkeys, and codes of an authenticator app."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pyotp
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect
from sqlalchemy import update

from portal import db
from portal.models import Login, OrganisationKind, Role
from portal.services.logins import Proof
from tests import builders
from tests.browser.pages import Address
from tests.browser.serving import Site
from tests.browser.test_pages import DIRECTIONS, faults
from tests.web.account.test_security import add_app


@pytest.fixture
def email(site: Site) -> str:
    """The owner of a company of their own, who is no sample account."""
    with db.writing(site.app.extensions["portal"].engine) as session, session.begin():
        name, at = f"Company {uuid4().hex[:8]}", datetime.now(UTC)
        company = builders.make_organisation(session, name, OrganisationKind.COMPANY, country="TH", at=at)
        return builders.make_person(session, company, Role.OWNER, at=at).email


@pytest.fixture
def url(site: Site) -> str:
    """By name: browsers make no passkeys for an address in figures."""
    return site.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    opened = context.new_page()
    said: list[str] = []
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    assert said == []


@pytest.fixture
def device(context: BrowserContext, page: Page) -> CDPSession:
    """A phone that knows its owner, in the browser."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def sign_in(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/account/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(builders.PASSWORD)
    page.locator("main form").first.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/account/sign-in" not in address)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You have signed out.")).to_be_visible()


def add_passkey(page: Page, url: str) -> None:
    page.goto(f"{url}/account/security")
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("#name").fill("this laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    expect(page.locator(".keys li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them. Go on").click()
    expect(page.get_by_text("this laptop").first).to_be_visible()


def test_a_passkey_is_added_and_then_is_the_whole_sign_in(page: Page, url: str, email: str, device: CDPSession) -> None:
    sign_in(page, url, email)
    add_passkey(page, url)
    sign_out(page)

    page.goto(f"{url}/account/sign-in?next=/account/security")
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url(f"{url}/account/security")
    expect(page.get_by_text("this laptop").first).to_be_visible()


@pytest.mark.slow
def test_a_passkey_is_the_second_factor_and_the_proof_before_what_binds(
    page: Page, url: str, email: str, device: CDPSession, site: Site
) -> None:
    sign_in(page, url, email)
    add_passkey(page, url)
    sign_out(page)
    sign_in(page, url, email)
    expect(page.get_by_role("heading", name="Show your second factor")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{url}/company")

    page.goto(f"{url}/account/security")
    page.get_by_role("link", name="Name or remove").click()
    page.locator("#name").fill("old laptop")
    with db.writing(site.app.extensions["portal"].engine) as session, session.begin():
        session.execute(update(Login).values(proved_at=datetime.now(UTC) - timedelta(hours=1)))
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_role("heading", name="Prove once more that it is you")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("old laptop").first).to_be_visible()


@pytest.mark.slow
def test_a_passkey_that_is_not_on_this_device_is_told_and_a_code_remains(
    page: Page, url: str, email: str, device: CDPSession
) -> None:
    page.goto(f"{url}/account/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("The passkey was not used")).to_be_visible(timeout=70_000)


@pytest.mark.slow
def test_an_app_is_added_by_its_key_and_its_next_code_signs_in(page: Page, url: str, email: str) -> None:
    sign_in(page, url, email)
    page.goto(f"{url}/account/security")
    page.get_by_role("link", name="Add an authenticator app").click()
    expect(page.locator("svg.qr")).to_be_visible()
    totp = pyotp.TOTP(page.locator(".key").inner_text().replace(" ", ""))
    code = totp.at(time.time() - 30)
    page.locator("#code").fill(f"{code[:3]} {code[3:]}")
    page.get_by_role("button", name="Add this app").click()
    expect(page.locator(".keys li")).to_have_count(10)
    sign_out(page)

    sign_in(page, url, email)
    page.locator("#code").fill(totp.at(time.time() + 30))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{url}/company")


@pytest.mark.slow
@pytest.mark.parametrize(("direction", "width"), [("ltr", 1280), ("rtl", 375)])
def test_the_pages_of_a_real_account_are_sound(
    browser: Browser, site: Site, email: str, direction: str, width: int, subtests: pytest.Subtests
) -> None:
    context = browser.new_context(locale=DIRECTIONS[direction], viewport={"width": width, "height": 900})
    page = context.new_page()
    client = builders.sign_in(site.app.test_client(), email)
    enter(context, site, client)
    for path in ("security", "security/app", "security/passkey", "prove", "factor-resets"):
        with subtests.test(path=path):
            assert faults(page, site, Address("", f"/account/{path}"), direction) == []
    add_app(client)
    enter(context, site, client)
    link = re.search(r"/account/security/[0-9a-f-]{36}", client.get("/account/security").text)
    assert link
    for path in ("/account/security", link[0], "/account/prove"):
        with subtests.test(path=path):
            assert faults(page, site, Address("", path), direction) == []
    enter(context, site, builders.sign_in(site.app.test_client(), email, Proof()))
    for path in ("/account/factor", "/account/factor/lost"):
        with subtests.test(path=path):
            assert faults(page, site, Address("", path), direction) == []
    context.close()


def enter(context: BrowserContext, site: Site, client: FlaskClient) -> None:
    """Give the browser the sign-in of a client."""
    cookie = client.get_cookie("portal")
    assert cookie
    context.add_cookies([{"name": "portal", "value": cookie.value, "url": site.url}])


@pytest.mark.slow
def test_without_script_the_pages_speak_of_codes_only(browser: Browser, url: str, email: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    sign_in(page, url, email)
    page.goto(f"{url}/account/security/passkey")

    expect(page.get_by_text("This browser offers no passkeys here.")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
    expect(page.get_by_role("link", name=re.compile("authenticator app instead"))).to_be_visible()
    context.close()
