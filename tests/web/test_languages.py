"""The language of a page: by link, then by memory, then by what the browser asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.web.languages import KNOWN, SOURCES, compiled, offered
from tests import databases

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Method"
msgstr "%s"
"""


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The same on every database; one is enough here."""
    return databases.sqlite_database(tmp_path)


def test_a_link_chooses_and_is_remembered(client: FlaskClient) -> None:
    assert '<html lang="ar" dir="rtl">' in client.get("/method?language=ar").text
    assert '<html lang="ar" dir="rtl">' in client.get("/").text
    assert '<html lang="en" dir="ltr">' in client.get("/?language=en").text


def test_a_stranger_gets_what_the_browser_asks_for(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Language": "ar-EG, en;q=0.5"})

    assert '<html lang="ar"' in page.text


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    assert '<html lang="en"' in client.get("/?language=xx").text


def test_the_links_keep_the_page_and_what_was_asked_of_it(client: FlaskClient) -> None:
    page = client.get("/method?_scheme=javascript&endpoint=1&a=%22%3E").text

    assert 'href="/method?_scheme=javascript&amp;endpoint=1&amp;a=%22%3E&amp;language=ar"' in page


def test_the_links_of_a_lost_page_lead_to_the_start(client: FlaskClient) -> None:
    page = client.get("//elsewhere.example/lost").text

    assert "elsewhere.example" not in page
    assert 'href="/?language=ar"' in page


def test_only_languages_with_translations_are_offered() -> None:
    assert list(offered("vi,xx")) == ["en"]
    assert list(offered("en,ar")) == ["en", "ar"]


def test_every_folder_of_translations_is_a_known_language() -> None:
    folders = [path.parent.parent.name for path in SOURCES.glob("*/LC_MESSAGES/messages.po")]

    assert folders
    assert set(folders) <= {language.locale for language in KNOWN.values()}


def test_translations_are_compiled_again_when_they_change(tmp_path: Path) -> None:
    source = tmp_path / "sources" / "ar" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO % "one", encoding="utf-8")
    first = compiled(tmp_path / "sources", tmp_path / "made")
    source.write_text(PO % "two", encoding="utf-8")
    second = compiled(tmp_path / "sources", tmp_path / "made")

    assert first != second
    assert b"two" in (second / "ar" / "LC_MESSAGES" / "messages.mo").read_bytes()
    assert b"one" in (first / "ar" / "LC_MESSAGES" / "messages.mo").read_bytes()
