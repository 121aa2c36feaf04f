"""The working of the score, for reading: sections and stages as bars, and what holds them back."""

from __future__ import annotations

from fractions import Fraction

from portal.domain.bundle import Bundle
from portal.domain.caps import ADVANCED, STAGE, TOPS
from portal.domain.questionnaire import Flag, Questionnaire, Stage
from portal.domain.scorecard import Cap, Scorecard, band_number, band_of, show
from portal.reports.effects import harm_reason
from portal.reports.parts import Bar, Cause, Held, SectionRow, StageRow, Weakest


def section_rows(scorecard: Scorecard, questionnaire: Questionnaire) -> tuple[SectionRow, ...]:
    rows = []
    for section in questionnaire.sections:
        one = scorecard.sections[section.id]
        if one is None:
            rows.append(SectionRow(section.id, section.title, section.weight, None))
            continue
        cap = one.caps[0] if one.caps else None
        rows.append(
            SectionRow(
                id=section.id,
                title=section.title,
                weight=section.weight,
                score=show(one.score),
                raw=show(one.raw),
                declared=show(one.declared),
                limit=show(cap.limit) if cap else "",
                cap=cap.code if cap else "",
                because=cap.because if cap else (),
                bar=Bar(float(one.score), float(one.raw), float(one.declared), float(cap.limit) if cap else None),
            )
        )
    return tuple(rows)


def stage_rows(scorecard: Scorecard, questionnaire: Questionnaire) -> tuple[StageRow, ...]:
    rows = []
    for stage, score in scorecard.stages.items():
        declared = scorecard.stages_declared[stage]
        counted = sum(
            1
            for question in questionnaire.questions
            if question.stage is stage and scorecard.questions[question.id].counted is not None
        )
        bar = Bar(float(score), float(score), float(declared))
        rows.append(StageRow(stage.value, counted, show(score), show(declared), band_of(score), bar))
    return tuple(rows)


def weakest_stage(scorecard: Scorecard, questionnaire: Questionnaire) -> Weakest | None:
    """Return the weakest stage with the limit it sets by rule CAP-S, whether or not the limit acts today."""
    if len(scorecard.stages) < 2:
        return None
    stage, score = min(scorecard.stages.items(), key=lambda item: item[1])
    above = band_number(score) + 1
    limit = show(TOPS[above]) if questionnaire.weakest_stage_cap and above < len(TOPS) else ""
    return Weakest(stage.value, show(score), band_of(score), limit, any(cap.code == STAGE for cap in scorecard.caps))


def held_back(bundle: Bundle, scorecard: Scorecard, questionnaire: Questionnaire) -> tuple[Held, ...]:
    """Return every limit that lowered something: sections first, those that lost most on top, then the whole."""
    sections = []
    for section in questionnaire.sections:
        one = scorecard.sections[section.id]
        for cap in one.caps if one else ():
            lost = section.weight * (one.raw - one.score) if one else Fraction(0)
            held = _held(cap, section.title, one.raw if one else Fraction(0), bundle, scorecard, questionnaire)
            sections.append((lost, held))
    whole = []
    before = scorecard.raw or Fraction(0)
    for cap in scorecard.caps:
        whole.append(_held(cap, "", before, bundle, scorecard, questionnaire))
        before = cap.limit
    return tuple(held for _, held in sorted(sections, key=lambda pair: -pair[0])) + tuple(whole)


def _held(
    cap: Cap, section: str, before: Fraction, bundle: Bundle, scorecard: Scorecard, questionnaire: Questionnaire
) -> Held:
    if cap.code == STAGE:
        causes = tuple(_stage_cause(Stage(stage), scorecard) for stage in cap.because)
    else:
        causes = tuple(_question_cause(name, cap.code, bundle, scorecard, questionnaire) for name in cap.because)
    return Held(cap.code, section, show(cap.limit), show(before), show(cap.limit), causes)


def _stage_cause(stage: Stage, scorecard: Scorecard) -> Cause:
    return Cause("stage", stage=stage.value, value=show(scorecard.stages[stage]))


def _question_cause(name: str, code: str, bundle: Bundle, scorecard: Scorecard, questionnaire: Questionnaire) -> Cause:
    question, one, answer = questionnaire.by_id[name], scorecard.questions[name], bundle.answers.get(name)
    if question.flag is Flag.CRITICAL:
        return Cause("advanced" if code == ADVANCED else "critical", name, question.ask, one.counted or 0)
    reason = harm_reason(question, answer, one, bundle.review.get(name), as_of=bundle.as_of)
    state = str(one.red_flag or "none")
    until = answer.plan_end if answer else None
    return Cause(f"{state}_{reason}", name, question.short or question.ask, until=until)
