"""The same company under two versions: what of its answers carries over, and what becomes of its score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from portal.domain.answers import Answer, InvalidAnswer, check_value, has_answer
from portal.domain.bundle import Bundle
from portal.domain.profiles import profile_check
from portal.domain.questionnaire import Catalogue, Flag, Profile, Questionnaire
from portal.domain.scorecard import Scorecard
from portal.domain.scoring import score_bundle

#: So many questions are named as reasons for another score.
REASONS = 5


@dataclass(frozen=True, slots=True)
class Carried:
    """A bundle under the new version, and what it lost on the way: paths of answers and of profile fields."""

    bundle: Bundle
    #: Answered questions that the new version does not have.
    gone: tuple[str, ...]
    #: Path -> why the answer no longer fits.
    unfit: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rescored:
    """`reasons` are the questions and caps that moved the score most, the largest first."""

    old: Scorecard
    new: Scorecard
    carried: Carried
    reasons: tuple[str, ...]

    @property
    def changes_band(self) -> bool:
        return self.old.band != self.new.band

    @property
    def changes_score(self) -> bool:
        return self.old.score != self.new.score


def rescore(bundle: Bundle, old: Questionnaire, new: Questionnaire, catalogue: Catalogue) -> Rescored:
    """Score a bundle of `old` under both. `catalogue` holds both versions and their profiles."""
    moved = carry_over(bundle, new, catalogue.profiles[new.profile])
    before, after = score_bundle(bundle, catalogue), score_bundle(moved.bundle, catalogue)
    return Rescored(before, after, moved, tuple(_reasons(before, after, old, new)))


def carry_over(bundle: Bundle, new: Questionnaire, profile: Profile) -> Carried:
    """Return the bundle as the company would begin with under `new`: what exists there and still fits is kept."""
    unfit: dict[str, str] = {}
    gone = tuple(name for name, answer in bundle.answers.items() if name not in new.by_id and has_answer(answer))
    answers: dict[str, Answer] = {}
    for name, answer in bundle.answers.items():
        question = new.by_id.get(name)
        try:
            if question is not None and answer.value is not None:
                check_value(question, answer.value)
        except InvalidAnswer as error:
            unfit[name] = str(error)
        else:
            answers |= {name: answer} if question else {}
    review = {
        name: one
        for name, one in bundle.review.items()
        if name in answers and (one.state is None or new.by_id[name].flag is Flag.RED_FLAG)
    }
    known = _fitting(bundle.profile, profile, unfit)
    moved = replace(
        bundle, questionnaire=new.reference, digest=new.digest, profile=known, answers=answers, review=review
    )
    return Carried(moved, gone, unfit)


def _fitting(values: Mapping[str, Any], profile: Profile, unfit: dict[str, str]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, value in values.items():
        try:
            if name not in profile.by_id:
                raise InvalidAnswer("", "the new profile has no such field")
            profile_check(profile.by_id[name])(value)
        except InvalidAnswer as error:
            unfit[name] = str(error)
        else:
            known[name] = value
    return known


def _reasons(before: Scorecard, after: Scorecard, old: Questionnaire, new: Questionnaire) -> Iterator[str]:
    one, other = _shares(before, old), _shares(after, new)
    moved = {name: other.get(name, Fraction()) - one.get(name, Fraction()) for name in {**one, **other}}
    ranked = sorted((name for name in moved if moved[name]), key=lambda name: (-abs(moved[name]), name))
    yield from (f"{name} {'+' if moved[name] > 0 else '-'}{abs(float(moved[name])):.1f}" for name in ranked[:REASONS])
    caps_before, caps_after = ({cap.code: cap for cap in card.caps} for card in (before, after))
    yield from (f"{code} no longer limits" for code in caps_before if code not in caps_after)
    yield from (
        f"{code} limits now, because of {', '.join(cap.because)}"
        for code, cap in caps_after.items()
        if code not in caps_before
    )


def _shares(card: Scorecard, questionnaire: Questionnaire) -> dict[str, Fraction]:
    """Points that each question brings to the mean of its section, by the weight of the section."""
    shares: dict[str, Fraction] = {}
    scored = [section for section in questionnaire.sections if card.sections.get(section.id) is not None]
    whole = sum(section.weight for section in scored)
    for section in scored:
        counted = [question for question in section.questions if card.questions[question.id].points is not None]
        weights = sum(question.weight for question in counted)
        for question in counted:
            points = card.questions[question.id].points or 0
            shares[question.id] = Fraction(points * question.weight * section.weight, weights * whole)
    return shares


def without_counterpart(old: Questionnaire, new: Questionnaire) -> tuple[Iterable[str], Iterable[str]]:
    """Questions only the old version has, and questions only the new one has."""
    return [name for name in old.by_id if name not in new.by_id], [name for name in new.by_id if name not in old.by_id]
