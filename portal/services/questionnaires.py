"""What anyone may read about the questionnaires: versions, definitions, references."""

from __future__ import annotations

import json

from portal.catalogue import definition
from portal.domain.questionnaire import Catalogue, Questionnaire, Reference
from portal.domain.versions import numbers_of

KINDS = ("core", "recruitment", "sector")


def newest_versions(catalogue: Catalogue) -> list[Questionnaire]:
    """Return one version of each questionnaire: the newest published, or the newest draft where none is."""
    newest: dict[str, Questionnaire] = {}
    for version in sorted(
        catalogue.questionnaires.values(), key=lambda q: (is_published(catalogue, q), numbers_of(q.version))
    ):
        newest[version.slug] = version
    return sorted(newest.values(), key=lambda q: (KINDS.index(q.kind) if q.kind in KINDS else len(KINDS), q.slug))


def find_version(catalogue: Catalogue, slug: str, version: str) -> Questionnaire | None:
    return catalogue.questionnaires.get(f"{slug}@{version}")


def other_versions(catalogue: Catalogue, questionnaire: Questionnaire) -> list[Questionnaire]:
    """The other versions of the same questionnaire, newest first."""
    others = [q for q in catalogue.questionnaires.values() if q.slug == questionnaire.slug and q is not questionnaire]
    return sorted(others, key=lambda q: numbers_of(q.version), reverse=True)


def in_order(one: Questionnaire, other: Questionnaire) -> tuple[Questionnaire, Questionnaire]:
    """Two versions of the same questionnaire, the older first."""
    return (one, other) if numbers_of(one.version) <= numbers_of(other.version) else (other, one)


def is_published(catalogue: Catalogue, questionnaire: Questionnaire) -> bool:
    return questionnaire.reference in catalogue.published


def references_of(catalogue: Catalogue, questionnaire: Questionnaire) -> dict[str, list[Reference]]:
    """Question id -> the articles it comes from; a code the list does not know is left out."""
    known = catalogue.references
    return {q.id: [known[code] for code in q.references if code in known] for q in questionnaire.questions}


def rule_words(catalogue: Catalogue, questionnaire: Questionnaire) -> dict[str, str]:
    """Rule name -> for whom it holds, in words."""
    return dict(catalogue.profiles[questionnaire.profile].rule_labels)


def for_whom(catalogue: Catalogue, questionnaire: Questionnaire) -> str:
    """Which companies get the questionnaire, in the words of the profile."""
    profile = catalogue.profiles[questionnaire.profile]
    entry = next((one for one in profile.applicable if one.id == questionnaire.id), None)
    return (entry.because if entry else "") or profile.rule_labels.get(questionnaire.applies, questionnaire.applies)


def definition_json(catalogue: Catalogue, questionnaire: Questionnaire) -> str:
    """The whole definition as questionnaire/1 JSON, from which others can compute the same score."""
    return json.dumps(definition(questionnaire, catalogue), ensure_ascii=False, indent=2) + "\n"
