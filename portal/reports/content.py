"""From a frozen submission and its scorecard to everything its report says; no number is worked out again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from portal.domain.answers import Answer
from portal.domain.bundle import Bundle, bundle_json
from portal.domain.canonical import canonical, digest_of
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.domain.scorecard import Scorecard, show
from portal.reports import profile, text
from portal.reports.answer_parts import Who
from portal.reports.answered import answered_question
from portal.reports.effects import harm_reason
from portal.reports.parts import (
    ActionRow,
    AssessmentReport,
    Company,
    Form,
    Harm,
    Headline,
    Label,
    Left,
    Logged,
    SectionAnswers,
    Signature,
    WorkerStatement,
)
from portal.reports.qr import qr_path
from portal.reports.working import held_back, section_rows, stage_rows, weakest_stage

#: A result is valid for a year (scoring method, 2.6).
VALID = timedelta(days=364)
#: Free text beyond this is refused rather than rendered (security rule R18).
LONGEST_TEXT = 500_000


class ReportTooLong(ValueError):
    """The submission holds more free text than a report may."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a report is made of, handed from part to part."""

    bundle: Bundle
    scorecard: Scorecard
    questionnaire: Questionnaire
    catalogue: Catalogue


def report_of(
    bundle: Bundle,
    scorecard: Scorecard,
    questionnaire: Questionnaire,
    catalogue: Catalogue,
    *,
    label: Label | None = None,
    verify: str = "",
    who: Mapping[str, Who] | None = None,
    fictional: bool = False,
    logged: Logged | None = None,
) -> AssessmentReport:
    """Return what the report says. `verify` is the address of the page that checks reports, with scheme.

    `label` names the government that reviewed; without one the company stands alone. `who` says who answered which
    question, `logged` where the log holds the submission. Raises ReportTooLong.
    """
    if (size := free_text(bundle)) > LONGEST_TEXT:
        raise ReportTooLong(f"{size:,} characters of free text; a report takes {LONGEST_TEXT:,}")
    sources = Sources(bundle, scorecard, questionnaire, catalogue)
    return replace(_report(sources, label or Label(), verify, who or {}), fictional=fictional, logged=logged)


def _report(sources: Sources, label: Label, verify: str, who: Mapping[str, Who]) -> AssessmentReport:
    bundle, scorecard, questionnaire = sources.bundle, sources.scorecard, sources.questionnaire
    signature = _signature(bundle)
    return AssessmentReport(
        company=_company(bundle),
        form=_form(questionnaire),
        glance=profile.glance(bundle, sources.catalogue.profiles[questionnaire.profile]),
        headline=_headline(sources),
        label=label,
        as_of=bundle.as_of,
        digest=digest_of(canonical(bundle_json(bundle))).removeprefix("sha256:"),
        reference=text.plain_line(bundle.reference or ""),
        verify=verify,
        signature=signature,
        period=_period(bundle),
        valid_until=((signature and signature.on) or bundle.as_of) + VALID,
        risks=profile.worst_risks(bundle, questionnaire),
        held=held_back(bundle, scorecard, questionnaire),
        harms=_harms(sources),
        sections=section_rows(scorecard, questionnaire),
        stages=stage_rows(scorecard, questionnaire),
        weakest=weakest_stage(scorecard, questionnaire),
        actions=_actions(sources),
        answers=_answers(sources, who),
        left_out=_left_out(sources),
        qr=qr_path(verify) if verify else ("", 0),
        statements=_statements(bundle),
    )


def free_text(bundle: Bundle) -> int:
    """Return how many characters the company wrote."""
    return sum(
        len(answer.comment) + len(answer.not_applicable or "") + _text_in(answer.value)
        for answer in bundle.answers.values()
    ) + _text_in([dict(statement) for statement in bundle.worker_statements])


def _text_in(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(_text_in(item) for item in value)
    return sum(_text_in(item) for item in value.values()) if isinstance(value, dict) else 0


def _company(bundle: Bundle) -> Company:
    company = bundle.company or {}
    return Company(
        name=text.line(company.get("name") or profile.text_field(bundle, "PRO-01")),
        local_name=text.line(company.get("local_name", "")),
        country=company.get("country") or profile.text_field(bundle, "PRO-03"),
    )


def _form(questionnaire: Questionnaire) -> Form:
    return Form(
        id=questionnaire.id,
        title=tuple(part[:1].upper() + part[1:] for part in questionnaire.title.split(" – ")),
        short_title=questionnaire.short_title or questionnaire.title,
        version=questionnaire.version,
        reference=questionnaire.reference,
        digest=questionnaire.digest.removeprefix("sha256:"),
        questions=len(list(questionnaire.questions)),
    )


def _signature(bundle: Bundle) -> Signature | None:
    signed = bundle.signed
    if not signed:
        return None
    on = date.fromisoformat(signed["on"]) if "on" in signed else None
    return Signature(text.line(signed.get("name", "")), text.line(signed.get("position", "")), on)


def _statements(bundle: Bundle) -> tuple[WorkerStatement, ...]:
    said = bundle.worker_statements
    return tuple(WorkerStatement(text.line(one["body"]), text.paragraphs(one["words"])) for one in said)


def _period(bundle: Bundle) -> tuple[date, date] | None:
    period = bundle.period
    return (date.fromisoformat(period["start"]), date.fromisoformat(period["end"])) if period else None


def _headline(sources: Sources) -> Headline:
    scorecard, coverage = sources.scorecard, sources.scorecard.coverage
    counted = [name for name, one in scorecard.questions.items() if one.applicable]
    answers = sources.bundle.answers
    return Headline(
        score=None if scorecard.score is None else show(scorecard.score),
        band=scorecard.band or "",
        raw=None if scorecard.raw is None else show(scorecard.raw),
        declared=None if scorecard.declared is None else show(scorecard.declared),
        place=float(scorecard.score or 0),
        applicable=coverage.applicable,
        answered=coverage.answered,
        accepted=sum(1 for name in counted if name in answers and answers[name].evidence == "accepted"),
        reviewed=sum(1 for name in counted if name in sources.bundle.review),
        dont_know=coverage.dont_know,
        not_applicable=coverage.not_applicable,
    )


def _harms(sources: Sources) -> tuple[Harm, ...]:
    bundle, scorecard = sources.bundle, sources.scorecard
    return tuple(
        Harm(
            question=question.id,
            what=question.short or question.ask,
            state=str(one.red_flag or "none"),
            reason=harm_reason(question, answer, one, bundle.review.get(question.id), as_of=bundle.as_of),
            evidence=answer.evidence if answer else "none",
            until=answer.plan_end if answer else None,
        )
        for question in sources.questionnaire.questions
        if question.flag == "red_flag" and (one := scorecard.questions[question.id]).applicable
        for answer in (bundle.answers.get(question.id),)
    )


def _actions(sources: Sources) -> tuple[ActionRow, ...]:
    questions, scores = sources.questionnaire.by_id, sources.scorecard.questions
    urgent = profile.urgent_questions(sources.bundle, sources.questionnaire)
    return tuple(
        ActionRow(
            number=number,
            question=action.question,
            remedial=questions[action.question].remedial,
            stage=questions[action.question].stage.value,
            priority=f"{float(action.priority):g}",
            flag=questions[action.question].flag,
            state=scores[action.question].red_flag,
            declared=scores[action.question].declared or 0,
            counted=scores[action.question].counted or 0,
            urgent=action.question in urgent,
        )
        for number, action in enumerate(sources.scorecard.top_actions, 1)
    )


def _answers(sources: Sources, who: Mapping[str, Who]) -> tuple[SectionAnswers, ...]:
    bundle = sources.bundle
    sections = []
    for section in sources.questionnaire.sections:
        questions = tuple(
            answered_question(
                question,
                bundle.answers.get(question.id),
                sources.scorecard.questions[question.id],
                references=sources.catalogue.references,
                as_of=bundle.as_of,
                determination=bundle.review.get(question.id),
                section=section.title,
                who=who.get(question.id),
            )
            for question in section.questions
            if sources.scorecard.questions[question.id].applicable
        )
        if questions:
            sections.append(SectionAnswers(section.id, section.title, questions))
    return tuple(sections)


def _left_out(sources: Sources) -> tuple[Left, ...]:
    """Questions out of the score, those the profile leaves out and those the company calls not applicable."""
    answers: Mapping[str, Answer] = sources.bundle.answers
    return tuple(
        Left(question.id, question.ask, *_why_left(answers.get(question.id), one.status))
        for question in sources.questionnaire.questions
        if (one := sources.scorecard.questions[question.id]).status.startswith("na_")
    )


def _why_left(answer: Answer | None, status: str) -> tuple[tuple[str, ...], str]:
    if status == "na_system" or answer is None:
        return (), "system"
    return text.paragraphs(answer.not_applicable or ""), status.removeprefix("na_")
