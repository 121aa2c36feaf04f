"""Answers from elsewhere: shown to be confirmed, never stored by themselves; and lines of a table that stand ready."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment
from portal.services import assessments, profiles
from tests import builders
from tests.builders import Person, World
from tests.conftest import NOON
from tests.web.company.test_sections import address, count_statements, fields_of, save, stored

CORE = "hrdd-core@2026.1"
EMPLOYERS = "recruitment-employers@2026.1"


def begin(engine: Engine, person: Person, catalogue: Catalogue, reference: str) -> Assessment:
    with db.writing(engine) as session, session.begin():
        return assessments.start_assessment(
            session, person.principal, catalogue.questionnaires[reference], period=builders.PERIOD, at=NOON
        )


@pytest.fixture
def core(engine: Engine, world: World, catalogue: Catalogue, complete: Assessment) -> Assessment:
    """A new core assessment of a company that has answered the short form."""
    return begin(engine, world.owner, catalogue, CORE)


def test_what_was_said_elsewhere_is_shown_and_not_stored(owner: FlaskClient, core: Assessment, engine: Engine) -> None:
    page = owner.get(address(core, "GOV")).text

    assert "From your answers to “Human rights due diligence, short form”" in page
    assert 'name="use" value="HRC-GOV-01"' in page
    assert not re.search(r'name="HRC-GOV-01-value" value="\d" checked', page)
    assert stored(engine, core) == {}


def test_saving_the_page_does_not_confirm(owner: FlaskClient, core: Assessment, engine: Engine) -> None:
    save(owner, address(core, "GOV"), {"HRC-GOV-03-value": "1", "go": "next"})

    assert stored(engine, core) == {"HRC-GOV-03": Answer(value=1)}


def test_an_autosave_stores_what_was_typed_and_nothing_else(
    owner: FlaskClient, core: Assessment, engine: Engine
) -> None:
    token = builders.token_in(owner.get(address(core, "GOV")).text)
    fields = {"question": "HRC-GOV-01", "HRC-GOV-01-comment": "to ask", "HRC-GOV-01-version": "0", "csrf_token": token}

    owner.post(f"/company/assessments/{core.id}/answers", data=fields)

    assert stored(engine, core) == {"HRC-GOV-01": Answer(comment="to ask")}
    assert 'name="use" value="HRC-GOV-01"' in owner.get(address(core, "GOV")).text


def use(client: FlaskClient, path: str, which: str, changes: dict[str, Any] | None = None, *, seen: str = "") -> Any:
    page = seen or client.get(path).text
    shown = re.findall(r'name="seen" value="([^"]+)"', page)
    chosen = shown if which == "all" else [pair for pair in shown if pair.startswith(which)]
    # One value a field is enough here: a page with many is sent question by question.
    return [save(client, path, (changes or {}) | {"use": which, "seen": pair}, seen=page) for pair in chosen]


def test_using_an_answer_stores_it_with_what_was_typed_beside_it(
    owner: FlaskClient, core: Assessment, engine: Engine
) -> None:
    changes = {"HRC-GOV-01-comment": "still so", "HRC-GOV-03-value": "3"}

    [response] = use(owner, address(core, "GOV"), "HRC-GOV-01", changes)

    assert response.location.endswith("#HRC-GOV-01")
    assert stored(engine, core) == {
        "HRC-GOV-01": Answer(value=2, comment="still so"),
        "HRC-GOV-03": Answer(value=3),
    }
    assert 'name="use" value="HRC-GOV-01"' not in owner.get(address(core, "GOV")).text


def test_all_of_a_page_are_used_at_once(owner: FlaskClient, core: Assessment, engine: Engine) -> None:
    path = address(core, "GOV")
    page = owner.get(path).text
    shown = re.findall(r'name="seen" value="([^"]+)"', page)
    assert len(shown) > 1

    owner.post(path, data=fields_of(page) | {"use": "all", "seen": shown})

    assert stored(engine, core) == {pair.split(" ")[0]: Answer(value=2) for pair in shown}


def test_an_answer_that_changed_meanwhile_is_shown_again(
    owner: FlaskClient, core: Assessment, complete: Assessment, engine: Engine
) -> None:
    path = address(core, "GOV")
    page = owner.get(path).text
    save(owner, address(complete, "COM"), {"HRS-COM-01-value": "4"})

    [response] = use(owner, path, "HRC-GOV-01", seen=page)

    assert stored(engine, core) == {}
    assert "has changed since you opened this page" in owner.get(response.location).text


def test_of_two_people_one_who_uses_and_one_who_answers_both_texts_are_shown(
    owner: FlaskClient, editor: FlaskClient, core: Assessment, engine: Engine
) -> None:
    path = address(core, "GOV")
    page = owner.get(path).text
    save(editor, path, {"HRC-GOV-01-value": "4"})

    [response] = use(owner, path, "HRC-GOV-01", seen=page)

    assert response.status_code == 409
    assert "Level 2" in response.text
    assert "Level 4" in response.text
    assert stored(engine, core) == {"HRC-GOV-01": Answer(value=4)}


def test_the_answers_of_another_company_are_never_shown(
    sign_in: Any, world: World, engine: Engine, catalogue: Catalogue, complete: Assessment
) -> None:
    with db.writing(engine) as session, session.begin():
        version = catalogue.profiles["profile@2026.1"]
        profiles.save_profile(session, world.rival.principal, version, builders.PROFILE, version=0, at=NOON)
    mine = begin(engine, world.rival, catalogue, CORE)

    assert "From your answers" not in sign_in(world.rival.email).get(address(mine, "GOV")).text


def test_last_year_s_answers_to_the_same_questionnaire_are_offered(
    owner: FlaskClient, world: World, engine: Engine, catalogue: Catalogue, complete: Assessment
) -> None:
    period = tuple(day + timedelta(days=365) for day in builders.PERIOD)
    with db.writing(engine) as session, session.begin():
        short = catalogue.questionnaires[builders.SHORT_FORM]
        later = assessments.start_assessment(session, world.owner.principal, short, period=period, at=NOON)

    page = owner.get(address(later, "KNO")).text
    assert "From your earlier answers to this questionnaire" in page
    use(owner, address(later, "KNO"), "HRS-KNO-04")

    assert stored(engine, later)["HRS-KNO-04"].value == stored(engine, complete)["HRS-KNO-04"].value


def test_a_section_page_with_answers_from_elsewhere_takes_at_most_eight_statements(
    app: Any, owner: FlaskClient, core: Assessment
) -> None:
    count = count_statements(app.extensions["portal"].engine, lambda: owner.get(address(core, "GOV")))

    assert 0 < count <= 8


WAYS = [
    {"origin": "MM", "destination": "TH", "arrived": 30, "channel": "private_recruiter"},
    {"origin": "KH", "destination": "TH", "arrived": 5, "channel": "direct"},
]


@pytest.fixture
def fees(engine: Engine, world: World, catalogue: Catalogue) -> Assessment:
    """An employer with two corridors, before the questionnaire on recruitment."""
    with db.writing(engine) as session, session.begin():
        version = catalogue.profiles["profile@2026.1"]
        values = builders.PROFILE | {"PRO-12": WAYS}
        profiles.save_profile(session, world.owner.principal, version, values, version=0, at=NOON)
    return begin(engine, world.owner, catalogue, EMPLOYERS)


def test_a_table_begins_with_a_line_for_every_item_of_every_way(owner: FlaskClient, fees: Assessment) -> None:
    page = owner.get(address(fees, "FEE")).text

    assert "Myanmar (Burma) → Thailand" in page
    assert "Cambodia → Thailand" in page
    lines = re.findall(r'name="ERE-FEE-02-(\d+)-origin"', page)
    items = page.count('name="ERE-FEE-02-0-item"')
    assert items == 1
    assert len(lines) >= 24


def test_lines_nobody_added_to_are_not_stored(owner: FlaskClient, fees: Assessment, engine: Engine) -> None:
    path = address(fees, "FEE")

    save(owner, path, {})
    save(owner, path, {"ERE-FEE-02-comment": "later"})

    assert stored(engine, fees) == {"ERE-FEE-02": Answer(comment="later")}


def test_a_line_that_was_added_to_is_stored_with_those_beside_it(
    owner: FlaskClient, fees: Assessment, engine: Engine
) -> None:
    path = address(fees, "FEE")
    page = owner.get(path).text
    [payer] = re.findall(r'<select id="ERE-FEE-02-0-payer".*?<option value="(\w+)"', page, re.DOTALL)[:1]
    # The chosen options of the lines come back as a browser would send them.
    chosen = {
        name: value
        for name, body in re.findall(r'<select [^>]*name="([^"]+)">(.*?)</select>', page)
        for value in re.findall(r'<option value="([^"]*)" selected', body)
    }

    response = save(owner, path, chosen | {"ERE-FEE-02-0-payer": payer})

    assert response.status_code == 302
    rows = stored(engine, fees)["ERE-FEE-02"].value
    assert rows[0]["origin"] == "MM"
    assert rows[0]["payer"] == payer
    assert {row["destination"] for row in rows} == {"TH"}
    assert len(rows) >= 24
    assert "Cambodia → Thailand" in owner.get(path).text
