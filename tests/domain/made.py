"""Questionnaires made for a test, as small as the test allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from portal.domain.answers import Answer, Determination
from portal.domain.questionnaire import (
    Catalogue,
    Flag,
    Profile,
    ProfileField,
    Question,
    Questionnaire,
    QuestionType,
    Section,
    Stage,
)
from portal.domain.scorecard import Scorecard
from portal.domain.scoring import score_answers

TODAY = date(2026, 11, 23)


def question(name: str, **other: Any) -> Question:
    defaults: dict[str, Any] = {"type": QuestionType.MATURITY, "ask": "?", "weight": 1, "stage": Stage.ACT}
    return Question(id=name, **defaults | other)


def incident(name: str, **other: Any) -> Question:
    return question(name, **{"type": QuestionType.INCIDENT, "flag": Flag.RED_FLAG, **other})


def section(name: str, *questions: Question, weight: int = 100) -> Section:
    return Section(name, name, weight, questions)


def questionnaire(*sections: Section, **other: Any) -> Questionnaire:
    return Questionnaire(
        **{
            "id": "MADE",
            "slug": "made",
            "version": "1",
            "title": "Made",
            "sections": sections,
            "digest": "sha256:made",
            **other,
        }
    )


def profile(*fields: ProfileField, **rules: str) -> Profile:
    return Profile("profile", "2026.1", "Profile", fields, {"always": "true()", **rules}, "sha256:profile")


def catalogue(made: Questionnaire, *fields: ProfileField, **rules: str) -> Catalogue:
    return Catalogue({made.reference: made}, {made.profile: profile(*fields, **rules)}, {})


def score(
    made: Questionnaire,
    answers: Mapping[str, Answer],
    *,
    review: Mapping[str, Determination] | None = None,
    ruled_out: Iterable[str] = (),
) -> Scorecard:
    rules = {item.applies: True for item in made.questions} | dict.fromkeys(ruled_out, False)
    return score_answers(made, rules=rules, answers=answers, review=review or {}, as_of=TODAY)
