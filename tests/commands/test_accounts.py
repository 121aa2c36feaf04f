"""`flask accounts`: from an empty database to a person who can sign in."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Authenticator, AuthenticatorKind, Organisation, OrganisationKind, Role, ServedCountry
from tests import builders
from tests.builders import PASSWORD, sign_in_with_password
from tests.conftest import NOON

PERSON = ("add-person", "owner@first.example", "--organisation", "First Ltd.", "--name", "O. One", "--password")


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["accounts", *arguments])
    return result.exit_code, result.output.strip()


@pytest.fixture
def first(app: Flask) -> Flask:
    assert run(app, "add-organisation", "First Ltd.", "--kind", "company", "--country", "TH")[0] == 0
    return app


def test_an_empty_portal_gets_its_first_person(first: Flask, client: FlaskClient) -> None:
    assert run(first, *PERSON, PASSWORD, "--role", "owner")[0] == 0

    assert sign_in_with_password(client, "owner@first.example").get("/company").status_code == 200
    assert run(first, "list") == (0, "company  First Ltd.  owner owner@first.example")


def test_an_empty_portal_gets_its_first_administrator(app: Flask, client: FlaskClient) -> None:
    assert run(app, "add-organisation", "The house", "--kind", "administration", "--country", "TH")[0] == 0
    person = ("add-person", "admin@house.example", "--organisation", "The house", "--name", "A. One")
    assert run(app, *person, "--password", PASSWORD, "--role", "administrator")[0] == 0

    page = sign_in_with_password(client, "admin@house.example").get("/admin/organisations")

    assert (page.status_code, page.headers["Location"].partition("?")[0]) == (302, "/account/security")


def test_a_regional_body_answers_for_several_countries(app: Flask, engine: Engine) -> None:
    countries = ("--country", "TH", "--country", "MY", "--country", "TH")

    assert run(app, "add-organisation", "Region", "--kind", "government", *countries)[0] == 0
    assert run(app, "add-organisation", "Ministry", "--kind", "government", "--country", "VN")[0] == 0

    with db.reading(engine) as session:
        served = select(Organisation.name, Organisation.country, ServedCountry.country).join(ServedCountry)
        found = [tuple(row) for row in session.execute(served.order_by(Organisation.name, ServedCountry.country))]
    assert found == [("Ministry", "VN", "VN"), ("Region", "", "MY"), ("Region", "", "TH")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*PERSON, "too short", "--role", "owner"), "the password needs at least 15 characters"),
        ((*PERSON, PASSWORD, "--role", "reviewer"), "a company has these roles: contributor, editor, owner, signatory"),
        (("add-organisation", "First Ltd.", "--kind", "company", "--country", "TH"), "called First Ltd. already"),
        (("add-organisation", "X", "--kind", "company", "--country", "Thailand"), "two capital letters"),
        (
            ("add-organisation", "Two", "--kind", "company", "--country", "TH", "--country", "MY"),
            "a company has one",
        ),
        (("add-organisation", "X", "--kind", "company", "--country", "T1"), "two capital letters"),
        (
            ("add-person", "a@b.example", "--organisation", "Nobody", "--role", "owner", "--password", PASSWORD),
            "no organisation called Nobody",
        ),
    ],
    ids=[
        "short password",
        "wrong role",
        "twice",
        "country in words",
        "two countries",
        "no letter",
        "unknown organisation",
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(first: Flask, arguments: tuple[str, ...], message: str) -> None:
    code, output = run(first, *arguments)

    assert code == 1
    assert message in output
    assert run(first, "list") == (0, "company  First Ltd.  (nobody)")


def test_nobody_joins_the_same_organisation_twice(first: Flask) -> None:
    run(first, *PERSON, PASSWORD, "--role", "owner")

    assert run(first, *PERSON, PASSWORD, "--role", "editor")[0] == 1


def test_an_operator_helps_the_last_administrator_who_lost_everything(app: Flask, engine: Engine) -> None:
    with db.writing(engine) as session, session.begin():
        house = builders.make_organisation(session, "The house", OrganisationKind.ADMINISTRATION, country="TH", at=NOON)
        person = builders.make_person(session, house, Role.ADMINISTRATOR, at=NOON)
        session.add(
            Authenticator(
                user_id=person.principal.actor, kind=AuthenticatorKind.TOTP, confirmed_at=NOON, created_at=NOON
            )
        )
    runner = app.test_cli_runner()

    unknown = runner.invoke(args=["accounts", "reset-factors", "nobody@x.example", "--yes"])
    done = runner.invoke(args=["accounts", "reset-factors", person.email, "--yes"])
    again = runner.invoke(args=["accounts", "reset-factors", person.email, "--yes"])

    assert (unknown.exit_code, done.exit_code, again.exit_code) == (1, 0, 1)
    with db.reading(engine) as session:
        assert session.scalars(select(Authenticator)).all() == []
        assert len(builders.events(session, "factor_reset.by_operator")) == 1
