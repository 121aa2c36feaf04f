"""The API does what its description says, and describes all it does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel

from portal.domain.questionnaire import Catalogue
from portal.web.api.documents import ProfileDefinition, QuestionnaireDefinition, ReferenceList, VersionList
from portal.web.api.openapi import DOCUMENTS, EXAMPLES, PATHS
from tests import databases

ROOT = "/api/v1"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return databases.sqlite_database(tmp_path)


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"{ROOT}/openapi.json").json
    return answer


def filled(path: str) -> str:
    """A real address for a described one."""
    if "/profiles/" in path:
        return path.format(slug="profile", version="2026.1")
    return path.format(**EXAMPLES)


def test_every_described_path_answers(client: FlaskClient, description: dict[str, Any]) -> None:
    for path in description["paths"]:
        response = client.get(filled(path))
        assert (path, response.status_code, response.mimetype) == (path, 200, "application/json")


def test_every_route_is_described(app: Flask, description: dict[str, Any]) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert routes
    assert routes == {(path, method) for path, entry in description["paths"].items() for method in entry}


def test_every_answer_is_the_document_described(client: FlaskClient) -> None:
    for path, (_name, _summary, document) in PATHS.items():
        if document:
            document.model_validate(client.get(filled(path)).json)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_is_described(description: dict[str, Any], document: type[BaseModel]) -> None:
    assert document.__name__ in description["components"]["schemas"]


def test_every_part_of_the_description_that_is_named_is_there(description: dict[str, Any]) -> None:
    text = str(description)
    named = set(re.findall(r"#/components/schemas/(\w+)", text))

    assert named
    assert named <= description["components"]["schemas"].keys()
    assert description["openapi"] == "3.1.0"
    operations = [entry["get"]["operationId"] for entry in description["paths"].values()]
    assert len(operations) == len(set(operations))


def test_parameters_are_those_of_the_path(description: dict[str, Any]) -> None:
    for path, entry in description["paths"].items():
        parameters = [parameter["name"] for parameter in entry["get"]["parameters"]]
        assert parameters == re.findall(r"{(\w+)}", path)
        assert ("404" in entry["get"]["responses"]) is bool(parameters)


def test_every_version_is_listed_and_leads_to_its_definition(client: FlaskClient, catalogue: Catalogue) -> None:
    answer = VersionList.model_validate(client.get(f"{ROOT}/questionnaires").json)

    assert {one.reference for one in answer.questionnaires} == catalogue.questionnaires.keys()
    for one in answer.questionnaires:
        found = QuestionnaireDefinition.model_validate(client.get(one.url).json)
        assert (found.reference, found.digest, found.status) == (one.reference, one.digest, one.status)
        assert sum(len(section.questions) for section in found.sections) == one.questions
    for profile in answer.profiles:
        assert ProfileDefinition.model_validate(client.get(profile.url).json).digest == profile.digest


def test_every_reference_is_listed_with_its_standing(client: FlaskClient, catalogue: Catalogue) -> None:
    answer = ReferenceList.model_validate(client.get(f"{ROOT}/references").json)

    listed = {one.code: one for one in answer.references}
    assert listed.keys() == catalogue.references.keys()
    assert all(listed[code].verified is one.verified for code, one in catalogue.references.items())
    assert "HRS-DO-03" in listed["ILO-GP7"].cited_by


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/questionnaires/none/2026.1", 404),
        ("GET", "/questionnaires/hrdd-short/1", 404),
        ("GET", "/profiles/hrdd-short/2026.1", 404),
        ("GET", "/nothing", 404),
        ("POST", "/references", 405),
        ("DELETE", "/questionnaires", 405),
    ],
)
def test_what_fails_is_a_problem_document(app: Flask, method: str, path: str, status: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    response = app.test_client().open(ROOT + path, method=method)

    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    problem = response.get_json(force=True)
    assert problem["status"] == status
    assert problem["title"] and problem["detail"]


def test_who_holds_an_answer_is_told_so(client: FlaskClient) -> None:
    first = client.get(f"{ROOT}/references", headers={"Accept-Encoding": "gzip"})

    again = client.get(f"{ROOT}/references", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert first.headers["Cache-Control"] == "public, max-age=300"
