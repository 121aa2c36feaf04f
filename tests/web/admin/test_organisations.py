"""Administrators bring organisations in: companies, governments, and bodies of several countries."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import (
    Invitation,
    Membership,
    Organisation,
    OrganisationKind,
    OutboxMail,
    Role,
    ServedCountry,
)
from portal.settings import Settings, sealer_of
from tests import builders
from tests.builders import World, post
from tests.conftest import NOON

NEW = "/admin/organisations/new"
LIST = "/admin/organisations"


def add(client: FlaskClient, **fields: str) -> Any:
    form = {"kind": "government", "name": "Region", "countries": "Thailand\nID", "registration_number": ""}
    return post(client, NEW, form | fields)


def test_a_body_of_several_countries_is_added_with_all_of_them(engine: Engine, administrator: FlaskClient) -> None:
    response = add(administrator)

    assert response.status_code == 302
    added = UUID(response.headers["Location"].rpartition("/")[2])
    page = administrator.get(response.headers["Location"]).text
    assert "Region" in page
    assert "Indonesia, Thailand" in page
    with db.reading(engine) as session:
        served = session.scalars(select(ServedCountry.country).where(ServedCountry.organisation_id == added)).all()
        stored = session.get_one(Organisation, added)
    assert sorted(served) == ["ID", "TH"]
    assert (stored.kind, stored.country) == (OrganisationKind.GOVERNMENT, "")


def test_a_company_is_added_unverified(engine: Engine, administrator: FlaskClient) -> None:
    response = add(administrator, kind="company", name="New Mill", countries="TH", registration_number="TH 9")

    with db.reading(engine) as session:
        added = session.get_one(Organisation, UUID(response.headers["Location"].rpartition("/")[2]))
    assert (added.kind, added.country, added.registration_number) == (OrganisationKind.COMPANY, "TH", "TH 9")
    assert added.verified_at is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("kind", "administration"),
        ("kind", ""),
        ("name", ""),
        ("name", "Government X"),
        ("countries", ""),
        ("countries", "Atlantis"),
    ],
)
def test_what_is_wrong_is_named_and_adds_nothing(
    engine: Engine, world: World, administrator: FlaskClient, field: str, text: str
) -> None:
    response = add(administrator, **{field: text})

    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    with db.reading(engine) as session:
        assert session.scalar(select(Organisation.id).where(Organisation.name == "Region")) is None


def test_a_company_has_one_country(administrator: FlaskClient) -> None:
    assert "Name that one" in add(administrator, kind="company").text


def test_organisations_are_searched_narrowed_and_paged(
    engine: Engine, world: World, administrator: FlaskClient
) -> None:
    with db.writing(engine) as session, session.begin():
        for number in range(30):
            builders.make_organisation(session, f"Mill {number:02}", OrganisationKind.COMPANY, country="TH", at=NOON)

    assert "Company A" in administrator.get(LIST).text
    assert "Mill 29" in administrator.get(f"{LIST}?page=2").text
    assert "Company A" not in administrator.get(f"{LIST}?text=mill%2000").text
    page = administrator.get(f"{LIST}?kind=government").text
    assert "Government X" in page
    assert "Company A" not in page


def test_the_first_person_is_invited_and_then_the_organisation_is_its_own(
    engine: Engine, settings: Settings, world: World, administrator: FlaskClient
) -> None:
    place = add(administrator).headers["Location"]
    invited = {"email": "first@region.example"}

    assert post(administrator, f"{place}/invitation", {"email": "nobody"}, page=place).status_code == 422
    assert post(administrator, f"{place}/invitation", invited, page=place).status_code == 302

    with db.reading(engine) as session:
        invitation = session.scalars(select(Invitation)).one()
        mail = session.scalars(select(OutboxMail)).one()
    assert (invitation.role, invitation.email) == (Role.SUPERVISOR, "first@region.example")
    letter = json.loads(sealer_of(settings).open(mail.sealed))
    assert letter["to"] == "first@region.example"
    assert "/account/invitations/" in letter["body"]


def test_an_administrator_cannot_let_themselves_into_an_organisation_of_others(
    engine: Engine, world: World, administrator: FlaskClient, catalogue: Catalogue
) -> None:
    company = world.owner.principal.organisation
    with db.writing(engine) as session, session.begin():
        builders.make_assessment(session, world.owner, catalogue, at=NOON)
    mine = {"email": "administrator@operators.example"}

    page = administrator.get(f"{LIST}/{company}").text
    assert "Invite the first person" not in page
    assert post(administrator, f"{LIST}/{company}/invitation", mine, page=NEW).status_code == 409
    with db.writing(engine) as session, session.begin():
        session.execute(delete(Membership).where(Membership.organisation_id == company))
    assert post(administrator, f"{LIST}/{company}/invitation", mine, page=NEW).status_code == 409
    with db.reading(engine) as session:
        assert session.scalar(select(Invitation.id)) is None


def test_an_unknown_organisation_is_no_page(
    engine: Engine, world: World, administrator: FlaskClient, sign_in: Callable[[str], FlaskClient]
) -> None:
    erased = world.rival.principal.organisation
    with db.writing(engine) as session, session.begin():
        session.get_one(Organisation, erased).erased_at = NOON

    for unknown in (erased, UUID(int=4)):
        assert administrator.get(f"{LIST}/{unknown}").status_code == 404
    assert sign_in(world.owner.email).get(f"{LIST}/{erased}").status_code == 403
