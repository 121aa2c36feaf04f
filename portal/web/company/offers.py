"""Which questionnaires a company is offered, with what it needs to choose and where it stands with each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.offers import offered_questionnaires
from portal.domain.questionnaire import ApplicableQuestionnaire, Catalogue, Profile, Questionnaire
from portal.models import Assessment
from portal.services.questionnaires import newest_versions


@dataclass(frozen=True, slots=True)
class Offer:
    """A questionnaire for this company; `version` is None where this portal does not have it."""

    entry: ApplicableQuestionnaire
    version: Questionnaire | None
    #: How many of its questions the company is asked.
    asked: int
    started: bool
    #: Of those of which one is to be answered: the proposed one.
    proposed: bool
    #: Another of those was begun.
    instead_of: str = ""


def offers_to(
    catalogue: Catalogue, profile: Profile, values: Mapping[str, Any], assessments: Iterable[Assessment]
) -> list[Offer]:
    rules = rule_values(profile, values)
    entries = offered_questionnaires(profile, values)
    versions = {item.id: item for item in newest_versions(catalogue)}
    begun = {catalogue.questionnaires[item.questionnaire].id for item in assessments}
    first: dict[str, str] = {}
    for entry in entries:
        first.setdefault(entry.one_of, entry.id)
    return [
        Offer(
            entry=entry,
            version=version,
            asked=len(applicable_questions(version, rules)) if version else 0,
            started=entry.id in begun,
            proposed=first[entry.one_of] == entry.id,
            instead_of=_other_begun(entry, entries, begun),
        )
        for entry in entries
        for version in [versions.get(entry.id)]
    ]


def _other_begun(entry: ApplicableQuestionnaire, entries: Iterable[ApplicableQuestionnaire], begun: set[str]) -> str:
    others = (other for other in entries if entry.one_of and other.one_of == entry.one_of and other.id != entry.id)
    return next((other.title for other in others if other.id in begun), "")
