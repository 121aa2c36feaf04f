"""The profile: every kind of field, errors that keep what was typed, and two people at the same time."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from werkzeug.datastructures import MultiDict

from portal import db
from portal.domain.profiles import profile_check
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment
from portal.services.profiles import profile_of
from portal.web.company.profile_forms import country_code, missing_fields, read_profile, shown_profile
from portal.web.typed import Mistyped
from tests import builders
from tests.builders import World, token_in

PATH = "/company/profile"
FILLED: dict[str, Any] = {
    "PRO-01": "บริษัท ทะเล",
    "PRO-03": "Thailand",
    "PRO-04": ["Thailand", "id, MY"],
    "PRO-06": ["C13", "A03"],
    "PRO-07": "1 200",
    "PRO-08": "٣",
    "PRO-10-employees-women": "17",
    "PRO-11": "12",
    "PRO-12-0-origin": "Myanmar (Burma)",
    "PRO-12-0-destination": "TH",
    "PRO-12-0-arrived": "7",
    "PRO-12-0-channel": "private_recruiter",
    "PRO-14-origin": "2",
    "PRO-22": ["none"],
    "PRO-27-start": "2025-07-01",
    "PRO-27-end": "30.6.2026",
    "PRO-29": "yes",
}
STORED = {
    "PRO-01": "บริษัท ทะเล",
    "PRO-03": "TH",
    "PRO-04": ["TH", "ID", "MY"],
    "PRO-06": ["C13", "A03"],
    "PRO-07": 1200,
    "PRO-08": 3,
    "PRO-10": [{"row": "employees", "women": 17}],
    "PRO-11": 12,
    "PRO-12": [{"origin": "MM", "destination": "TH", "arrived": 7, "channel": "private_recruiter"}],
    "PRO-14": {"origin": 2},
    "PRO-22": ["none"],
    "PRO-27": {"start": "2025-07-01", "end": "2026-06-30"},
    "PRO-29": "yes",
}


def save(client: FlaskClient, changes: dict[str, Any], *, version: int) -> Any:
    token = token_in(client.get(PATH).text)
    return client.post(PATH, data=changes | {"csrf_token": token, "version": str(version)})


def test_every_kind_of_field_is_read_and_stored(owner: FlaskClient, world: World, engine: Engine) -> None:
    response = save(owner, FILLED, version=0)

    assert response.status_code == 302
    with db.reading(engine) as session:
        assert profile_of(session, world.owner.principal).values == STORED


def test_what_is_stored_is_shown_as_it_would_be_typed(app: Flask, catalogue: Catalogue) -> None:
    profile = catalogue.profiles["profile@2026.1"]
    with app.test_request_context("/"):
        values, errors = read_profile(profile, shown_profile(profile, STORED))

    assert errors == []
    assert values == STORED


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"PRO-07": "many"}, "Enter a number in digits"),
        ({"PRO-07": "1.5"}, "Enter a whole number"),
        ({"PRO-07": "-3"}, "Enter a whole number"),
        ({"PRO-03": "Atlantis"}, "We do not know the country “Atlantis”"),
        ({"PRO-27-start": "2025-07-01"}, "Enter both the first and the last day"),
        ({"PRO-29": "perhaps"}, "This does not fit"),
        ({"PRO-01": "a\x07b"}, "characters that cannot be stored"),
    ],
    ids=["words", "half a person", "negative", "no such country", "half a period", "no such option", "bell"],
)
def test_what_does_not_fit_is_said_and_kept(
    owner: FlaskClient, world: World, engine: Engine, changes: dict[str, str], message: str
) -> None:
    response = save(owner, {"PRO-11": "12"} | changes, version=0)

    assert response.status_code == 422
    assert message in response.text
    assert 'name="PRO-11" value="12"' in response.text
    with db.reading(engine) as session:
        assert profile_of(session, world.owner.principal).version == 0


def test_the_slower_of_two_keeps_what_was_typed_and_sees_the_other(
    owner: FlaskClient, editor: FlaskClient, world: World, engine: Engine
) -> None:
    save(owner, {"PRO-01": "First name", "PRO-07": "40"}, version=0)

    response = save(editor, {"PRO-01": "Second name", "PRO-07": "41"}, version=0)

    assert response.status_code == 409
    assert "Second name" in response.text
    assert "First name" in response.text
    with db.reading(engine) as session:
        assert profile_of(session, world.owner.principal).values["PRO-01"] == "First name"


def test_a_signatory_reads_the_profile_but_cannot_change_it(sign_in: Any, world: World) -> None:
    client = sign_in(world.signatory.email)

    assert client.get(PATH).status_code == 200
    assert save(client, {"PRO-01": "x"}, version=0).status_code == 403


def test_the_page_says_what_applies_and_why(owner: FlaskClient, draft: Assessment) -> None:
    page = owner.get("/company/questionnaires").text

    assert "Fewer than 250 people work for you" in page
    assert "Migrant workers work for you" in page


@pytest.mark.parametrize(
    ("typed", "code"), [("Thailand", "TH"), (" thailand ", "TH"), ("th", "TH"), ("", None)], ids=str
)
def test_countries_are_read_as_people_write_them(app: Flask, typed: str, code: str | None) -> None:
    with app.test_request_context("/"):
        assert country_code(typed) == code


def test_required_fields_are_missing_until_filled(catalogue: Catalogue) -> None:
    profile = catalogue.profiles["profile@2026.1"]

    assert {"PRO-07", "PRO-29"} <= {field.id for field in missing_fields(profile, {})}
    assert missing_fields(profile, builders.PROFILE) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(
        st.sampled_from([f"PRO-{n:02}" for n in range(1, 30)] + ["PRO-12-0-origin", "PRO-14-origin", "PRO-27-start"]),
        st.lists(st.text(max_size=12), min_size=1, max_size=3),
    )
)
def test_whatever_is_typed_gives_values_that_fit_or_a_message(
    app: Flask, catalogue: Catalogue, fields: dict[str, list[str]]
) -> None:
    profile = catalogue.profiles["profile@2026.1"]
    form: MultiDict[str, str] = MultiDict([(name, text) for name, texts in fields.items() for text in texts])
    with app.test_request_context("/"):
        values, errors = read_profile(profile, form)

    assert all(error.message for error in errors)
    for field_id, value in values.items():
        profile_check(profile.by_id[field_id])(value)


def test_an_unknown_country_is_named_in_the_message(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(Mistyped, match="Atlantis"):
        country_code("Atlantis")
