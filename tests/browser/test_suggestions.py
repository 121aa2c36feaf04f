"""Answers from elsewhere in a real browser: used by their button, left alone by typing and by Enter."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from portal import db
from portal.authz import Principal
from portal.models import Membership, Organisation, User
from portal.services import assessments
from tests.browser.pages import PEOPLE, sign_in
from tests.browser.serving import Site

WHO = "company with a draft"


@pytest.fixture(scope="module")
def core(site: Site) -> UUID:
    """A core assessment of a company that has begun the short form."""
    held = site.app.extensions["portal"]
    with db.writing(held.engine) as session, session.begin():
        user = session.scalars(select(User).where(User.email == PEOPLE[WHO])).one()
        membership = session.scalars(select(Membership).where(Membership.user_id == user.id)).one()
        company = session.get_one(Organisation, membership.organisation_id)
        principal = Principal(user_id=user.id, organisation_id=company.id, kind=company.kind, role=membership.role)
        questionnaire = held.catalogue.questionnaires["hrdd-core@2026.1"]
        period = (date(2024, 7, 1), date(2025, 6, 30))
        return assessments.start_assessment(session, principal, questionnaire, period=period, at=datetime.now(UTC)).id


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_answer_from_elsewhere_is_stored_by_its_button_alone(
    browser: Browser, site: Site, core: UUID, script: bool
) -> None:
    context = browser.new_context(locale="en", java_script_enabled=script)
    page = context.new_page()
    sign_in(page, site, WHO)
    question = "HRC-GOV-01" if script else "HRC-GOV-03"
    page.goto(f"{site.url}/company/assessments/{core}/sections/GOV")
    box, chosen = page.locator(f"#{question}-elsewhere"), page.locator(f"[name={question}-value]:checked")

    expect(box).to_be_visible()
    expect(chosen).to_have_count(0)
    if script:
        page.locator(f"#{question}-comment").fill("to be asked")
        expect(page.locator(f"#{question} [data-save-state]")).to_contain_text("Saved at")
    page.reload()
    expect(box).to_be_visible()
    box.locator("button").click()
    expect(page.locator(f"#{question}-elsewhere")).to_have_count(0)
    expect(chosen).to_have_count(1)
    if script:
        expect(page.locator(f"#{question}-comment")).to_have_value("to be asked")
    context.close()
