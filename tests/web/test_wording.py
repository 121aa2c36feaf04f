"""Questionnaires in the language of the reader: where a text is translated, where not, and what stays the same."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from portal import db
from portal.application import create_app
from portal.catalogue import load_catalogue
from portal.models import Assessment
from portal.services import submissions
from tests import builders

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MADE_UP = {
    "ar": """
msgctxt "HRS-COM-01.ask"
msgid "{ask}"
msgstr "هل وعدتم كتابةً باحترام الحقوق؟"

msgctxt "COM.title"
msgid "Commit"
msgstr "التزموا"

#, fuzzy
msgctxt "HRS-COM-01.levels.0"
msgid "No."
msgstr "ربما"

msgctxt "HRS-COM-01.levels.1"
msgid "An older text."
msgstr "نص قديم"
"""
}


@pytest.fixture
def catalogue(tmp_path, catalogue):
    """The installed questionnaires with a few made-up words of Arabic."""
    ask = catalogue.questionnaires["hrdd-short@2026.1"].by_id["HRS-COM-01"].ask
    folder = tmp_path / "questionnaires"
    for name in ("hrdd-short", "profile"):
        shutil.copytree(ROOT / "questionnaires" / name, folder / name)
    shutil.copy(ROOT / "questionnaires/references.csv", folder)
    translations = folder / "hrdd-short/2026.1/translations"
    translations.mkdir(exist_ok=True)
    for tag, messages in MADE_UP.items():
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n'
        (translations / f"{tag}.po").write_text(head + messages.format(ask=ask), encoding="utf-8")
    return load_catalogue(folder)


@pytest.fixture
def app(settings, catalogue, tmp_path):
    made = create_app(settings.model_copy(update={"questionnaires": tmp_path / "questionnaires"}), catalogue)
    made.testing = True
    yield made
    made.extensions["portal"].engine.dispose()


@pytest.fixture
def section(app, engine, world, catalogue, sign_in):
    """The address of a section page, and a client of the owner."""
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        address = f"/company/assessments/{assessment.id}"
    return sign_in(world.owner.email), address


def test_a_question_is_asked_in_the_language_of_the_reader(section):
    client, address = section

    page = client.get(f"{address}/sections/COM?language=ar").get_data(as_text=True)

    assert '<h2 dir="auto" lang="ar">هل وعدتم كتابةً باحترام الحقوق؟</h2>' in page
    assert '<span dir="auto" lang="ar">التزموا</span>' in page


def test_a_text_without_a_translation_in_use_says_that_it_is_english(section, catalogue):
    client, address = section
    question = catalogue.questionnaires["hrdd-short@2026.1"].by_id["HRS-COM-01"]

    page = client.get(f"{address}/sections/COM?language=ar").get_data(as_text=True)

    assert f'<span dir="auto" lang="en">{question.levels[0]}</span>' in page
    assert "ربما" not in page
    assert "نص قديم" not in page


def test_another_reader_gets_it_as_written(section):
    client, address = section
    client.get(f"{address}/sections/COM?language=ar")

    page = client.get(f"{address}/sections/COM?language=en").get_data(as_text=True)

    assert 'lang="ar"' not in page.partition("<main")[2].partition("</main>")[0]


def test_answers_are_read_in_the_same_words(section):
    client, address = section

    page = client.get(f"{address}/check?language=ar").get_data(as_text=True)

    assert '<h3 lang="ar">هل وعدتم كتابةً باحترام الحقوق؟</h3>' in page


def test_what_is_submitted_is_the_version_as_written(section, engine, world, catalogue):
    client, address = section
    client.get(f"{address}/sections/COM?language=ar")

    with db.reading(engine) as session:
        assessment = session.get_one(Assessment, UUID(address.rpartition("/")[2]))
        bundle = submissions.draft_bundle(session, assessment, catalogue, at=NOON)

    assert bundle.digest == catalogue.questionnaires["hrdd-short@2026.1"].digest


def test_the_public_page_of_a_questionnaire_is_in_the_same_words(app):
    page = app.test_client().get("/questionnaires/hrdd-short/2026.1?language=ar").get_data(as_text=True)

    assert '<h3 id="HRS-COM-01-ask" lang="ar" dir="auto">هل وعدتم كتابةً باحترام الحقوق؟</h3>' in page
    assert '<h3 id="HRS-COM-02-ask" lang="en" dir="auto">' in page
