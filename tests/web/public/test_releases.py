"""The public reads what was released, the same for ever, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from portal import db
from portal.domain.bundle import digest_of
from portal.domain.disclosure.release import build_release
from portal.models import Release
from portal.services import releases
from tests.conftest import NOON
from tests.domain.disclosed import PLAN, SECRET, SNAPSHOT, unit


@pytest.fixture
def released(engine):
    """A release of sixty invented companies in two countries and two sectors."""
    companies = [
        unit(number, country=("TH", "MY", "VN")[number % 3], sector=("C", "A03")[number % 2], red_flags=flags(number))
        for number in range(60)
    ]
    draft = build_release(companies, PLAN, snapshot_on=SNAPSHOT, secret=SECRET)
    text = json.dumps(draft.document)
    with db.writing(engine) as session, session.begin():
        row = Release(
            slug="2026-1",
            title="Findings, June 2026",
            snapshot_on=SNAPSHOT,
            document=text,
            digest=digest_of(text.encode()),
            members=draft.members,
            created_at=NOON,
        )
        session.add(row)
        releases.publish_release(session, row, by=None, at=NOON + timedelta(hours=1))
    return draft


def flags(number):
    return {"HRS-DO-02": ("unknown", "none", "open", "none")[number % 4]}


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_without_a_release_the_list_says_what_will_be_here(client):
    page = client.get("/releases")

    assert page.status_code == 200
    assert "No findings yet" in page.text


def test_the_list_leads_to_the_release_and_its_data(client, released):
    page = client.get("/releases").text

    assert all(f'href="/releases/2026-1{kind}"' in page for kind in ("", ".csv", ".json"))


def test_the_page_shows_figures_with_the_same_as_a_table(client, released):
    words = words_of(client.get("/releases/2026-1").text)

    assert "About 60 groups of companies took part" in words
    assert words.count("The same as a table") == 3
    assert "Read with care" in words
    assert "CC BY 4.0" in words
    assert "data of 30 June 2026" in words


def test_a_cell_of_a_table_has_its_number_and_its_date(client, released):
    words = words_of(client.get("/releases/2026-1").text)

    assert re.search(r"Fishing and fish farming \d+ \d+ June 2026", words)


def test_the_sign_is_explained_once_and_stands_for_what_is_not_shown(client, released):
    words = words_of(client.get("/releases/2026-1").text)

    assert words.count("What :c means") == 1
    assert ":c Not shown: Labour recruiters" not in words
    assert "Not shown:" in words


def test_the_states_of_a_harm_stand_under_their_own_heading(client, released):
    page = client.get("/releases/2026-1").text
    heads = re.findall(r'<th scope="col">([^<]+)</th>', page[page.index("Harm") :])[:4]
    cells = re.findall(r'<td class="num nb" data-l="([^"]+)">', page)[:4]

    assert heads == cells


@pytest.mark.parametrize("path", ["/releases/2030-1", "/releases/2030-1.json", "/releases/2030-1.csv"])
def test_an_unknown_release_is_not_found(client, released, path):
    assert client.get(path).status_code == 404


def test_a_draft_is_not_found(client, engine):
    with db.writing(engine) as session, session.begin():
        draft = Release(
            slug="draft", title="", snapshot_on=SNAPSHOT, document="{}", digest="", members={}, created_at=NOON
        )
        session.add(draft)

    assert {client.get(f"/releases/draft{kind}").status_code for kind in ("", ".json", ".csv")} == {404}


def test_the_json_is_the_document_byte_for_byte(client, engine, released):
    response = client.get("/releases/2026-1.json")
    with db.reading(engine) as session:
        found = releases.find_release(session, "2026-1")

    assert response.mimetype == "application/json"
    assert response.text == found.text
    assert digest_of(response.data) == found.digest


def test_the_csv_opens_and_holds_the_same_numbers(client, released):
    response = client.get("/releases/2026-1.csv")
    lines = list(csv.DictReader(io.StringIO(response.text)))

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    everybody = {line["statistic"]: line["value"] for line in lines if line["table"] == "all"}
    assert everybody["companies"] == "60"
    assert "bands.Developing" in everybody


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_frozen_data_is_kept_and_not_sent_twice(client, released, kind):
    first = client.get(f"/releases/2026-1.{kind}")
    again = client.get(f"/releases/2026-1.{kind}", headers={"If-None-Match": first.headers["ETag"]})

    assert "max-age=31536000" in first.headers["Cache-Control"]
    assert "immutable" in first.headers["Cache-Control"]
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/releases", "/releases/2026-1", "/releases/2026-1.json", "/releases/2026-1.csv"])
def test_public_pages_ask_the_database_for_releases_only(app, client, released, path):
    asked = []
    engine = app.extensions["portal"].engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    client.get(path)

    tables = {name for statement in asked for name in re.findall(r"\b(?:FROM|JOIN) \"?(\w+)", statement)}
    assert tables == {"release"}


@pytest.mark.parametrize("kind", ["", ".json", ".csv"])
def test_who_stands_in_a_cell_is_nowhere_in_what_is_sent(client, released, kind):
    text = client.get(f"/releases/2026-1{kind}").text

    assert not re.search(r"\bG0\d\d\b", text)
    assert "company-" not in text


@pytest.mark.parametrize("query", ["?country=TH&size=micro", "?table=sector_country&k=1", "?format=members"])
def test_parameters_of_the_address_change_nothing(client, released, query):
    plain, asked = client.get("/releases/2026-1.json"), client.get(f"/releases/2026-1.json{query}")

    assert plain.data == asked.data


def test_the_page_is_light_enough_for_a_slow_line(client, released):
    page = client.get("/releases/2026-1")

    assert len(page.data) < 60_000
