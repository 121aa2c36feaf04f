"""What an answer did to the score, as codes: the templates say each in one sentence."""

from __future__ import annotations

from datetime import date

from portal.domain.answers import Answer, Determination
from portal.domain.caps import ADVANCED, CRITICAL, RED_FLAG_OPEN, REMEDIATING, TOPS
from portal.domain.questionnaire import Flag, Question, QuestionType
from portal.domain.scorecard import QuestionScore, show
from portal.reports.answer_parts import Effect

#: Section limits by red-flag state, with the rule that sets them (scoring method, rule 10).
STATE_LIMITS = {
    "open": (show(TOPS[0]), RED_FLAG_OPEN),
    "unknown": (show(TOPS[1]), CRITICAL),
    "remediating": (show(TOPS[2]), REMEDIATING),
}
CRITICAL_LIMIT = (show(TOPS[1]), CRITICAL)
ADVANCED_LIMIT = (show(TOPS[3]), ADVANCED)
#: From this level on a claim needs evidence, and a higher one a reviewer.
SHOWN_LEVEL = 3


def harm_reason(
    question: Question,
    answer: Answer | None,
    score: QuestionScore,
    determination: Determination | None,
    *,
    as_of: date,
) -> str:
    """Return how the red-flag state of an incident question came about, or nothing for other questions."""
    if question.type is not QuestionType.INCIDENT or not score.applicable:
        return ""
    if determination is not None and determination.state is not None:
        return "set"
    if answer is None or (answer.value is None and not answer.dont_know):
        return "unanswered"
    shown = answer.evidence != "none" or question.evidence_exempt
    match "dont_know" if answer.dont_know else answer.value:
        case "checked_not_found":
            return "looked" if shown else "look_unshown"
        case "found_remedied":
            return "remedied" if shown else "remedy_unshown"
        case "found_remediating":
            return _plan_reason(answer, shown=shown, as_of=as_of)
        case "found_open":
            return "no_remedy"
        case "not_checked":
            return "not_looked"
        case _:
            return "dont_know"


def _plan_reason(answer: Answer, *, shown: bool, as_of: date) -> str:
    if not shown or answer.plan_end is None:
        return "no_plan"
    return "plan_over" if answer.plan_end < as_of else "plan"


def effects_of(
    question: Question,
    answer: Answer,
    score: QuestionScore,
    determination: Determination | None,
    *,
    reason: str,
    section: str,
) -> tuple[Effect, ...]:
    """Return the consequences of the answer: first what counts, then the limit it sets, if any."""
    if not score.applicable or score.status in ("na_user", "na_confirmed", "na_rejected", "na_system"):
        left_out = score.status == "na_user" and score.counted is None
        return (Effect("na_tolerated" if left_out else score.status),)
    counted = _counted_effect(question, answer, score, determination)
    return tuple(effect for effect in (counted, _limit_effect(question, score, reason, section)) if effect)


def _counted_effect(
    question: Question, answer: Answer, score: QuestionScore, determination: Determination | None
) -> Effect | None:
    level, declared = score.counted or 0, score.declared or 0
    if score.status in ("unanswered", "dont_know"):
        return None if question.type is QuestionType.INCIDENT else Effect(score.status)
    if determination is not None and determination.level is not None:
        return Effect("reviewed", level, declared)
    if question.type is QuestionType.INCIDENT:
        if level == declared:
            return Effect("counts", level, declared)
        return Effect("claim_pending" if score.red_flag is None else "claim_lowered", level, declared)
    if level < declared:
        code = "until_accepted" if answer.evidence == "attached" else "until_shown"
        return Effect(code, level, declared, hint=question.evidence)
    if question.evidence_exempt:
        return Effect("exempt", level, declared)
    if level < SHOWN_LEVEL:
        return Effect("counts_as_chosen", level, declared)
    return Effect("accepted" if answer.evidence == "accepted" else "attached", level, declared)


def _limit_effect(question: Question, score: QuestionScore, reason: str, section: str) -> Effect | None:
    state = str(score.red_flag or "")
    if state in STATE_LIMITS:
        limit, cap = STATE_LIMITS[state]
        return Effect(f"limit_{state}", limit=limit, cap=cap, section=section)
    if question.flag is not Flag.CRITICAL or score.counted is None:
        return None
    if score.counted <= 1:
        limit, cap = CRITICAL_LIMIT
        return Effect("limit_critical", score.counted, limit=limit, cap=cap, section=section)
    if score.counted < SHOWN_LEVEL:
        limit, cap = ADVANCED_LIMIT
        return Effect("limit_advanced", score.counted, limit=limit, cap=cap)
    return None
