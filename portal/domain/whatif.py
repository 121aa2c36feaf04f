"""What a score could become: the range still open, the effect of one or two better answers, the way to the next band.

Caps make single steps misleading, so pairs are looked at too. Everything goes through the one scoring function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from portal.domain.judgements import scored
from portal.domain.plans import PlannedQuestion, plan_of
from portal.domain.questionnaire import Questionnaire
from portal.domain.scorecard import Cap, QuestionScore, Scorecard, band_number
from portal.domain.scoring import score_of_levels

#: What counts at most before a reviewer has looked: level 3 with a file, level 4 where no file is asked for.
UNREVIEWED, EXEMPT = 3, 4


@dataclass(frozen=True, slots=True)
class Step:
    """A better answer to one question: the level that would count, and from where."""

    question: str
    before: int
    level: int

    @property
    def effort(self) -> int:
        return self.level - self.before


@dataclass(frozen=True, slots=True)
class Outcome:
    """One or more steps, and the score and caps with them."""

    steps: tuple[Step, ...]
    score: Fraction
    caps: tuple[Cap, ...]

    @property
    def effort(self) -> int:
        return sum(step.effort for step in self.steps)


def open_range(questionnaire: Questionnaire, card: Scorecard) -> tuple[Fraction, Fraction] | None:
    """Return the lowest and the highest score that answers to the open questions can lead to, before any review.

    Lowest: all of them at level 0, and harm that is found without remedy. Highest: all at their best with a file.
    None where nothing applies. What is called not applicable is not looked at.
    """
    if card.score is None:
        return None
    silent = [one for one in plan_of(questionnaire).questions if card.questions[one.id].status == "unanswered"]
    worst = {one.id: scored("answered", 0, 0, "open" if one.incident else "none") for one in silent}
    best = {one.id: _at(_most(one), card.questions[one.id]) for one in silent}
    lowest, highest = (score_of_levels(questionnaire, dict(card.questions) | some)[0] for some in (worst, best))
    return (lowest, highest) if lowest is not None and highest is not None else None


def steps_of(questionnaire: Questionnaire, card: Scorecard) -> list[Step]:
    """Every better answer there is to a single question: level by level, or for harm that it was looked for."""
    return [step for one in plan_of(questionnaire).questions for step in _steps(one, card.questions[one.id])]


def outcome(questionnaire: Questionnaire, card: Scorecard, steps: Iterable[Step]) -> Outcome:
    """The score with these answers. Raises LookupError for a question without a score."""
    taken = tuple(steps)
    changed = {step.question: _at(step.level, card.questions[step.question]) for step in taken}
    score, caps = score_of_levels(questionnaire, dict(card.questions) | changed)
    if score is None:
        raise LookupError("nothing of the questionnaire has a score")
    return Outcome(taken, score, caps)


def best_pair(questionnaire: Questionnaire, card: Scorecard) -> Outcome | None:
    """The two questions that would help most together, each at its best; none where fewer than two can be raised."""
    highest: dict[str, Step] = {step.question: step for step in steps_of(questionnaire, card)}
    found = (outcome(questionnaire, card, pair) for pair in combinations(highest.values(), 2))
    return max(found, key=lambda one: (one.score, -one.effort), default=None)


def way_to_next_band(questionnaire: Questionnaire, card: Scorecard) -> Outcome | None:
    """The least work that reaches the next band: one step if one is enough, else two; none where two are not.

    Of ways with equal effort the one with the higher score.
    """
    if card.score is None:
        return None
    wanted, steps = band_number(card.score) + 1, steps_of(questionnaire, card)
    best = best_pair(questionnaire, card)
    if len(steps) > 1 and (best is None or band_number(best.score) < wanted):
        return None  # a better answer never lowers a score, so nothing reaches further than the best pair
    for ways in ([(step,) for step in steps], _pairs(steps)):
        reached: Outcome | None = None
        for way in sorted(ways, key=lambda some: sum(step.effort for step in some)):
            if reached and sum(step.effort for step in way) > reached.effort:
                break
            there = outcome(questionnaire, card, way)
            if band_number(there.score) >= wanted and (reached is None or there.score > reached.score):
                reached = there
        if reached:
            return reached
    return None


def _pairs(steps: list[Step]) -> list[tuple[Step, ...]]:
    return [pair for pair in combinations(steps, 2) if pair[0].question != pair[1].question]


def _steps(question: PlannedQuestion, score: QuestionScore) -> Iterator[Step]:
    if score.counted is None:
        return
    most = _most(question)
    if question.incident:
        if score.counted < most or score.red_flag:
            yield Step(question.id, score.counted, most)
        return
    for level in range(score.counted + 1, most + 1):
        yield Step(question.id, score.counted, level)


def _most(question: PlannedQuestion) -> int:
    return EXEMPT if question.exempt else UNREVIEWED


def _at(level: int, score: QuestionScore) -> QuestionScore:
    return scored("answered", max(level, score.declared or 0), level)
