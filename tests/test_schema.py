"""JSON Schema for editors: current, and no installed file is against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from portal.catalogue.authoring import example
from portal.catalogue.schema import schema_files

FOLDER = Path(__file__).parents[1] / "questionnaires"
FILES = sorted(FOLDER.glob("*/*/*.yaml"))
KINDS = ("questionnaire", "cases", "profile", "applicability")


def kind_of(name: str) -> str:
    stem = name.removesuffix(".yaml")
    return stem if stem in KINDS else "section"


def faults(name: str, text: str) -> list[str]:
    schema = json.loads(schema_files()[f"{kind_of(name)}.schema.json"])
    content = _as_json(YAML(typ="safe", pure=True).load(text))
    return [
        f"{'.'.join(map(str, error.path))}: {error.message}"
        for error in Draft202012Validator(schema).iter_errors(content)
    ]


def _as_json(value: Any) -> Any:
    """As an editor sees it: keys are text, days too."""
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


@pytest.mark.parametrize("name", schema_files())
def test_the_schema_kept_for_editors_is_current(name):
    """Write it anew: python -c "from portal.catalogue.schema import *" and write what schema_files() returns."""
    assert (FOLDER / "schema" / name).read_text(encoding="utf-8") == schema_files()[name]
    Draft202012Validator.check_schema(json.loads(schema_files()[name]))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_every_installed_file_is_as_the_schema_says(file):
    assert faults(file.name, file.read_text(encoding="utf-8")) == []


def test_the_example_of_a_new_questionnaire_is_as_the_schema_says():
    files = example("trial", "TRI", "Trial", version="2026.1", profile="profile@2026.1", kind="sector")

    assert [fault for name, text in files.items() for fault in faults(name, text)] == []


def test_a_misspelt_key_and_a_wrong_weight_are_found():
    text = example("trial", "TRI", "Trial", version="2026.1", profile="profile@2026.1", kind="sector")["first.yaml"]

    found = faults("first.yaml", text.replace("weight: 2 ", "weight: 7 ").replace("remedial:", "remedy:"))

    assert any("7 is greater than the maximum of 3" in fault for fault in found)
    assert any("'remedy' was unexpected" in fault for fault in found)


def test_editors_find_each_schema():
    settings = json.loads((FOLDER.parent / ".vscode/settings.json").read_text(encoding="utf-8"))

    assert {path.rpartition("/")[2] for path in settings["yaml.schemas"]} == set(schema_files())
