"""How a company developed over its periods, on the questions that all of them have in common.

A score is comparable only where the same was asked and the same counted. So questions that are new, gone or count in
another way, and those that did not apply in some period, are left out of every period alike, each with its reason, and
what remains is scored again by the one scoring function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from portal.domain.applicability import rule_values
from portal.domain.bundle import Bundle
from portal.domain.changes import compare_versions
from portal.domain.plans import plan_of
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.domain.scorecard import Scorecard
from portal.domain.scoring import score_answers, score_bundle

#: In place of a version: what is left of the newest one.
COMMON = "common"


class Reason(StrEnum):
    """Why a question of the newest version is not compared."""

    NEW = "new"
    COUNTS_OTHERWISE = "counts_otherwise"
    NOT_ASKED = "not_asked"


class Direction(StrEnum):
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Period:
    """One period: its score as submitted, and the score on the common questions."""

    submitted: Scorecard
    common: Scorecard


@dataclass(frozen=True, slots=True)
class Trend:
    """The periods, the oldest first. `questionnaire` is the newest version with nothing but the common questions."""

    questionnaire: Questionnaire
    periods: tuple[Period, ...]
    left_out: Mapping[str, Reason]

    @property
    def directions(self) -> dict[str, Direction]:
        """Common question -> how its counted points moved between the last two periods."""
        if len(self.periods) < 2:
            return {}
        before, now = (period.common.questions for period in self.periods[-2:])
        return {name: _direction(before[name].points, now[name].points) for name in now}


def trend(bundles: Sequence[Bundle], catalogue: Catalogue) -> Trend:
    """Compare the periods of one questionnaire, the oldest first. Raises ValueError where there is none."""
    if not bundles:
        raise ValueError("there is no period to compare")
    submitted = [score_bundle(bundle, catalogue) for bundle in bundles]
    versions = [catalogue.questionnaires[bundle.questionnaire] for bundle in bundles]
    left_out = _left_out(versions, submitted, catalogue)
    common = _without(versions[-1], left_out)
    return Trend(
        common,
        tuple(
            Period(card, _scored(common, bundle, catalogue)) for card, bundle in zip(submitted, bundles, strict=True)
        ),
        left_out,
    )


def _left_out(versions: Sequence[Questionnaire], cards: Sequence[Scorecard], catalogue: Catalogue) -> dict[str, Reason]:
    newest = versions[-1]
    found: dict[str, Reason] = {}
    for question in newest.questions:
        if any(question.id not in version.by_id for version in versions):
            found[question.id] = Reason.NEW
        elif any(not card.questions[question.id].applicable for card in cards):
            found[question.id] = Reason.NOT_ASKED
    for version in {one.reference: one for one in versions[:-1]}.values():
        rules = [catalogue.profiles[one.profile].rules for one in (version, newest)]
        for change in compare_versions(version, newest, *rules).changed:
            if change.scored:
                found.setdefault(change.question.id, Reason.COUNTS_OTHERWISE)
    return {question.id: found[question.id] for question in newest.questions if question.id in found}


def _without(newest: Questionnaire, left_out: Mapping[str, Reason]) -> Questionnaire:
    kept = [
        replace(section, questions=tuple(question for question in section.questions if question.id not in left_out))
        for section in newest.sections
    ]
    return replace(newest, version=COMMON, sections=tuple(section for section in kept if section.questions))


def _scored(common: Questionnaire, bundle: Bundle, catalogue: Catalogue) -> Scorecard:
    profile = catalogue.profiles[common.profile]
    return score_answers(
        common,
        rules=rule_values(profile, bundle.profile, names=plan_of(common).rules),
        answers=bundle.answers,
        review=bundle.review,
        as_of=bundle.as_of,
    )


def _direction(before: int | None, now: int | None) -> Direction:
    if (before or 0) == (now or 0):
        return Direction.SAME
    return Direction.BETTER if (now or 0) > (before or 0) else Direction.WORSE
