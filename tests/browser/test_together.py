"""Colleagues at work on one question: they see each other, one names the other, the other reads it and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from portal import db
from portal.clock import clock
from portal.models import OrganisationKind, OutboxMail, Role, User
from portal.services import logins
from tests import builders
from tests.browser.serving import Site
from tests.builders import Person

QUESTION = "HRS-COM-02"
PASSWORD = "three boats under a red moon"
THAI, URDU = "นิดา ศรีสุข", "شیریں علی"


@dataclass
class Office:
    """A company with an owner and an editor, and a draft of the short form."""

    site: Site
    owner: Person
    editor: Person
    assessment_id: UUID

    @property
    def place(self) -> str:
        return f"{self.site.url}/company/assessments/{self.assessment_id}"

    def letters(self, address: str) -> list[dict[str, str]]:
        """What the outbox holds for this address."""
        portal = self.site.app.extensions["portal"]
        with db.reading(portal.engine) as session:
            sealed = [one for one in session.scalars(select(OutboxMail.sealed)) if one]
        return [one for one in (json.loads(portal.sealer.open(text)) for text in sealed) if one["to"] == address]


@pytest.fixture
def office(site: Site, request: pytest.FixtureRequest) -> Office:
    portal, at, name = site.app.extensions["portal"], datetime.now(UTC), re.sub(r"\W+", "-", request.node.name)[-40:]
    with db.writing(portal.engine) as session, session.begin():
        company = builders.make_organisation(session, f"Office {name}", OrganisationKind.COMPANY, country="TH", at=at)
        owner = builders.make_person(session, company, Role.OWNER, at=at, email=f"owner@{name}.example")
        editor = builders.make_person(session, company, Role.EDITOR, at=at, email=f"editor@{name}.example")
        for person, called in ((owner, THAI), (editor, URDU)):
            session.get_one(User, person.principal.actor).name = called
        made = builders.make_assessment(session, owner, portal.catalogue, at=at)
    return Office(site, owner, editor, made.id)


@pytest.fixture
def windows(office: Office, browser: Browser) -> Iterator[tuple[Page, Page]]:
    contexts = [browser.new_context(locale="en") for _person in range(2)]
    pages = [context.new_page() for context in contexts]
    for page, person in zip(pages, (office.owner, office.editor), strict=True):
        with db.writing(office.site.app.extensions["portal"].engine) as session, session.begin():
            token = logins.open_login(session, person.principal.actor, at=clock.now(), proof=builders.TWO_FACTORS)
        page.context.add_cookies([{"name": "portal", "value": token, "url": office.site.url}])
    yield pages[0], pages[1]
    for context in contexts:
        context.close()


def test_two_colleagues_see_each_other_and_one_names_the_other(office: Office, windows: tuple[Page, Page]) -> None:
    first, second = windows
    first.goto(f"{office.place}/sections/COM")
    expect(first.locator("[data-here]")).to_contain_text("only you")
    second.goto(f"{office.place}/questions/{QUESTION}")
    expect(second.locator("[data-here]")).to_contain_text(f"{THAI} (Commit)")
    first.goto(f"{office.place}/questions/{QUESTION}")
    expect(first.locator("[data-here]")).to_contain_text(URDU)

    first.locator("#body").press_sequentially("Do you have the letter? @شیر")
    first.get_by_role("button", name=f"Name {URDU}").click()
    expect(first.locator("#body")).to_have_value(f"Do you have the letter? @{URDU} ")
    first.get_by_role("button", name="Write the comment").click()
    expect(first.locator(".notices")).to_contain_text(f"Told by mail: {URDU}")

    (letter,) = office.letters(office.editor.email)
    assert "Do you have the letter" not in letter["body"]
    link = re.search(r"https?://[^/]+(/\S+)", letter["body"])
    assert link
    second.goto(f"{office.site.url}/company")
    second.goto(office.site.url + link[1])
    expect(second.locator(".said")).to_contain_text("Do you have the letter?")
    second.locator("#body").fill("یہ دفتر میں ہے")
    second.locator(".said li", has_text="Do you have the letter?").get_by_role("button", name="Dealt with").click()
    expect(second.locator(".notices")).to_contain_text("no longer counts as open")
    expect(second.locator("#body")).to_have_value("یہ دفتر میں ہے")
    second.get_by_role("button", name="Write the comment").click()

    expect(second.locator("#body")).to_have_value("")
    first.reload()
    expect(first.locator(".said").last).to_contain_text("یہ دفتر میں ہے")
    expect(first.locator("main")).to_contain_text("1 comment was dealt with")


def test_without_script_names_are_ticked_and_the_page_says_who_was_there(
    office: Office, windows: tuple[Page, Page], browser_without_script: Page
) -> None:
    first, _second = windows
    first.goto(f"{office.place}/sections/COM")
    expect(first.locator("[data-here]")).to_contain_text("only you")
    first.wait_for_timeout(500)
    page = browser_without_script
    with db.writing(office.site.app.extensions["portal"].engine) as session, session.begin():
        editor = office.editor.principal.actor
        token = logins.open_login(session, editor, at=clock.now(), proof=builders.TWO_FACTORS)
    page.context.add_cookies([{"name": "portal", "value": token, "url": office.site.url}])
    page.goto(f"{office.place}/questions/{QUESTION}")
    expect(page.locator("[data-here]")).to_contain_text(f"{THAI} (Commit)")
    page.locator("#body").fill("ไม่มีสคริปต์")
    page.get_by_text("Tell by mail: 1 colleague sees this question").click()
    page.get_by_label(THAI).check()
    page.get_by_role("button", name="Write the comment").click()

    expect(page.locator(".said")).to_contain_text("ไม่มีสคริปต์")
    expect(page.locator(".notices")).to_contain_text(f"Told by mail: {THAI}")
    assert len(office.letters(office.owner.email)) == 1


@pytest.mark.slow
def test_a_worker_representative_comes_from_the_invitation_to_comment_and_statement(
    office: Office, windows: tuple[Page, Page], browser: Browser
) -> None:
    owner, _second = windows
    email = f"speaker-{office.assessment_id}@workers.example"
    owner.goto(f"{office.site.url}/account/members")
    owner.get_by_label("E-mail").fill(email)
    owner.get_by_label("Role").select_option(label="Worker representative")
    owner.get_by_role("button", name="Send the invitation").click()
    (invitation,) = office.letters(email)
    link = re.search(r"https?://[^/]+(/\S+)", invitation["body"])
    assert link

    speaker = browser.new_context(locale="en").new_page()
    speaker.goto(office.site.url + link[1])
    speaker.locator("#name").fill("Somsak P.")
    speaker.locator("#password").fill(PASSWORD)
    speaker.get_by_role("button", name="Open an account and accept").click()
    speaker.goto(f"{office.site.url}/company")
    expect(speaker.locator("main")).to_contain_text("Nothing is given to you yet")

    owner.goto(f"{office.place}/assignments")
    owner.locator("#what").select_option("COM")
    owner.locator("#member").select_option(label="Somsak P.")
    owner.get_by_role("button", name="Give", exact=True).click()

    speaker.reload()
    speaker.get_by_role("link", name="Commit").first.click()
    expect(speaker.locator("main")).to_contain_text("You can read the answers")
    speaker.get_by_role("link", name=re.compile(f"History, comments and files.*{QUESTION}")).click()
    speaker.locator("#body").fill("We were not asked.")
    speaker.get_by_role("button", name="Write the comment").click()
    expect(speaker.locator(".said")).to_contain_text("We were not asked.")
    speaker.goto(f"{office.site.url}/company")
    speaker.get_by_role("link", name="Say something for the workers").first.click()
    speaker.locator("#body_name").fill("Works council")
    speaker.locator("#words").fill("Read with us: two of three are true.")
    speaker.get_by_role("button", name="Save").click()
    expect(speaker.locator(".notices")).to_contain_text("without your name")

    owner.goto(f"{office.place}/comments")
    expect(owner.locator("main")).to_contain_text("We were not asked.")
    owner.goto(f"{office.place}/worker-statements")
    expect(owner.locator("main")).to_contain_text("two of three are true")
    speaker.context.close()
