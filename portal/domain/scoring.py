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
from portal.domain.caps import Grounds, cap_questionnaire, cap_section, merged
from portal.domain.judgements import NA_SYSTEM, judge, leave_out_tolerated
from portal.domain.plans import STAGES, Plan, PlannedQuestion, plan_of
from portal.domain.questionnaire import Catalogue, Questionnaire, Stage
from portal.domain.scorecard import Coverage, QuestionScore, Scorecard, SectionScore, band_of
from portal.domain.severity import Action, WeakAnswer, top_actions, urgent_links

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
    tallies = {section.id: _tally(section.questions, scores) for section in plan.sections}
    sections = {name: _section_score(tally) for name, tally in tallies.items()}
    counted = [question for question in plan.questions if scores[question.id].counted is not None]
    stages, stages_declared = _stage_scores(counted, scores)
    raw, declared = _means(plan, sections)
    grounds = merged(tally.grounds for tally in tallies.values())
    weakest = stages if questionnaire.weakest_stage_cap else None
    final, caps = (None, ()) if raw is None else cap_questionnaire(raw, grounds, weakest)
    return Scorecard(
        questionnaire=questionnaire.reference,
        digest=questionnaire.digest,
        score=final,
        band=None if final is None else band_of(final),
        raw=raw,
        declared=declared,
        caps=caps,
        sections=sections,
        stages=stages,
        stages_declared=stages_declared,
        red_flags={name: score.red_flag for name, score in scores.items() if score.red_flag},
        questions=scores,
        coverage=_coverage(plan, scores, answers),
        top_actions=_actions(plan, counted, scores, answers),
    )


def _question_scores(
    plan: Plan,
    rules: Mapping[str, bool],
    answers: Mapping[str, Answer],
    review: Mapping[str, Determination],
    as_of: date,
) -> Scores:
    scores = {
        question.id: judge(question, answers.get(question.id), review.get(question.id), as_of)
        if rules[question.applies]
        else NA_SYSTEM
        for question in plan.questions
    }
    for section in plan.sections:
        leave_out_tolerated(section.questions, scores)
    return scores


@dataclass(slots=True)
class _Tally:
    """Weights and weighted levels of some questions, as integers: a level is worth 25 points."""

    weight: int = 0
    counted: int = 0
    declared: int = 0
    grounds: Grounds = field(default_factory=Grounds)


def _tally(questions: Iterable[PlannedQuestion], scores: Scores) -> _Tally:
    tally = _Tally()
    for question in questions:
        score = scores[question.id]
        if score.counted is None or score.declared is None:
            continue
        tally.weight += question.weight
        tally.counted += question.weight * score.counted
        tally.declared += question.weight * score.declared
        if question.critical or score.red_flag:
            tally.grounds.add(question.id, question.critical, score.counted, score.red_flag)
    return tally


def _section_score(tally: _Tally) -> SectionScore | None:
    """None for a section in which nothing is left to score: it drops out, which is not the same as 0."""
    if not tally.weight:
        return None
    raw = _points(tally.counted, tally.weight)
    score, caps = cap_section(raw, tally.grounds)
    return SectionScore(raw=raw, score=score, declared=_points(tally.declared, tally.weight), caps=caps)


@lru_cache(maxsize=1 << 14)
def _percent(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole)


@lru_cache(maxsize=1 << 14)
def _points(levels: int, weight: int) -> Fraction:
    """The mean of weighted levels, in points. Few ratios occur, and making a Fraction is slow."""
    return Fraction(25 * levels, weight)


def _stage_scores(
    counted: Iterable[PlannedQuestion], scores: Scores
) -> tuple[dict[Stage, Fraction], dict[Stage, Fraction]]:
    """Return the scores of the stages that have questions, counted and declared, in the order of the stages."""
    groups: list[list[PlannedQuestion]] = [[] for _ in STAGES]
    for question in counted:
        groups[question.stage_place].append(question)
    tallies = [(stage, _tally(group, scores)) for stage, group in zip(STAGES, groups, strict=True) if group]
    return (
        {stage: _points(tally.counted, tally.weight) for stage, tally in tallies},
        {stage: _points(tally.declared, tally.weight) for stage, tally in tallies},
    )


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
    statuses = []
    weight = accepted = 0
    for question in plan.questions:
        score = scores[question.id]
        if score.applicable:
            statuses.append(score.status)
            weight += question.weight
            answer = answers.get(question.id)
            if answer is not None and answer.evidence == "accepted":
                accepted += question.weight
    answered, unknown, silent = (statuses.count(status) for status in ("answered", "dont_know", "unanswered"))
    return Coverage(
        applicable=len(statuses),
        answered=answered,
        dont_know=unknown,
        not_applicable=len(statuses) - answered - unknown - silent,
        evidence_accepted_weight=_percent(accepted, weight) if weight else None,
    )


def _actions(
    plan: Plan, counted: Iterable[PlannedQuestion], scores: Scores, answers: Mapping[str, Answer]
) -> tuple[Action, ...]:
    urgent: set[str] = set()
    for table, columns in plan.linking_tables:
        answer = answers.get(table)
        if answer is not None and answer.value and scores[table].applicable:
            urgent |= urgent_links(answer.value, columns)
    weak = [
        WeakAnswer(
            question.id,
            question.stage_place,
            question.weight,
            score.points,
            question.critical,
            score.red_flag is not None,
        )
        for question in counted
        if (score := scores[question.id]).points is not None and score.points < 100
    ]
    return top_actions(weak, urgent=urgent)
