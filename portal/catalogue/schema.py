"""JSON Schema (draft 2020-12) of the files authors write, for editors that complete and underline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from portal.catalogue.profile_reader import FIELD_ID
from portal.catalogue.profile_reader import KINDS as FIELD_KINDS
from portal.catalogue.question_reader import QUESTION_ID
from portal.catalogue.questionnaire_reader import KINDS, QUESTIONNAIRE_ID, REFERENCE, SECTION_ID, SLUG, VERSION
from portal.catalogue.reader import WORD
from portal.catalogue.rules import COLUMN_KINDS
from portal.domain.questionnaire import Flag, QuestionType, Stage

Schema = dict[str, Any]


def _text(about: str = "") -> Schema:
    """Our files know only text; an editor takes `no` for a truth value and `2026` for a number."""
    return {"type": ["string", "number", "boolean"]} | ({"description": about} if about else {})


def _like(pattern: str, about: str = "") -> Schema:
    return {"type": "string", "pattern": f"^({pattern})$"} | ({"description": about} if about else {})


def _one_of(values: Iterable[str], about: str = "") -> Schema:
    return {"enum": list(values)} | ({"description": about} if about else {})


def _whole(least: int, most: int, about: str = "") -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most} | ({"description": about} if about else {})


def _list(items: Schema, about: str = "") -> Schema:
    return {"type": "array", "items": items} | ({"description": about} if about else {})


def _object(needed: Mapping[str, Schema], more: Mapping[str, Schema] | None = None) -> Schema:
    """A mapping with these keys and no others; those of `needed` must be there."""
    return {
        "type": "object",
        "properties": {**needed, **(more or {})},
        "required": list(needed),
        "additionalProperties": False,
    }


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


NUMBER: Schema = {"type": "number"}
YES: Schema = {"enum": ["yes", "no", "true", "false", True, False]}
ID = {"anyOf": [_like(WORD.pattern), {"type": "boolean"}]}
OPTION = _object(
    {"id": ID, "label": _text()},
    {"level": _whole(0, 4, "What it is worth"), "hint": _text(), "exclusive": YES},
)
COLUMN = _object(
    {"id": ID, "label": _text(), "kind": _one_of(COLUMN_KINDS)},
    {
        "required": YES,
        "hint": _text(),
        "minimum": NUMBER,
        "maximum": NUMBER,
        "options": _list(OPTION),
        "anchors": _map(_text()),
        "expression": _text("An XLSForm expression over the columns of the same row"),
        "prefill": _text("How an empty form begins: options, or a column of a profile table"),
    },
)
CONDITION = _object(
    {},
    {
        "complete": YES,
        "where": _map(_list(_text())),
        "filled": _list(_text()),
        "each": _list(_text(), "The condition must hold for every group of rows that agree in these columns"),
        "covers": _map(_list(_text())),
        "at_least": _whole(0, 1000),
        "at_most": _whole(0, 1000),
    },
)
STEP = _object(
    {"level": _whole(1, 4)},
    {"at_least": NUMBER, "instead": _map(NUMBER), "all_of": _list(_text()), "rows": _list(CONDITION)},
)
QUESTION = _object(
    {
        "id": _like(QUESTION_ID.pattern, "QUESTIONNAIRE-SECTION-NN; never used again for anything else"),
        "type": _one_of(kind.value for kind in QuestionType),
        "ask": _text("The question, in plain words"),
        "why": _text("Why we ask: one or two sentences of our own"),
        "weight": _whole(1, 3),
        "stage": _one_of(stage.value for stage in Stage),
        "applies": _like(WORD.pattern, "Who is asked: a rule of the profile"),
        "references": _list(_text(), "Codes from references.csv"),
        "remedial": _text("What to do where the level is low"),
    },
    {
        "flag": _one_of(flag.value for flag in Flag),
        "levels": {"type": "object", "properties": {str(level): _text() for level in range(5)}, "minProperties": 5},
        "options": _list(OPTION),
        "columns": _list(COLUMN),
        "rule": _list(STEP, "Steps from the highest level down; the first that holds gives the level"),
        "unit": _text(),
        "minimum": NUMBER,
        "maximum": NUMBER,
        "counts_as": _text("What counts as such harm"),
        "short": _text("A few words that name the harm"),
        "evidence": _text("What would show it"),
        "evidence_exempt": YES,
        "same_as": _list(_like(QUESTION_ID.pattern), "Questions of other questionnaires that ask the same"),
    },
)
SECTION = _object(
    {
        "id": _like(SECTION_ID.pattern),
        "title": _text(),
        "weight": _whole(1, 100, "Its share of the score; all sections together 100"),
        "questions": _list(QUESTION),
    },
    {"basis": _list(_text(), "Codes from references.csv")},
)
QUESTIONNAIRE = _object(
    {
        "id": _like(QUESTIONNAIRE_ID.pattern, "Three capital letters; the ids of questions begin with it"),
        "slug": _like(SLUG.pattern, "The name of the folder"),
        "version": _like(VERSION.pattern, 'In quotes: "2026.1"'),
        "title": _text(),
        "kind": _one_of(KINDS),
        "purpose": _text(),
        "who": _text(),
        "profile": _like(REFERENCE.pattern),
        "sections": _list(_like(SLUG.pattern), "The section files without .yaml, in order"),
    },
    {"short_title": _text(), "applies": _like(WORD.pattern), "weakest_stage_cap": YES},
)
CASES = _object(
    {
        "cases": _list(
            _object(
                {"name": _text(), "tells": _text(), "as_of": _text(), "expected": {"type": "object"}},
                {"profile": {"type": "object"}, "answers": {"type": "object"}, "review": {"type": "object"}},
            )
        )
    }
)
FIELD = _object(
    {"id": _like(FIELD_ID.pattern), "kind": _one_of(FIELD_KINDS), "ask": _text()},
    {
        "hint": _text(),
        "options": _list(OPTION),
        "columns": _list(COLUMN),
        "rows": _list(_object({"id": ID, "label": _text()})),
        "parts": _map(_text()),
        "minimum": NUMBER,
        "maximum": NUMBER,
        "required": YES,
        "asked_in": _like(QUESTIONNAIRE_ID.pattern),
    },
)
PROFILE = _object(
    {
        "slug": _like(SLUG.pattern),
        "version": _like(VERSION.pattern),
        "title": _text(),
        "groups": _list(_object({"id": ID, "title": _text(), "fields": _list(FIELD)})),
    },
    {"screening": _list(FIELD, "Asked at the start of a questionnaire")},
)
APPLICABILITY = _object(
    {
        "rules": _map(_object({"label": _text("In words"), "expression": _text("An XLSForm expression")})),
        "questionnaires": _list(
            _object(
                {"id": _like(QUESTIONNAIRE_ID.pattern), "title": _text(), "because": _text("Why the company gets it")},
                {"rule": _like(WORD.pattern), "expression": _text(), "one_of": _like(WORD.pattern)},
            )
        ),
    }
)
KINDS_OF_FILES: Mapping[str, tuple[str, Schema]] = {
    "questionnaire": ("The main file of a questionnaire", QUESTIONNAIRE),
    "section": ("A section of a questionnaire with its questions", SECTION),
    "cases": ("Made-up companies and the score they should get", CASES),
    "profile": ("What a company tells about itself", PROFILE),
    "applicability": ("Who gets which questionnaires and questions", APPLICABILITY),
}


def schema_files() -> dict[str, str]:
    """Return name -> content of every file in questionnaires/schema/."""
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title} | schema, indent=1
        )
        + "\n"
        for name, (title, schema) in KINDS_OF_FILES.items()
    }
