"""A score with its working, and how it is shown: one decimal, rounded half up, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from portal.domain.questionnaire import Stage
from portal.domain.severity import Action

#: The bands, lowest first. A band begins at 0, 20, 40, 60 or 80 of the rounded score.
BANDS = ("Not started", "Beginning", "Developing", "Established", "Advanced")


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit that lowered a score, with the questions (for CAP-S: the stages) because of which it did."""

    code: str
    limit: Fraction
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """`status`: answered, unanswered, dont_know, na_system, na_user, na_confirmed or na_rejected.

    Levels and points are None where the question is left out of the score. `applicable` says what the profile says:
    a question called not applicable by the company is applicable until left out.
    """

    status: str
    declared: int | None
    counted: int | None
    points: int | None
    red_flag: str | None = None
    applicable: bool = True


@dataclass(frozen=True, slots=True)
class SectionScore:
    """`raw` counts what can be shown, `score` is `raw` after its cap, `declared` believes every claim."""

    raw: Fraction
    score: Fraction
    declared: Fraction
    caps: tuple[Cap, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many questions apply, and what was said to them. The share of weight with accepted evidence in percent."""

    applicable: int
    answered: int
    dont_know: int
    not_applicable: int
    evidence_accepted_weight: Fraction | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The result of one questionnaire; the scores are None where nothing applies, which is not the same as 0."""

    questionnaire: str
    digest: str
    score: Fraction | None
    band: str | None
    raw: Fraction | None
    declared: Fraction | None
    caps: tuple[Cap, ...]
    sections: Mapping[str, SectionScore | None]
    stages: Mapping[Stage, Fraction]
    stages_declared: Mapping[Stage, Fraction]
    red_flags: Mapping[str, str]
    questions: Mapping[str, QuestionScore]
    coverage: Coverage
    top_actions: tuple[Action, ...]


def tenths(score: Fraction) -> int:
    """Return the tenths nearest to a score, halves up: 59.95 becomes 600. The only rounding there is."""
    numerator, denominator = score.as_integer_ratio()
    return (20 * numerator + denominator) // (2 * denominator)


def show(score: Fraction) -> str:
    """Return a score, not negative, as people see it: "59.9"."""
    return _show(*score.as_integer_ratio())


@lru_cache(maxsize=1 << 14)
def _show(numerator: int, denominator: int) -> str:
    """Few scores occur, but each of them often. By numbers, because hashing a Fraction takes longer than showing it."""
    whole, part = divmod(tenths(Fraction(numerator, denominator)), 10)
    return f"{whole}.{part}"


def band_number(score: Fraction) -> int:
    """Return 0 to 4, of the rounded score."""
    return min(tenths(score) // 200, len(BANDS) - 1)


def band_of(score: Fraction) -> str:
    return BANDS[band_number(score)]


def scorecard_json(scorecard: Scorecard) -> dict[str, Any]:
    """Return the scorecard as `scorecard/1`, in the order of the questionnaire."""
    return {
        "format": "scorecard/1",
        "questionnaire": scorecard.questionnaire,
        "digest": scorecard.digest,
        "score": _shown(scorecard.score),
        "band": scorecard.band,
        "raw": _shown(scorecard.raw),
        "declared": _shown(scorecard.declared),
        "caps": [{"code": cap.code, "limit": show(cap.limit), "because": list(cap.because)} for cap in scorecard.caps],
        "sections": {name: section and _section_json(section) for name, section in scorecard.sections.items()},
        "stages": {stage.value: show(score) for stage, score in scorecard.stages.items()},
        "red_flags": dict(scorecard.red_flags),
        "questions": {
            name: {"status": one.status, "declared": one.declared, "counted": one.counted, "points": one.points}
            for name, one in scorecard.questions.items()
        },
        "coverage": _coverage_json(scorecard.coverage),
        "top_actions": [
            {"question": action.question, "priority": show(action.priority)} for action in scorecard.top_actions
        ],
    }


def _shown(score: Fraction | None) -> str | None:
    return None if score is None else show(score)


def _section_json(section: SectionScore) -> dict[str, Any]:
    return {
        "raw": show(section.raw),
        "score": show(section.score),
        "declared": show(section.declared),
        "caps": [cap.code for cap in section.caps],
    }


def _coverage_json(coverage: Coverage) -> dict[str, Any]:
    return {
        "applicable": coverage.applicable,
        "answered": coverage.answered,
        "dont_know": coverage.dont_know,
        "not_applicable": coverage.not_applicable,
        "evidence_accepted_weight": _shown(coverage.evidence_accepted_weight),
    }
