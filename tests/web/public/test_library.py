"""The library's pages: searched by address, without a script, without an account, without the database."""

from __future__ import annotations

import gzip
import re
import time
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.application import create_app
from portal.domain.questionnaire import Catalogue, Stage
from portal.services.library.index import entries_of
from portal.services.library.search import FACETS
from portal.services.library.topics import TOPICS
from portal.services.questionnaires import newest_versions
from portal.settings import Settings
from portal.web.changed_fields import FIELDS, INNER, field_words
from portal.web.public.facets import FLAGS, PLACES, STAGES
from portal.web.public.facets import TOPICS as TOPIC_WORDS
from portal.web.public.instrument_words import NAMES
from tests.versions import NEW, OLD, two_versions

SHORT = "/questionnaires/hrdd-short"
#: Bytes of a questionnaire with everything it loads, compressed: sixty questions with all they rest on.
HEAVIEST = 60 * 1024


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def found(page: str) -> list[str]:
    return re.findall(r'class="hit"[^>]*><a href="[^"#]*#([^"]+)"', page)


@pytest.fixture
def without_database(settings: Settings, catalogue: Catalogue) -> FlaskClient:
    """The portal with a database that does not exist."""
    away = settings.model_copy(update={"database_url": f"sqlite:///{settings.var / 'no such folder' / 'x.sqlite3'}"})
    return create_app(away, catalogue).test_client()


@pytest.fixture
def two(settings: Settings, tmp_path: Path) -> FlaskClient:
    return create_app(settings, two_versions(tmp_path)).test_client()


def test_words_are_found_and_marked_with_a_link_to_the_question(client: FlaskClient) -> None:
    page = client.get("/questionnaires?q=PASSPORTS&questionnaire=hrdd-short").text

    assert found(page) == ["HRS-DO-05"]
    assert f'href="{SHORT}/2026.1#HRS-DO-05"' in page
    assert re.findall(r"<mark>([^<]+)</mark>", page)[0].lower() == "passports"
    assert "1 question" in text_of(page)


def test_filters_stand_in_the_address_and_stay_chosen(client: FlaskClient) -> None:
    page = client.get("/questionnaires?q=workers&stage=act&topic=wages").text

    assert '<option value="act" selected>' in page
    assert '<option value="wages" selected>' in page
    assert 'name="q" value="workers"' in page


def test_nothing_found_says_what_to_do(client: FlaskClient) -> None:
    page = client.get("/questionnaires?q=zebra").text

    assert "No question has all of this" in page
    assert 'href="/questionnaires"' in page


def test_pages_lead_on_with_the_same_words_and_filters(client: FlaskClient, catalogue: Catalogue) -> None:
    page = client.get("/questionnaires?q=the&page=2").text

    assert '<span aria-current="page">2</span>' in page
    assert "page=1&amp;q=the" in page


@pytest.mark.parametrize(
    "query",
    ["page=x", "page=-1", "page=0", "page=99999999999999999999", "page=²",
     "q=" + "w" * 5000, "q=%00%ff", "topic=%22%3E",
     "q=" + "%20".join("ab" for _ in range(500)), "stage=none&stage=act", "q=%3Cscript%3E", "flag=" + "f" * 5000],
)  # fmt: skip
def test_odd_addresses_get_a_page(client: FlaskClient, query: str) -> None:
    response = client.get(f"/questionnaires?{query}")

    assert response.status_code == 200
    assert "<script>" not in response.text
    assert '">' not in re.findall(r'value="([^"]*)"', response.text)


def test_every_value_of_every_filter_has_words(catalogue: Catalogue) -> None:
    entries = entries_of(catalogue)

    assert set(TOPICS) == set(TOPIC_WORDS)
    assert set(STAGES) == set(Stage)
    assert {value for entry in entries for value in entry.values("flag")} <= set(FLAGS)
    assert {kind for entry in entries for kind, _text in entry.texts[1:] if not kind.startswith("level-")} <= set(
        PLACES
    )
    assert len(FACETS) == 5


def test_every_instrument_has_a_name(catalogue: Catalogue) -> None:
    assert {reference.scheme for reference in catalogue.references.values()} == set(NAMES)


@pytest.mark.parametrize(
    "path",
    ["/questionnaires", "/questionnaires?q=workers", f"{SHORT}/2026.1", f"{SHORT}/2026.1.json", "/instruments",
     f"{SHORT}/2026.1.xlsx", f"{SHORT}/2026.1.xlsform.xlsx", "/instruments/ungp", "/api/v1/references"],
)  # fmt: skip
def test_the_library_needs_no_database(without_database: FlaskClient, path: str) -> None:
    assert without_database.get(path).status_code == 200


def test_every_questionnaire_is_light_and_quick(client: FlaskClient, catalogue: Catalogue) -> None:
    sheet = len(gzip.compress(client.get("/static/css/portal.css", buffered=True).data))

    for version in newest_versions(catalogue):
        address = f"/questionnaires/{version.slug}/{version.version}"
        client.get(address)
        began = time.process_time()
        page = client.get(address).data
        assert time.process_time() - began < 0.3, f"{address} takes long"
        assert len(gzip.compress(page)) + sheet <= HEAVIEST, address


def test_an_instrument_names_its_articles_and_the_questions_that_cite_them(
    client: FlaskClient, catalogue: Catalogue
) -> None:
    page = client.get("/instruments/ilo-fr").text
    rows = dict(re.findall(r'<tr id="([^"]+)">(.*?)</tr>', page, flags=re.DOTALL))

    own = {code: one for code, one in catalogue.references.items() if one.scheme == "ILO-FR"}
    assert rows.keys() == own.keys()
    for code, reference in own.items():
        assert reference.title in unescape(rows[code])
        assert ("not verified" in rows[code]) is not reference.verified
    assert "#HRS-DO-03" in rows["ILO-GP7"]


@pytest.mark.parametrize("scheme", ["none", "UNGP", "ung", "ungp-17", "%2e%2e"])
def test_an_unknown_instrument_is_not_found(client: FlaskClient, scheme: str) -> None:
    assert client.get(f"/instruments/{scheme}").status_code == 404


def test_the_list_of_instruments_leads_to_each(client: FlaskClient, catalogue: Catalogue) -> None:
    page = client.get("/instruments").text

    schemes = {reference.scheme for reference in catalogue.references.values()}
    assert [scheme for scheme in schemes if f'href="/instruments/{scheme.lower()}"' not in page] == []


def test_an_article_leads_to_its_instrument_and_says_when_it_is_not_verified(
    client: FlaskClient, catalogue: Catalogue
) -> None:
    page = client.get(f"{SHORT}/2026.1").text
    cited = re.findall(r'<li><a href="/instruments/([^"#]+)#([^"]+)">([^<]+)</a>(.*?)</li>', page)

    questions = catalogue.questionnaires[OLD].questions
    assert [code for _scheme, _anchor, code, _rest in cited] == [c for q in questions for c in q.references]
    for scheme, anchor, code, rest in cited:
        reference = catalogue.references[code]
        assert (scheme, anchor) == (reference.scheme.lower(), code)
        assert ("not verified" in rest) is not reference.verified


def test_changes_are_told_question_by_question(two: FlaskClient) -> None:
    page = two.get(f"{SHORT}/2026.1/changes/2026.10").text

    assert "Only <del>spoken</del><ins>said aloud</ins>." in page
    assert "Is one<ins> named</ins> person" in page
    for words in ("1 question", "17 questions", "Changes the score", "Same meaning for the score", "HRS-CHK-03"):
        assert words in text_of(page)


def test_versions_lead_to_their_changes_from_the_older_to_the_newer(two: FlaskClient) -> None:
    for version in ("2026.1", "2026.10"):
        assert f'href="{SHORT}/2026.1/changes/2026.10"' in two.get(f"{SHORT}/{version}").text


@pytest.mark.parametrize("path", ["2026.1/changes/2026.1", "2026.1/changes/2027.1", "x/changes/2026.1"])
def test_changes_of_a_version_that_is_not_there_are_not_found(two: FlaskClient, path: str) -> None:
    assert two.get(f"{SHORT}/{path}").status_code == 404


def test_the_newest_is_searched_unless_it_is_a_draft_beside_a_published_one(two: FlaskClient) -> None:
    assert found(two.get("/questionnaires?q=HRS-CHK-03").text) == ["HRS-CHK-03"]
    assert NEW.endswith("2026.10")


def test_every_field_that_can_change_has_words(app: Flask, catalogue: Catalogue) -> None:
    with app.test_request_context():
        question = next(catalogue.questionnaires[OLD].questions)
        for name in type(question).__dataclass_fields__:
            assert name in ("id", *FIELDS), name
        assert field_words("levels.3") == "Level 3"
        assert field_words("options.yes.level") == "Option “yes”: level"
        assert field_words("something.new") == "something.new"
    assert INNER
