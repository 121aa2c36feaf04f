"""From answers and reviews to a scorecard with its working: pure functions, exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.domain.answers import Answer, Determination
from portal.domain.applicability import rule_values
from portal.domain.bundle import Bundle
from portal.domain.caps import Grounds, cap_questionnaire, cap_section
from portal.domain.judgements import NA_SYSTEM, judge, leave_out_tolerated
from portal.domain.plans import Plan, PlannedQuestion, PlannedSection, plan_of
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
    counted = [question for question in plan.questions if scores[question.id].counted is not None]
    sections = {section.id: _section_score(section, scores) for section in plan.sections}
    stages, stages_declared = _stage_scores(counted, scores)
    raw, declared = _means(plan, sections)
    weakest = stages if questionnaire.weakest_stage_cap else None
    final, caps = (None, ()) if raw is None else cap_questionnaire(raw, _grounds(counted, scores), weakest)
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
class _Sums:
    """Weights and weighted levels of some questions, as integers: a level is worth 25 points."""

    weight: int = 0
    counted: int = 0
    declared: int = 0

    def add(self, weight: int, score: QuestionScore) -> None:
        self.weight += weight
        self.counted += weight * (score.counted or 0)
        self.declared += weight * (score.declared or 0)

    @property
    def score(self) -> Fraction:
        return Fraction(25 * self.counted, self.weight)

    @property
    def score_declared(self) -> Fraction:
        return Fraction(25 * self.declared, self.weight)


def _section_score(section: PlannedSection, scores: Scores) -> SectionScore | None:
    """None for a section in which nothing is left to score: it drops out, which is not the same as 0."""
    counted = [question for question in section.questions if scores[question.id].counted is not None]
    if not counted:
        return None
    sums = _Sums()
    for question in counted:
        sums.add(question.weight, scores[question.id])
    score, caps = cap_section(sums.score, _grounds(counted, scores))
    return SectionScore(raw=sums.score, score=score, declared=sums.score_declared, caps=caps)


def _stage_scores(
    counted: Iterable[PlannedQuestion], scores: Scores
) -> tuple[dict[Stage, Fraction], dict[Stage, Fraction]]:
    """Return the scores of the stages that have questions, counted and declared, in the order of the stages."""
    sums = {stage: _Sums() for stage in Stage}
    for question in counted:
        sums[question.stage].add(question.weight, scores[question.id])
    filled = {stage: stage_sums for stage, stage_sums in sums.items() if stage_sums.weight}
    return (
        {stage: stage_sums.score for stage, stage_sums in filled.items()},
        {stage: stage_sums.score_declared for stage, stage_sums in filled.items()},
    )


def _means(plan: Plan, sections: Mapping[str, SectionScore | None]) -> tuple[Fraction | None, Fraction | None]:
    """Return the weighted means of what counts (after section caps) and of what is declared."""
    kept = [(section.weight, score) for section in plan.sections if (score := sections[section.id])]
    weight = sum(weight for weight, _ in kept)
    if not weight:
        return None, None
    return (
        sum((weight * score.score for weight, score in kept), Fraction(0)) / weight,
        sum((weight * score.declared for weight, score in kept), Fraction(0)) / weight,
    )


def _grounds(counted: Iterable[PlannedQuestion], scores: Scores) -> Grounds:
    grounds = Grounds()
    for question in counted:
        score = scores[question.id]
        if score.red_flag or question.critical:
            grounds.add(question.id, critical=question.critical, counted=score.counted or 0, red_flag=score.red_flag)
    return grounds


def _coverage(plan: Plan, scores: Scores, answers: Mapping[str, Answer]) -> Coverage:
    applicable = [question for question in plan.questions if scores[question.id].applicable]
    statuses = [scores[question.id].status for question in applicable]
    weight = sum(question.weight for question in applicable)
    accepted = sum(
        question.weight
        for question in applicable
        if (answer := answers.get(question.id)) is not None and answer.evidence == "accepted"
    )
    return Coverage(
        applicable=len(applicable),
        answered=statuses.count("answered"),
        dont_know=statuses.count("dont_know"),
        not_applicable=sum(status.startswith("na_") for status in statuses),
        evidence_accepted_weight=Fraction(100 * accepted, weight) if weight else None,
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
            question=question.id,
            stage=question.stage,
            weight=question.weight,
            points=scores[question.id].points or 0,
            critical=question.critical,
            red_flag_raised=scores[question.id].red_flag is not None,
        )
        for question in counted
    ]
    return top_actions(weak, urgent=urgent)
