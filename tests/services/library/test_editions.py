"""A file has another name as soon as anything that goes into it is another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.domain.questionnaire import Catalogue
from portal.services.library.editions import MAKERS, PORTAL, edition_of, find_edition

REFERENCE = "hrdd-short@2026.1"


def test_the_same_version_has_the_same_name(catalogue: Catalogue) -> None:
    version = catalogue.questionnaires[REFERENCE]

    assert edition_of(catalogue, version, "pdf", "ar") == edition_of(catalogue, version, "pdf", "ar")


def test_another_language_kind_installation_or_article_gives_another_name(catalogue: Catalogue) -> None:
    version = catalogue.questionnaires[REFERENCE]
    code = next(version.questions).references[0]
    article = catalogue.references[code]
    checked = replace(catalogue, references={**catalogue.references, code: replace(article, title="Other words")})
    draft = replace(catalogue, published=frozenset())

    names = [
        edition_of(catalogue, version, "pdf").name,
        edition_of(catalogue, version, "xlsx").name,
        edition_of(catalogue, version, "pdf", "ar").name,
        edition_of(catalogue, version, "pdf", portal="Ministry").name,
        edition_of(checked, version, "pdf").name,
        edition_of(draft, version, "pdf").name,
    ]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_an_edition_is_found_by_its_name(catalogue: Catalogue, kind: str) -> None:
    for version in (catalogue.questionnaires[REFERENCE], catalogue.profiles["profile@2026.1"]):
        edition = edition_of(catalogue, version, kind, "en", "Portal")

        assert find_edition(catalogue, edition.name, "Portal") == edition
        assert find_edition(catalogue, edition.name, "Another portal") is None


@pytest.mark.parametrize(
    "name", ["", "x", "hrdd-short@2026.1", "hrdd-short@2026.1.en.0.pdf", "hrdd-short@2026.1.en.0.exe"]
)
def test_a_name_that_is_none_finds_nothing(catalogue: Catalogue, name: str) -> None:
    assert find_edition(catalogue, name) is None


def test_what_makes_a_file_is_where_it_is_said_to_be() -> None:
    assert [place for places in MAKERS.values() for place in places if not (PORTAL / place).exists()] == []
