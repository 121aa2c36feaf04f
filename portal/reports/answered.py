"""One question with its answer, for reading: what was chosen, what of it counts and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.domain.answers import INCIDENT_OPTIONS, Answer, Determination
from portal.domain.incidents import INCIDENTS
from portal.domain.questionnaire import Column, Question, QuestionType, Reference
from portal.domain.scorecard import QuestionScore
from portal.domain.tables import filled_rows
from portal.reports import text
from portal.reports.answer_parts import AnsweredQuestion, Article, Choice, FileRow, Judgement, Table, Who
from portal.reports.effects import effects_of, harm_reason

NOTHING = Answer()


def answered_question(
    question: Question,
    answer: Answer | None,
    score: QuestionScore,
    *,
    references: Mapping[str, Reference],
    as_of: date,
    determination: Determination | None = None,
    section: str = "",
    who: Who | None = None,
) -> AnsweredQuestion:
    """Return the read view of one question. The company's words are filtered here; the numbers are the scorecard's."""
    given = answer or NOTHING
    reason = harm_reason(question, answer, score, determination, as_of=as_of)
    return AnsweredQuestion(
        id=question.id,
        type=question.type.value,
        ask=question.ask,
        weight=question.weight,
        stage=question.stage.value,
        flag=question.flag,
        status=score.status,
        points=score.points,
        declared=score.declared or 0,
        counted=score.counted,
        choices=_choices(question, given, score, determination),
        table=_table(question, given),
        number=_number(question, given),
        state=_state(question, score),
        reason=reason,
        plan_end=given.plan_end,
        evidence="exempt" if question.evidence_exempt else given.evidence,
        files=tuple(FileRow(text.line(f.name), f.bytes, f.type, f.sha256) for f in given.files),
        comment=text.paragraphs(given.comment),
        not_applicable=text.paragraphs(given.not_applicable or ""),
        effects=effects_of(question, given, score, determination, reason=reason, section=section),
        articles=_articles(question, references),
        judgement=_judgement(determination),
        who=who,
    )


def _state(question: Question, score: QuestionScore) -> str | None:
    if question.type is not QuestionType.INCIDENT or not score.applicable:
        return None
    return str(score.red_flag or "none")


def _judgement(determination: Determination | None) -> Judgement | None:
    if determination is None:
        return None
    return Judgement(determination.level, determination.state, text.paragraphs(determination.reason))


def _articles(question: Question, references: Mapping[str, Reference]) -> tuple[Article, ...]:
    known = (references[code] for code in question.references if code in references)
    return tuple(Article(reference.code, reference.title, reference.verified) for reference in known)


def _choices(
    question: Question, answer: Answer, score: QuestionScore, determination: Determination | None
) -> tuple[Choice, ...]:
    match question.type:
        case QuestionType.MATURITY:
            marks = _level_marks(answer, score, determination)
            return tuple(
                Choice(str(level), str(level), words, marks.get(level, ""))
                for level, words in enumerate(question.levels)
            )
        case QuestionType.INCIDENT:
            mark = _option_mark(answer, score, determination)
            chosen = "dont_know" if answer.dont_know else answer.value
            return tuple(
                Choice(option, str(INCIDENTS[option].level), "", mark if option == chosen else "")
                for option in INCIDENT_OPTIONS
            )
        case _:
            return _option_rows(question, answer, score, determination)


def _option_rows(
    question: Question, answer: Answer, score: QuestionScore, determination: Determination | None
) -> tuple[Choice, ...]:
    single = question.type is not QuestionType.MULTI
    mark = _option_mark(answer, score, determination) if single else "ticked"
    chosen = [answer.value] if single else answer.value
    return tuple(
        Choice(
            option.id,
            "" if option.level is None else str(option.level),
            option.label,
            mark if option.id in (chosen or ()) else "",
        )
        for option in question.options
    )


def _level_marks(answer: Answer, score: QuestionScore, determination: Determination | None) -> dict[int, str]:
    """Mark the level claimed, and the lower one that counts instead where evidence or a reviewer says so."""
    counted, declared = score.counted, score.declared
    if answer.value is None or counted is None or declared is None:
        return {}
    if counted == declared:
        return {declared: "chosen"}
    until = {"claimed": "until_shown", "pending": "until_accepted", "lowered": "set"}
    claim = _claim_mark(answer, determination)
    return {declared: claim, counted: until[claim]}


def _option_mark(answer: Answer, score: QuestionScore, determination: Determination | None) -> str:
    return "chosen" if score.counted == score.declared else _claim_mark(answer, determination)


def _claim_mark(answer: Answer, determination: Determination | None) -> str:
    """Say what stands between a claim and its counting: a reviewer's decision, a reviewer's look, or any evidence."""
    if determination is not None and determination.level is not None:
        return "lowered"
    return "claimed" if answer.evidence == "none" else "pending"


def _number(question: Question, answer: Answer) -> str:
    value = answer.value
    if question.type is not QuestionType.NUMBER or value is None or isinstance(value, (str, bool)):
        return ""
    figure = format(value, "g") if isinstance(value, float) else str(value)
    return f"{figure} {question.unit}".strip()


def _table(question: Question, answer: Answer) -> Table | None:
    if question.type is not QuestionType.TABLE or not isinstance(answer.value, list):
        return None
    columns = tuple(column for column in question.columns if column.kind not in ("question", "calculate"))
    rows = filled_rows(answer.value)
    return Table(
        heads=tuple(column.label for column in columns),
        numeric=tuple(column.kind in ("integer", "number") for column in columns),
        rows=tuple(tuple(_cell(column, row.get(column.id)) for column in columns) for row in rows),
    )


def _cell(column: Column, value: Any) -> str:
    if value is None or value == "":
        return ""
    if column.kind == "choice":
        return next((option.label for option in column.options if option.id == value), str(value))
    if isinstance(value, float):
        return format(value, "g")
    return text.line(str(value))
