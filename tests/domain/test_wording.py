"""Texts by their paths, and a version in other words."""

from __future__ import annotations

import pytest

from portal.catalogue.digests import meaning
from portal.domain.wording import language_of, reworded, translated, wordings


@pytest.fixture(params=["hrdd-short@2026.1", "profile@2026.1"])
def version(request, catalogue):
    return catalogue.questionnaires.get(request.param) or catalogue.profiles[request.param]


def test_every_text_that_people_read_has_a_path(version):
    """What is left after every text is replaced is ids, codes, names of rules and expressions."""
    left = reworded(version, lambda path, text: "#")

    assert not [text for text in _texts(meaning(left)) if " " in text and not text.startswith(("coalesce", "if("))]


def _texts(value, key=""):
    if isinstance(value, dict):
        return [text for name, item in value.items() for text in _texts(item, name)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item, key)]
    return [value] if isinstance(value, str) and key not in {"expression", "rules"} and "${" not in value else []


def test_the_same_words_give_the_same_version(version):
    assert reworded(version, lambda path, text: text) == version
    assert translated(version, {}, "th") == version


def test_a_translation_says_its_language_and_changes_nothing_else(catalogue):
    version = catalogue.questionnaires["hrdd-short@2026.1"]

    other = translated(version, {"HRS-COM-01.levels.3": "สาม", "HRS-NO-99.ask": "x"}, "th")

    assert other.by_id["HRS-COM-01"].levels[3] == "สาม"
    assert language_of(other.by_id["HRS-COM-01"].levels[3]) == "th"
    assert language_of(other.by_id["HRS-COM-01"].levels[2]) == "en"
    assert other.digest == version.digest
    changed = {path for path, text in wordings(other).items() if wordings(version)[path] != text}
    assert changed == {"HRS-COM-01.levels.3"}
