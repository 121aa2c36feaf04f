"""From answers and reviews to a scorecard with its working: pure functions, exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache

from portal.domain.answers import Answer, Determination
from portal.domain.applicability import rule_values
from portal.domain.bundle import Bundle
from portal.domain.caps import Grounds, cap_questionnaire, cap_section
from portal.domain.judgements import NA_SYSTEM, UNANSWERED, judge, leave_out_tolerated
from portal.domain.plans import STAGES, Plan, plan_of
from portal.domain.questionnaire import Catalogue, Questionnaire, Stage
from portal.domain.scorecard import Cap, Coverage, QuestionScore, Scorecard, SectionScore, band_of
from portal.domain.severity import WeakAnswer, top_actions, urgent_links

Scores = dict[str, QuestionScore]


def score_bundle(bundle: Bundle, catalogue: Catalogue) -> Scorecard:
    """Return the scorecard of a bundle that `read_bundle` accepted with the same catalogue."""
    questionnaire = catalogue.questionnaires[bundle.questionnaire]
    profile = catalogue.profiles[questionnaire.profile]
    return score_answers(
        questionnaire,
        rules=rule_values(profile, bundle.profile, names=plan_of(questionnaire).rules),
        answers=bundle.answers,
        review=bundle.review,
        as_of=bundle.as_of,
    )


def score_answers(
    questionnaire: Questionnaire,
    *,
    rules: Mapping[str, bool],
    answers: Mapping[str, Answer],
    review: Mapping[str, Determination],
    as_of: date,
) -> Scorecard:
    """Return the scorecard; answers to questions that do not apply are ignored. `as_of` decides on overdue plans."""
    plan = plan_of(questionnaire)
    scores = _question_scores(plan, rules, answers, review, as_of)
    tally = _tally(plan, scores)
    stages, stages_declared = _stage_scores(tally)
    raw, declared = _means(plan, tally.sections)
    final, caps = _final(questionnaire, tally, raw, stages)
    return Scorecard(
        questionnaire=questionnaire.reference,
        digest=questionnaire.digest,
        score=final,
        band=None if final is None else band_of(final),
        raw=raw,
        declared=declared,
        caps=caps,
        sections=tally.sections,
        stages=stages,
        stages_declared=stages_declared,
        red_flags={name: score.red_flag for name, score in scores.items() if score.red_flag},
        questions=scores,
        coverage=_coverage(plan, scores, answers),
        top_actions=top_actions(tally.weak, urgent=_urgent(plan, scores, answers)),
    )


def score_of_levels(questionnaire: Questionnaire, scores: Scores) -> tuple[Fraction | None, tuple[Cap, ...]]:
    """Return the score and its caps for given scores of the questions, as `score_answers` would: for what-if."""
    plan = plan_of(questionnaire)
    tally = _tally(plan, scores)
    raw, _declared = _means(plan, tally.sections)
    return _final(questionnaire, tally, raw, _stage_scores(tally)[0])


def _final(
    questionnaire: Questionnaire, tally: _Tally, raw: Fraction | None, stages: Mapping[Stage, Fraction]
) -> tuple[Fraction | None, tuple[Cap, ...]]:
    weakest = stages if questionnaire.weakest_stage_cap else None
    return (None, ()) if raw is None else cap_questionnaire(raw, tally.grounds, weakest)


def _question_scores(
    plan: Plan,
    rules: Mapping[str, bool],
    answers: Mapping[str, Answer],
    review: Mapping[str, Determination],
    as_of: date,
) -> Scores:
    answer_to, determination_on = answers.get, review.get
    scores = {
        question.id: judge(question, answer_to(question.id), determination_on(question.id), as_of)
        if rules[question.applies]
        else NA_SYSTEM
        for question in plan.questions
    }
    for rule, question in plan.varying:
        if rules[rule] and rules[question.applies]:
            scores[question.id] = judge(question, answer_to(question.id), determination_on(question.id), as_of)
    for section in plan.sections:
        leave_out_tolerated(section.questions, scores)
    return scores


@dataclass(slots=True)
class _Tally:
    """What one walk over the questions collects.

    Sums of weights and weighted levels are integers, three for each stage: weight, counted, declared.
    """

    stages: list[list[int]] = field(default_factory=lambda: [[0, 0, 0] for _ in STAGES])
    sections: dict[str, SectionScore | None] = field(default_factory=dict)
    grounds: Grounds = field(default_factory=Grounds)
    weak: list[WeakAnswer] = field(default_factory=list)


def _tally(plan: Plan, scores: Scores) -> _Tally:
    tally = _Tally()
    for section in plan.sections:
        grounds = Grounds()
        weights = counted = declared = 0
        for question in section.questions:
            score = scores[question.id]
            if score.counted is None or score.declared is None:
                continue
            weight = question.weight
            level, claimed = weight * score.counted, weight * score.declared
            weights, counted, declared = weights + weight, counted + level, declared + claimed
            stage = tally.stages[question.stage_place]
            stage[0], stage[1], stage[2] = stage[0] + weight, stage[1] + level, stage[2] + claimed
            if question.critical or score.red_flag:
                grounds.add(question.id, question.critical, score.counted, score.red_flag)
            if score.counted < 4:
                tally.weak.append(
                    WeakAnswer(
                        question.id,
                        question.stage_place,
                        weight,
                        25 * score.counted,
                        question.critical,
                        score.red_flag is not None,
                    )
                )
        tally.sections[section.id] = _section_score(weights, counted, declared, *grounds.of_section())
        tally.grounds.take(grounds)
    return tally


@lru_cache(maxsize=1 << 14)
def _section_score(
    weight: int,
    counted: int,
    declared: int,
    open: tuple[str, ...],
    critical: tuple[str, ...],
    remediating: tuple[str, ...],
) -> SectionScore | None:
    """None for a section in which nothing is left to score: it drops out, which is not the same as 0."""
    if not weight:
        return None
    raw = _points(counted, weight)
    score, caps = cap_section(raw, open=open, critical=critical, remediating=remediating)
    return SectionScore(raw, score, _points(declared, weight), caps)


@lru_cache(maxsize=1 << 14)
def _percent(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole)


@lru_cache(maxsize=1 << 14)
def _points(levels: int, weight: int) -> Fraction:
    """The mean of weighted levels, in points. Few ratios occur, and making a Fraction is slow."""
    return Fraction(25 * levels, weight)


def _stage_scores(tally: _Tally) -> tuple[dict[Stage, Fraction], dict[Stage, Fraction]]:
    """Return the scores of the stages that have questions, counted and declared, in the order of the stages."""
    scores: dict[Stage, Fraction] = {}
    scores_declared: dict[Stage, Fraction] = {}
    for stage, (weight, counted, declared) in zip(STAGES, tally.stages, strict=True):
        if weight:
            scores[stage] = _points(counted, weight)
            scores_declared[stage] = _points(declared, weight)
    return scores, scores_declared


def _means(plan: Plan, sections: Mapping[str, SectionScore | None]) -> tuple[Fraction | None, Fraction | None]:
    """Return the weighted means of what counts (after section caps) and of what is declared."""
    kept = [(section.weight, score) for section in plan.sections if (score := sections[section.id])]
    return (
        _mean([(weight, score.score) for weight, score in kept]),
        _mean([(weight, score.declared) for weight, score in kept]),
    )


def _mean(scores: Iterable[tuple[int, Fraction]]) -> Fraction | None:
    """Return the weighted mean, or None of nothing; summed over one denominator, for speed."""
    total, denominator, weights = 0, 1, 0
    for weight, score in scores:
        upper, lower = score.as_integer_ratio()
        total, denominator = total * lower + weight * upper * denominator, denominator * lower
        weights += weight
    return Fraction(total, denominator * weights) if weights else None


def _coverage(plan: Plan, scores: Scores, answers: Mapping[str, Answer]) -> Coverage:
    asked = [question for question in plan.questions if scores[question.id].applicable]
    weight = sum([question.weight for question in asked])
    accepted = sum(
        [question.weight for question in asked if answers.get(question.id, UNANSWERED).evidence == "accepted"]
    )
    statuses = [scores[question.id].status for question in asked]
    answered, unknown, silent = statuses.count("answered"), statuses.count("dont_know"), statuses.count("unanswered")
    return Coverage(
        applicable=len(statuses),
        answered=answered,
        dont_know=unknown,
        not_applicable=len(statuses) - answered - unknown - silent,
        evidence_accepted_weight=_percent(accepted, weight) if weight else None,
    )


def _urgent(plan: Plan, scores: Scores, answers: Mapping[str, Answer]) -> set[str]:
    """The questions that the company's own urgent risks name."""
    urgent: set[str] = set()
    for table, columns in plan.linking_tables:
        answer = answers.get(table)
        if answer is not None and answer.value and scores[table].applicable:
            urgent |= urgent_links(answer.value, columns)
    return urgent
