"""Who may call what: every endpoint and method against every kind of caller, asked and not read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.authz import ANONYMOUS, POLICY, Principal, allows
from portal.authz.policy import ANYONE
from portal.domain.questionnaire import Catalogue
from portal.models import OrganisationKind, Role
from tests import builders, databases
from tests.builders import World
from tests.conftest import NOON

ANY_ID = "00000000-0000-4000-8000-000000000000"
ASKED = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def calls(app: Flask) -> list[tuple[str, str, str]]:
    """Every endpoint, method and an address for it with made-up ids."""
    found = []
    for rule in app.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments, ANY_ID) | {
            "filename": "css/portal.css",
            "number": 0,
            "size": 0,
            "slug": "hrdd-short",
            "version": "2026.1",
            "section_id": "COM",
            "scheme": "ungp",
            "newer": "2026.2",
            "framework": "gri",
        }
        arguments = {name: values[name] for name in rule.arguments}
        with app.test_request_context():
            built = app.url_map.bind("localhost").build(rule.endpoint, arguments)
        found += [(rule.endpoint, method, built) for method in sorted((rule.methods or set()) & ASKED)]
    return found


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Routing and policy are the same on every database; one is enough here."""

    return databases.sqlite_database(tmp_path)


def test_every_endpoint_and_method_has_a_row_and_every_row_an_endpoint(app: Flask) -> None:
    asked = {(endpoint, method) for endpoint, method, _path in calls(app)}

    assert len(asked) > 30
    assert asked - POLICY.keys() == set(), "endpoints without a row are denied to everybody"
    assert POLICY.keys() - asked == set(), "rows of endpoints that do not exist"


def test_strangers_get_public_pages_and_nothing_else(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    tried = 0
    for endpoint, method, path in calls(app):
        if POLICY[endpoint, method] == ANYONE:
            continue
        response = client.open(path, method=method)
        expected = 302 if method == "GET" else 401
        assert (endpoint, response.status_code) == (endpoint, expected)
        assert b"Company A" not in response.data
        tried += 1
    assert tried > 20


def test_everybody_gets_exactly_what_the_table_says(
    app: Flask, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    tried = 0
    for person in (world.owner, world.editor, world.signatory, world.reviewer):
        client = sign_in(person.email)
        for endpoint, method, path in calls(app):
            if endpoint in ("account.sign_out", "static"):
                continue
            response = client.open(path, method=method)
            if allows(person.principal, endpoint, method):
                assert response.status_code != 403, (person.email, endpoint, method)
            else:
                assert response.status_code == 403, (person.email, endpoint, method, response.status_code)
            tried += 1
    assert tried > 100


def test_an_endpoint_without_a_row_is_denied_to_everybody() -> None:
    for role in Role:
        principal = Principal(user_id=builders.UUID(int=1), role=role, kind=OrganisationKind.COMPANY)
        assert not allows(principal, "company.something_new", "GET")
    assert not allows(ANONYMOUS, "public.something_new", "GET")


def test_reading_is_never_the_permission_to_write() -> None:
    assert not allows(ANONYMOUS, "company.home", "POST")
    for (endpoint, method), groups in POLICY.items():
        if method == "POST" and not endpoint.startswith("account."):
            assert groups != ANYONE, endpoint


def test_a_foreign_id_and_an_unknown_id_get_the_same_answer(
    app: Flask, engine: Engine, world: World, catalogue: Catalogue, sign_in: Callable[[str], FlaskClient]
) -> None:
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        submission = builders.submit(session, world.owner, assessment, catalogue, at=NOON)
    real = {"assessment_id": assessment.id, "submission_id": submission.id}
    app.config["WTF_CSRF_ENABLED"] = False
    tried = 0
    for person in (world.rival, world.other_reviewer):
        client = sign_in(person.email)
        for rule in app.url_map.iter_rules():
            if not rule.arguments & real.keys():
                continue
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                if not allows(person.principal, rule.endpoint, method):
                    continue
                values = dict.fromkeys(rule.arguments, ANY_ID) | {"section_id": "COM", "number": 0, "size": 0, "sha256": "0" * 64}
                values = {name: values[name] for name in rule.arguments}
                foreign = values | {name: str(value) for name, value in real.items() if name in values}
                adapter = app.url_map.bind("localhost")
                unknown = client.open(adapter.build(rule.endpoint, values), method=method)
                theirs = client.open(adapter.build(rule.endpoint, foreign), method=method)
                assert unknown.status_code == theirs.status_code == 404, (rule.endpoint, method)
                assert stripped(unknown.text) == stripped(theirs.text), rule.endpoint
                tried += 1
    assert tried > 15


def stripped(page: str) -> str:
    """The page without what differs by design: reference, token and address."""

    page = re.sub(r'value="[^"]{40,}"', "", page)
    page = re.sub(r'left="\d+"', "", page)
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", page)
    return re.sub(r'<bdi class="code">[0-9a-f]{8}</bdi>', "", page)
