"""The description of the API, made from the documents it answers with (OpenAPI 3.1)."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from portal.web import current
from portal.web.api.blueprint import bp
from portal.web.api.documents import Problem, ProfileDefinition, QuestionnaireDefinition, ReferenceList, VersionList
from portal.web.api.library import answer

DOCUMENTS: tuple[type[BaseModel], ...] = (
    VersionList,
    QuestionnaireDefinition,
    ProfileDefinition,
    ReferenceList,
    Problem,
)
#: Address -> (operation, summary, document).
PATHS: dict[str, tuple[str, str, type[BaseModel] | None]] = {
    "/api/v1/questionnaires": ("listQuestionnaires", "Every version of every questionnaire and profile", VersionList),
    "/api/v1/questionnaires/{slug}/{version}": (
        "getQuestionnaire",
        "One version, whole: enough to compute the same score",
        QuestionnaireDefinition,
    ),
    "/api/v1/profiles/{slug}/{version}": ("getProfile", "One version of the company profile", ProfileDefinition),
    "/api/v1/references": ("listReferences", "Articles that questions cite, and the questions that do", ReferenceList),
    "/api/v1/openapi.json": ("getDescription", "This description", None),
}
EXAMPLES = {"slug": "hrdd-short", "version": "2026.1"}


@bp.get("/openapi.json")
def show_openapi() -> ResponseReturnValue:
    return answer(
        {
            "openapi": "3.1.0",
            "info": {
                "title": f"{current.settings().name}: question library",
                "version": "1",
                "description": "Questionnaires, the company profile and the articles they cite. Nothing here needs an "
                "account. Texts are ours; titles of articles are not the text of the instrument.",
            },
            "servers": [{"url": "/"}],
            **_described(),
        }
    )


@cache
def _described() -> dict[str, Any]:
    _names, schemas = models_json_schema(
        [(document, "serialization") for document in DOCUMENTS], ref_template="#/components/schemas/{model}"
    )
    paths = {path: {"get": _operation(path, *what)} for path, what in PATHS.items()}
    return {"paths": paths, "components": {"schemas": schemas["$defs"]}}


def _operation(path: str, name: str, summary: str, document: type[BaseModel] | None) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{document.__name__}"} if document else {"type": "object"}
    responses = {
        "200": {
            "description": summary,
            "headers": {"ETag": {"schema": {"type": "string"}, "description": "Changes with the content."}},
            "content": {"application/json": {"schema": schema}},
        },
        "304": {"description": "The content is the one of the ETag sent as If-None-Match."},
    }
    parameters = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    if parameters:
        problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
        responses["404"] = {
            "description": "There is no such version.",
            "content": {"application/problem+json": problem},
        }
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [
            {"name": one, "in": "path", "required": True, "schema": {"type": "string"}, "example": EXAMPLES[one]}
            for one in parameters
        ],
        "responses": responses,
    }
