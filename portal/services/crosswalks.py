"""What a submission says, ordered by the frameworks that companies report by: from the frozen answers alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.answers import Answer
from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.bundle import read_bundle
from portal.domain.crosswalk import Crosswalk, crosswalks
from portal.domain.questionnaire import Catalogue
from portal.models import Submission
from portal.services.questionnaires import newest_versions


@dataclass(frozen=True, slots=True)
class SubmittedCrosswalks:
    crosswalks: tuple[Crosswalk, ...]
    answers: Mapping[str, Answer]
    #: Question id -> status, declared and counted level, as frozen with the submission.
    levels: Mapping[str, Mapping[str, Any]]


def crosswalks_of(submission: Submission, catalogue: Catalogue) -> SubmittedCrosswalks:
    bundle = read_bundle(submission.bundle, catalogue)
    questionnaire = catalogue.questionnaires[bundle.questionnaire]
    rules = rule_values(catalogue.profiles[questionnaire.profile], bundle.profile)
    asked = applicable_questions(questionnaire, rules)
    return SubmittedCrosswalks(
        crosswalks=crosswalks(questionnaire, catalogue.references, asked, newest_versions(catalogue)),
        answers=bundle.answers,
        levels=submission.scorecard["questions"],
    )
