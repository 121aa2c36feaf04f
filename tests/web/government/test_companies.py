"""Verification: a government looks companies of its countries up; before that their data count in no release."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.disclosure.units import select_units
from portal.domain.questionnaire import Catalogue
from portal.models import AuditEvent, Organisation, OrganisationKind, OutboxMail, Role, ServedCountry
from portal.services.snapshots import read_units
from portal.settings import Settings, sealer_of
from tests import builders
from tests.builders import SHORT_FORM, World, post, token_in
from tests.conftest import NOON

COMPANIES = "/government/companies"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
OWN = "/company/organisation"


@pytest.fixture
def company(engine: Engine, world: World) -> UUID:
    """Company A with a number to look up."""
    company_id = world.owner.principal.organisation
    change(engine, company_id, registration_number="0105512345678")
    return company_id


@pytest.fixture
def official(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.reviewer.email)


@pytest.fixture
def owner(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.owner.email)


def change(engine: Engine, company_id: UUID, **values: Any) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(Organisation).where(Organisation.id == company_id).values(**values))


def organisation(engine: Engine, company_id: UUID) -> Organisation:
    with db.reading(engine) as session:
        return session.get_one(Organisation, company_id)


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1]


def decide(client: FlaskClient, company_id: UUID, step: str, reason: str = "", seen: str = "") -> Any:
    page = client.get(f"{COMPANIES}/{company_id}").text
    data = {"csrf_token": token_in(page), "seen": seen or seen_on(page), "reason": reason}
    return client.post(f"{COMPANIES}/{company_id}/{step}", data=data)


def mails(engine: Engine, settings: Settings) -> list[tuple[str, str, str]]:
    with db.reading(engine) as session:
        found = session.execute(select(OutboxMail.kind, OutboxMail.sealed).order_by(OutboxMail.created_at)).all()
    letters = [(kind, json.loads(sealer_of(settings).open(sealed))) for kind, sealed in found]
    return [(kind, letter["to"], letter["body"]) for kind, letter in letters]


def stripped(page: str) -> str:
    page = re.sub(r'data-left="\d+"', "", page)
    page = re.sub(r'name="csrf_token" value="[^"]+"|data-(left|token)="[^"]+"', "", page)
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", page)
    return re.sub(r'<bdi class="code">[0-9a-f]{8}</bdi>', "", page)


def test_a_government_sees_the_companies_of_its_countries_and_no_others(
    engine: Engine, world: World, company: UUID, official: FlaskClient
) -> None:
    page = official.get(COMPANIES).text

    assert "Company A" in page
    assert "0105512345678" in page
    assert "1 company waits for its verification." in page
    assert "Company B" not in page
    foreign = official.get(f"{COMPANIES}/{world.rival.principal.organisation}")
    unknown = official.get(f"{COMPANIES}/{UNKNOWN}")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert stripped(foreign.text) == stripped(unknown.text)


def test_a_regional_body_serves_several_countries(
    engine: Engine, world: World, company: UUID, sign_in: Callable[[str], FlaskClient]
) -> None:
    with db.writing(engine) as session, session.begin():
        body = builders.make_organisation(session, "Region", OrganisationKind.GOVERNMENT, country="", at=NOON)
        session.add_all(ServedCountry(organisation_id=body.id, country=code) for code in ("TH", "ID"))
        supervisor = builders.make_person(session, body, Role.SUPERVISOR, at=NOON)
    client = sign_in(supervisor.email)

    page = client.get(COMPANIES).text

    assert "Company A" in page
    assert "Company B" in page
    assert decide(client, company, "verify").status_code == 302
    assert organisation(engine, company).verified_by_id == supervisor.principal.actor


def test_an_unverified_company_counts_in_no_release_until_an_official_verifies_it(
    engine: Engine, world: World, company: UUID, official: FlaskClient, owner: FlaskClient, catalogue: Catalogue
) -> None:
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        builders.submit(session, world.owner, assessment, catalogue, at=NOON)

    def counted() -> int:
        day = (NOON + timedelta(days=60)).date()
        with db.reading(engine) as session:
            units = read_units(session, catalogue, (SHORT_FORM,), snapshot_on=day)
        return len(select_units(units, snapshot_on=day, minimum_age=30))

    assert counted() == 0
    assert decide(official, company, "verify").status_code == 302
    assert counted() == 1
    page = owner.get(OWN).text
    assert "Verified" in page
    facts = {"name": "Company A", "local_name": "", "country": "TH", "registration_number": "0105599999999"}
    assert post(owner, OWN, facts | {"seen": seen_on(page)}).status_code == 302
    assert counted() == 0
    assert organisation(engine, company).verified_at is None


@pytest.mark.parametrize("field", ["name", "local_name", "country", "registration_number"])
def test_changing_what_was_verified_takes_the_verification_back(
    engine: Engine, company: UUID, official: FlaskClient, owner: FlaskClient, field: str
) -> None:
    decide(official, company, "verify")
    facts = {"name": "Company A", "local_name": "", "country": "Thailand", "registration_number": "0105512345678"}
    seen = seen_on(owner.get(OWN).text)

    post(owner, OWN, facts | {"seen": seen})
    assert organisation(engine, company).verified_at is not None
    post(owner, OWN, facts | {"seen": seen, field: "Indonesia"})
    assert organisation(engine, company).verified_at is None


def test_a_company_sent_back_reads_why_and_asks_again(
    engine: Engine, settings: Settings, world: World, company: UUID, official: FlaskClient, owner: FlaskClient
) -> None:
    reason = "The register knows this number under another name."

    assert decide(official, company, "return", "too short"[:5]).status_code == 422
    assert decide(official, company, "return", reason).status_code == 302

    page = owner.get(OWN).text
    assert reason in page
    assert "Sent back" in official.get(COMPANIES).text
    (mail,) = mails(engine, settings)
    assert mail[:2] == ("verification_sent_back", world.owner.email)
    assert reason in mail[2]
    facts = {"name": "Company A", "local_name": "", "country": "TH", "registration_number": "0105512345678"}
    post(owner, OWN, facts | {"seen": seen_on(page)})
    assert "Not verified yet" in official.get(COMPANIES).text


def test_a_verification_can_be_withdrawn_with_a_reason(
    engine: Engine, settings: Settings, company: UUID, official: FlaskClient, owner: FlaskClient
) -> None:
    decide(official, company, "verify")
    assert decide(official, company, "withdraw", "").status_code == 422
    assert organisation(engine, company).verified_at is not None

    assert decide(official, company, "withdraw", "The company has been struck off.").status_code == 302

    assert organisation(engine, company).verified_at is None
    assert "struck off" in owner.get(OWN).text
    assert [kind for kind, _to, _body in mails(engine, settings)] == ["verification_given", "verification_withdrawn"]


def test_what_changed_behind_the_page_is_not_verified(engine: Engine, company: UUID, official: FlaskClient) -> None:
    seen = seen_on(official.get(f"{COMPANIES}/{company}").text)
    change(engine, company, registration_number="999")

    response = decide(official, company, "verify", seen=seen)

    assert response.status_code == 409
    assert "changed this since you opened the page" in response.text
    assert organisation(engine, company).verified_at is None
    assert decide(official, company, "verify").status_code == 302
    assert decide(official, company, "verify").status_code == 409


def test_a_company_without_a_number_cannot_be_verified(
    engine: Engine, world: World, company: UUID, official: FlaskClient
) -> None:
    change(engine, company, registration_number="")

    assert decide(official, company, "verify").status_code == 422
    assert organisation(engine, company).verified_at is None


def test_look_alikes_are_named_and_foreign_ones_only_hinted_at(
    engine: Engine, world: World, company: UUID, official: FlaskClient
) -> None:
    with db.writing(engine) as session, session.begin():
        for name, country, number in (
            ("Twin", "TH", "0-1055-12345-67-8"),
            ("Соmpany  А", "TH", "1"),
            ("Far", "ID", ""),
        ):
            builders.make_organisation(
                session, name, OrganisationKind.COMPANY, country=country, at=NOON, registration_number=number
            )
        far = builders.make_organisation(session, "company a.", OrganisationKind.COMPANY, country="ID", at=NOON)

    page = official.get(f"{COMPANIES}/{company}").text

    assert re.search(r"Same number as\s+<bdi>Twin</bdi>", page)
    assert re.search(r"Name looks like\s+<bdi>Соmpany {2}А</bdi>", page)
    assert "Name looks like that of a company in another country" in page
    assert far.name not in page


def test_every_decision_leaves_one_event(engine: Engine, company: UUID, official: FlaskClient) -> None:
    def events() -> int:
        with db.reading(engine) as session:
            return session.scalar(select(func.count()).select_from(AuditEvent)) or 0

    for step, reason in (("return", "No such number."), ("verify", ""), ("withdraw", "Struck off the register.")):
        before = events()
        assert decide(official, company, step, reason).status_code == 302
        assert events() == before + 1, step


def test_the_list_is_searched_narrowed_and_paged(engine: Engine, world: World, official: FlaskClient) -> None:
    with db.writing(engine) as session, session.begin():
        for number in range(30):
            builders.make_organisation(
                session,
                f"Mill {number:02}",
                OrganisationKind.COMPANY,
                country="TH",
                at=NOON + timedelta(minutes=number),
                registration_number="7",
            )

    assert "Page 1 of 2" in official.get(COMPANIES).text
    assert "Mill 29" in official.get(f"{COMPANIES}?page=2").text
    assert "Mill 29" in official.get(f"{COMPANIES}?text=mill%2029").text
    assert "Mill 28" not in official.get(f"{COMPANIES}?text=mill%2029").text
    assert "Mill 29" not in official.get(f"{COMPANIES}?standing=verified").text
    assert official.get(f"{COMPANIES}?page=nonsense&standing=x").status_code == 200
