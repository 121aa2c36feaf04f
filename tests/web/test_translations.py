"""Translations: nothing in them can break a page, and none pretends to be more than it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from portal.web.languages import SOURCES

FILES = sorted(SOURCES.glob("*/LC_MESSAGES/messages.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_a_translation_has_the_placeholders_of_its_original(path: Path) -> None:
    with path.open("rb") as lines:
        entries = [entry for entry in read_po(lines) if entry.id and entry.string]
    wrong = [entry.id for entry in entries if _holes(_last(entry.string)) - _holes(_last(entry.id))]
    wrong += [entry.id for entry in entries if isinstance(entry.id, str) and _holes(entry.id) - _holes(entry.string)]

    assert entries
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_a_percent_sign_is_doubled_where_it_is_one(path: Path) -> None:
    with path.open("rb") as lines:
        strings = [text for entry in read_po(lines) if entry.id for text in _all(entry.string)]
    bare = [text for text in strings if re.search(r"%(?![(%])", text.replace("%%", ""))]

    assert bare == []


def _all(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _last(text: str | tuple[str, ...]) -> str:
    return _all(text)[-1]


def _holes(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))
