"""Every question can be read without an account, and taken away as data."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.questionnaire import Catalogue, QuestionType
from portal.services.questionnaires import newest_versions
from portal.web.public.questionnaires import bp

SHORT = "/questionnaires/hrdd-short/2026.1"


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_list_leads_to_every_questionnaire(client: FlaskClient, catalogue: Catalogue) -> None:
    page = client.get("/questionnaires").text

    for questionnaire in newest_versions(catalogue):
        assert f'href="/questionnaires/{questionnaire.slug}/{questionnaire.version}"' in page


def test_a_page_holds_every_question_with_its_levels_and_reasons(client: FlaskClient, catalogue: Catalogue) -> None:
    page = text_of(client.get(SHORT).text)

    questions = list(catalogue.questionnaires["hrdd-short@2026.1"].questions)
    assert len(questions) == 20
    for question in questions:
        for words in (question.id, question.ask, question.why, question.remedial, *question.levels):
            assert " ".join(words.split()) in page


def test_every_source_is_named_and_leads_only_to_the_web(client: FlaskClient, catalogue: Catalogue) -> None:
    page = client.get(SHORT).text

    cited = {code for q in catalogue.questionnaires["hrdd-short@2026.1"].questions for code in q.references}
    assert all(catalogue.references[code].title in unescape(page) for code in cited)
    assert all(address.startswith("https://") for address in re.findall(r'href="([a-z]+:[^"]*)"', page))


def test_the_definition_is_the_one_of_the_command(client: FlaskClient) -> None:
    definition = client.get(f"{SHORT}.json").json

    assert definition and definition["format"] == "questionnaire/1"
    assert definition["reference"] == "hrdd-short@2026.1"


@pytest.mark.parametrize("path", [f"{SHORT}9", "/questionnaires/none/2026.1", "/questionnaires/none/1.json"])
def test_an_unknown_version_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("kind", list(QuestionType))
def test_every_question_type_can_be_read(app: Flask, kind: QuestionType) -> None:
    assert f"public/questions/{kind}.html" in app.jinja_env.list_templates()
    assert bp.name == "public"


def test_rules_are_told_in_words(client: FlaskClient) -> None:
    page = text_of(client.get("/questionnaires/recruitment-employers/2026.1").text)

    assert "80 or more; 100 or more where this holds: Fewer than 20 migrant workers came in the last 12 months" in page
    assert "one for every choice of “Cost”, for each different entry under: Country of origin, Country of work" in page
    assert "How it counts worked out by the portal:" in page
