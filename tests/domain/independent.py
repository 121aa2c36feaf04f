"""A second scorer, written from the published method and the `questionnaire/1` JSON alone, to compare the first with.

It shares no code with the portal, prefers the plain to the fast, and knows the rules by heart.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from tests.domain.independent_rules import RULES, computed_level

JSON = dict[str, Any]
STAGES = ["commit", "identify", "act", "track", "communicate", "remedy"]
BANDS = [(80, "Advanced"), (60, "Established"), (40, "Developing"), (20, "Beginning"), (0, "Not started")]


def one_decimal(value: Fraction | None) -> str | None:
    if value is None:
        return None
    with localcontext() as context:
        context.prec = 200
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return str(exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def band(value: Fraction) -> str:
    rounded = Decimal(one_decimal(value) or "0")
    return next(name for floor, name in BANDS if rounded >= floor)


def band_index(value: Fraction) -> int:
    return ["Not started", "Beginning", "Developing", "Established", "Advanced"].index(band(value))


class Judged:
    """One question with everything the method says about it."""

    def __init__(self, question: JSON, bundle: JSON) -> None:
        self.question = question
        self.id = question["id"]
        self.weight = question["weight"]
        self.answer = bundle.get("answers", {}).get(self.id, {})
        self.review = bundle.get("review", {}).get(self.id, {})
        self.profile = bundle.get("profile", {})
        self.in_score = RULES[question["applies"]](self.profile)
        self.applicable = self.in_score
        self.declared = self.counted = 0
        self.red_flag = "none"
        self.status = self.find_status()
        if self.status == "na_confirmed":
            self.in_score = False
        if not self.status.startswith("na_"):
            self.find_levels(date.fromisoformat(bundle["as_of"]))

    def find_status(self) -> str:
        if not self.applicable:
            return "na_system"
        if "not_applicable" in self.answer:
            review = self.answer.get("na_review", "pending")
            return {"pending": "na_user", "confirmed": "na_confirmed", "rejected": "na_rejected"}[review]
        if self.answer.get("dont_know") is True:
            return "dont_know"
        if self.question["type"] == "incident" and self.answer.get("value") == "dont_know":
            return "dont_know"
        return "answered" if "value" in self.answer else "unanswered"

    def find_levels(self, as_of: date) -> None:
        evidence = "exempt" if self.question["evidence_exempt"] else self.answer.get("evidence", "none")
        value = self.answer.get("value")
        if self.question["type"] != "incident":
            level = self.declared = 0 if value is None else computed_level(self.question, value, self.profile)
        else:
            level = self.find_incident(value, evidence, as_of)
        ceiling = {"none": 2, "attached": 3, "accepted": 4, "exempt": 4}[evidence]
        self.counted = min(level, self.review.get("level", ceiling))
        self.red_flag = self.review.get("state", self.red_flag)

    def find_incident(self, value: str | None, evidence: str, as_of: date) -> int:
        proof = evidence != "none"
        if value == "checked_not_found":
            self.declared = 4
            self.red_flag = "none" if proof else "unknown"
            return 4 if proof else 1
        if value == "not_checked":
            self.declared = 1
            self.red_flag = "unknown"
            return 1
        if value == "found_remedied":
            self.declared = 4
            self.red_flag = "none" if proof else "remediating"
            return 4 if proof else 2
        if value == "found_remediating":
            self.declared = 2
            plan = self.answer.get("plan_end")
            good = proof and plan is not None and date.fromisoformat(plan) >= as_of
            self.red_flag = "remediating" if good else "open"
            return 2 if good else 0
        self.red_flag = "open" if value == "found_open" else "unknown"
        return 0

    @property
    def critical(self) -> bool:
        return bool(self.question["flag"] == "critical")


def mean(pairs: list[tuple[int, Fraction]]) -> Fraction | None:
    if not pairs:
        return None
    return sum((weight * value for weight, value in pairs), Fraction(0)) / sum(weight for weight, _ in pairs)


def causes(judged: list[Judged]) -> dict[str, list[str]]:
    inside = [one for one in judged if one.in_score]
    return {
        "CAP-R": [one.id for one in inside if one.red_flag == "open"],
        "CAP-C": [one.id for one in inside if one.red_flag == "unknown" or (one.critical and one.counted <= 1)],
        "CAP-M": [one.id for one in inside if one.red_flag == "remediating"],
        "CAP-A": [one.id for one in inside if one.critical and one.counted < 3],
    }


def section_card(judged: list[Judged]) -> tuple[JSON | None, Fraction | None, Fraction | None]:
    inside = [one for one in judged if one.in_score]
    raw = mean([(one.weight, Fraction(25 * one.counted)) for one in inside])
    declared = mean([(one.weight, Fraction(25 * one.declared)) for one in inside])
    if raw is None:
        return None, None, None
    limits = {"CAP-R": Fraction("19.9"), "CAP-C": Fraction("39.9"), "CAP-M": Fraction("59.9")}
    because = causes(judged)
    applying = sorted((limit, code) for code, limit in limits.items() if because[code])
    score, caps = raw, []
    if applying and applying[0][0] < raw:
        score, caps = applying[0][0], [applying[0][1]]
    shown = {"raw": one_decimal(raw), "score": one_decimal(score), "declared": one_decimal(declared), "caps": caps}
    return shown, score, declared


def settle_not_applicable(judged: list[Judged]) -> None:
    whole = sum(one.weight for one in judged if one.status != "na_system")
    pending = [one for one in judged if one.status == "na_user"]
    if pending and Fraction(sum(one.weight for one in pending), whole) <= Fraction("0.10"):
        for one in pending:
            one.in_score = False


def stage_scores(judged: list[Judged]) -> dict[str, Fraction]:
    scores = {}
    for stage in STAGES:
        members = [one for one in judged if one.in_score and one.question["stage"] == stage]
        score = mean([(one.weight, Fraction(25 * one.counted)) for one in members])
        if score is not None:
            scores[stage] = score
    return scores


def questionnaire_caps(raw: Fraction, judged: list[Judged], stages: dict[str, Fraction], weakest: bool) -> Any:
    because = causes(judged)
    order = [("CAP-R", "39.9"), ("CAP-C", "59.9"), ("CAP-M", "79.9"), ("CAP-A", "79.9")]
    rules = [(code, Fraction(limit), because[code]) for code, limit in order if because[code]]
    if weakest and len(stages) > 1:
        lowest = min(band_index(score) for score in stages.values())
        if lowest <= 2:
            guilty = [stage for stage, score in stages.items() if band_index(score) == lowest]
            rules.append(("CAP-S", [Fraction("39.9"), Fraction("59.9"), Fraction("79.9")][lowest], guilty))
    score, caps = raw, []
    for code, limit, guilty in rules:
        if score > limit:
            score = limit
            caps.append({"code": code, "limit": one_decimal(limit), "because": guilty})
    return score, caps


def urgent_questions(judged: list[Judged]) -> set[str]:
    linked = set()
    for one in judged:
        if one.question["type"] != "table" or one.status != "answered":
            continue
        for row in one.answer["value"]:
            scale, scope, repair = row.get("scale", ""), row.get("scope", ""), row.get("irremediability", "")
            likelihood = 5 if row.get("happening") == "yes" else row.get("likelihood", "")
            if "" in (scale, scope, repair, likelihood) or row.get("question", "") == "":
                continue
            severity = max(scale, min(scope, scale + 1), min(repair, scale + 1))
            if severity >= 4 and likelihood >= 3:
                linked.add(row["question"])
    return linked


def actions(judged: list[Judged]) -> list[JSON]:
    urgent = urgent_questions(judged)
    ranked = []
    for one in judged:
        if one.in_score and one.counted < 4:
            flagged = one.red_flag in ("open", "remediating", "unknown")
            factor = 3 if flagged else 2 if one.critical else 1
            value = one.weight * Fraction(100 - 25 * one.counted, 100) * factor
            value *= Fraction(3, 2) if one.id in urgent else 1
            ranked.append((-value, STAGES.index(one.question["stage"]), one.id))
    return [{"question": name, "priority": one_decimal(-value)} for value, _, name in sorted(ranked)[:10]]


def question_card(one: Judged) -> JSON:
    if not one.in_score:
        return {"status": one.status, "declared": None, "counted": None, "points": None}
    return {"status": one.status, "declared": one.declared, "counted": one.counted, "points": 25 * one.counted}


def coverage(judged: list[Judged]) -> JSON:
    applicable = [one for one in judged if one.applicable]
    accepted = sum(one.weight for one in applicable if one.answer.get("evidence") == "accepted")
    weight = sum(one.weight for one in applicable)
    return {
        "applicable": len(applicable),
        "answered": sum(one.status == "answered" for one in applicable),
        "dont_know": sum(one.status == "dont_know" for one in applicable),
        "not_applicable": sum(one.status in ("na_user", "na_confirmed", "na_rejected") for one in applicable),
        "evidence_accepted_weight": one_decimal(Fraction(100 * accepted, weight)) if weight else None,
    }


def scorecard(bundle: JSON, definition: JSON) -> JSON:
    by_section = {
        section["id"]: [Judged(question, bundle) for question in section["questions"]]
        for section in definition["sections"]
    }
    weights = {section["id"]: section["weight"] for section in definition["sections"]}
    for judged in by_section.values():
        settle_not_applicable(judged)
    everything = [one for judged in by_section.values() for one in judged]
    cards = {name: section_card(judged) for name, judged in by_section.items()}
    raw = mean([(weights[name], score) for name, (_, score, _) in cards.items() if score is not None])
    declared = mean([(weights[name], value) for name, (_, _, value) in cards.items() if value is not None])
    stages = stage_scores(everything)
    final, caps = None, []
    if raw is not None:
        final, caps = questionnaire_caps(raw, everything, stages, definition["weakest_stage_cap"])
    return {
        "format": "scorecard/1",
        "questionnaire": definition["reference"],
        "digest": definition["digest"],
        "score": one_decimal(final),
        "band": None if final is None else band(final),
        "raw": one_decimal(raw),
        "declared": one_decimal(declared),
        "caps": caps,
        "sections": {name: card for name, (card, _, _) in cards.items()},
        "stages": {stage: one_decimal(score) for stage, score in stages.items()},
        "red_flags": {one.id: one.red_flag for one in everything if one.in_score and one.red_flag != "none"},
        "questions": {one.id: question_card(one) for one in everything},
        "coverage": coverage(everything),
        "top_actions": actions(everything),
    }
