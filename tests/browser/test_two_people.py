"""Two people fill two questionnaires in two windows, one offline for a minute, one signed out: all of it is there.

Who reads it afterwards is a third person, in a browser that has never been here: what they see has reached the portal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import update

from portal import db
from portal.clock import clock
from portal.models import Login, OrganisationKind, Role
from portal.services import assessments, logins, profiles
from tests import builders
from tests.browser.serving import Site
from tests.builders import PERIOD, PROFILE, Person

CORE, EMPLOYERS = "hrdd-core@2026.1", "recruitment-employers@2026.1"
#: A large employer of migrant workers, of refugees too, with recruiters, guards, land and work in a conflict area.
LARGE = PROFILE | {
    "PRO-07": 800,
    "PRO-08": 100,
    "PRO-11": 200,
    "PRO-14": {"origin": 2, "destination": 1},
    "PRO-17": "yes",
    "PRO-19": "yes",
    "PRO-20": "yes",
    "PRO-21": "yes",
}
WORDS = (
    "เราทบทวนทุกหกเดือนกับผู้แทนคนงาน",
    "ہم ہر چھ ماہ بعد کارکنوں کے نمائندوں سے ملتے ہیں۔",
    "We meet them twice a year.",
)
OFFLINE = 60_000  # ms
#: What stands in the fields of a question, as a person sees it.
READ = """id => [...document.querySelectorAll(`[name^="${id}-"]`)]
    .filter(field => !["file", "hidden", "submit"].includes(field.type))
    .filter(field => field.checked || !["radio", "checkbox"].includes(field.type))
    .map(field => [field.name, field.value]).filter(([, value]) => value.trim()).sort()"""
SAVED = """ids => ids.every(id => document.querySelector(`[data-question="${id}"] [data-save-state]`)
    ?.classList.contains("done"))"""
IDS = "[...document.querySelectorAll('[data-question]')].map(part => part.dataset.question)"


@dataclass
class Filling:
    """A company whose people fill the sections of its assessments, and what they typed by question."""

    site: Site
    people: dict[str, Person]
    sections: list[str]
    typed: dict[str, Any]


@pytest.fixture
def filling(site: Site) -> Filling:
    portal, at = site.app.extensions["portal"], datetime.now(UTC)
    with db.writing(portal.engine) as session, session.begin():
        company = builders.make_organisation(session, "Two windows", OrganisationKind.COMPANY, country="TH", at=at)
        roles = {"first": Role.OWNER, "second": Role.EDITOR, "reader": Role.EDITOR}
        people = {
            name: builders.make_person(session, company, role, at=at, email=f"{name}@two-windows.example")
            for name, role in roles.items()
        }
        owner, sections = people["first"].principal, []
        for reference in (CORE, EMPLOYERS):
            questionnaire = portal.catalogue.questionnaires[reference]
            if not profiles.profile_of(session, owner).version:
                profile = portal.catalogue.profiles[questionnaire.profile]
                profiles.save_profile(session, owner, profile, LARGE, version=0, at=at)
            made = assessments.start_assessment(session, owner, questionnaire, period=PERIOD, at=at)
            sections += [
                f"{site.url}/company/assessments/{made.id}/sections/{one.id}" for one in questionnaire.sections
            ]
    return Filling(site, people, sections, {})


@pytest.mark.slow
def test_everything_typed_by_two_people_is_there(filling: Filling, browser: Browser) -> None:
    first, second = (window(filling, browser, name) for name in ("first", "second"))
    words = cycle(WORDS)
    for place, address in enumerate(filling.sections):
        for page in (first, second):
            page.goto(address)
        ids = first.evaluate(IDS)
        if place == 2:
            offline_for_a_minute(filling, first, ids[::2], words)
        else:
            fill(filling, first, ids[::2], words)
        if place == 4:
            signed_out_in_between(filling, second, ids[1::2], words)
        else:
            fill(filling, second, ids[1::2], words)
        for page, own in ((first, ids[::2]), (second, ids[1::2])):
            page.wait_for_function(SAVED, arg=own, timeout=90_000)

    assert len(filling.typed) == 111
    assert read_by_somebody_else(filling, browser) == filling.typed


def window(filling: Filling, browser: Browser, name: str) -> Page:
    page = browser.new_context(locale="en").new_page()
    sign_in(filling, page, name)
    return page


def sign_in(filling: Filling, page: Page, name: str) -> None:
    person = filling.people[name].principal
    with db.writing(filling.site.app.extensions["portal"].engine) as session, session.begin():
        token = logins.open_login(session, person.actor, at=clock.now(), proof=builders.TWO_FACTORS)
    page.context.add_cookies([{"name": "portal", "value": token, "url": filling.site.url}])


def offline_for_a_minute(filling: Filling, page: Page, ids: list[str], words: Iterator[str]) -> None:
    page.context.set_offline(True)
    fill(filling, page, ids, words)
    page.wait_for_timeout(OFFLINE)
    expect(page.locator(f"[data-question='{ids[0]}'] [data-save-state]")).to_contain_text("Not saved: no connection")
    page.context.set_offline(False)


def signed_out_in_between(filling: Filling, page: Page, ids: list[str], words: Iterator[str]) -> None:
    """The sign-in ends on the server while the page stands open; the person signs in again and comes back."""
    person = filling.people["second"].principal
    with db.writing(filling.site.app.extensions["portal"].engine) as session, session.begin():
        session.execute(update(Login).where(Login.user_id == person.user_id).values(ended_at=clock.now()))
    fill(filling, page, ids, words)
    expect(page.locator(f"[data-question='{ids[0]}'] [data-save-state]")).to_contain_text("signed out")
    sign_in(filling, page, "second")
    page.reload()
    for question_id in ids:
        assert page.evaluate(READ, question_id) == filling.typed[question_id], "not put back after signing in"


def fill(filling: Filling, page: Page, ids: list[str], words: Iterator[str]) -> None:
    for question_id in ids:
        part = page.locator(f"[data-question='{question_id}']")
        choose(part, question_id)
        part.locator(f"[name='{question_id}-comment']").fill(f"{next(words)} {question_id}")
        filling.typed[question_id] = page.evaluate(READ, question_id)


def choose(part: Locator, question_id: str) -> None:
    """Answer with the second choice, the number 12, or a whole first line of a table."""
    choices = part.locator(f"[name='{question_id}-value']")
    kind = choices.first.get_attribute("type") if choices.count() else ""
    if kind in ("radio", "checkbox"):
        choices.nth(1).check()
    elif kind:
        choices.first.fill("12")
    else:
        for cell in part.locator(f"[name^='{question_id}-0-']").all():
            fill_cell(cell)


def fill_cell(cell: Locator) -> None:
    if not cell.is_visible():
        return
    if cell.evaluate("cell => cell.tagName") == "SELECT":
        cell.select_option(index=2)
    elif cell.get_attribute("list"):
        cell.fill("Thailand")
    else:
        cell.fill("3" if cell.get_attribute("inputmode") else "คนงานย่อยสีผ้า")


def read_by_somebody_else(filling: Filling, browser: Browser) -> dict[str, Any]:
    page, found = window(filling, browser, "reader"), {}
    for address in filling.sections:
        page.goto(address)
        found |= {question_id: page.evaluate(READ, question_id) for question_id in page.evaluate(IDS)}
    return found
