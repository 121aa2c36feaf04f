"""From the value of an answer to its declared level, 0 to 4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.domain.answers import Answer
from portal.domain.incidents import INCIDENTS
from portal.domain.questionnaire import MultiStep, NumberStep, Question, QuestionType, TableStep
from portal.domain.tables import calculated, filled_rows, holds, required_columns

LevelOf = Callable[[Any], int]


def declared_level(question: Question, answer: Answer) -> int:
    """Return the level the company claims; 0 where it said nothing, does not know or calls it not applicable."""
    return 0 if answer.value is None else level_rule(question)(answer.value)


def level_rule(question: Question, holding: str = "") -> LevelOf:
    """Return the question's rule from value to level, for those who apply it often. The value must be a valid one.

    `holding` names the profile rule of `varies_by` where it holds for the company.
    """
    match question.type:
        case QuestionType.MATURITY:
            return int
        case QuestionType.INCIDENT:
            return {option: incident.level for option, incident in INCIDENTS.items()}.__getitem__
        case QuestionType.YESNO | QuestionType.CHOICE:
            return _levels_of_options(question).__getitem__
        case QuestionType.MULTI:
            return _multi_rule(question)
        case QuestionType.NUMBER:
            return _number_rule(question, holding)
        case QuestionType.TABLE:
            return _table_rule(question)


def _levels_of_options(question: Question) -> dict[str, int]:
    return {option.id: option.level or 0 for option in question.options}


def varies_by(question: Question) -> str:
    """The profile rule on which the thresholds of a number question depend; empty where they do not."""
    named = [name for step in question.rule if isinstance(step, NumberStep) for name in step.instead]
    return named[0] if named else ""


def _number_rule(question: Question, holding: str) -> LevelOf:
    steps = [
        (step.level, step.instead.get(holding, step.at_least)) for step in question.rule if isinstance(step, NumberStep)
    ]
    options = _levels_of_options(question)

    def level(value: Any) -> int:
        if isinstance(value, str):
            return options[value]
        return next((reached for reached, at_least in steps if value >= at_least), 0)

    return level


def _multi_rule(question: Question) -> LevelOf:
    """An exclusive option ("none of these") is worth 0, however few the lowest step asks for."""
    steps = [step for step in question.rule if isinstance(step, MultiStep)]
    exclusive = {option.id for option in question.options if option.exclusive}

    def level(value: Any) -> int:
        chosen = set(value)
        if not exclusive.isdisjoint(chosen):
            return 0
        return next(
            (step.level for step in steps if len(chosen) >= step.at_least and chosen.issuperset(step.all_of)), 0
        )

    return level


def _table_rule(question: Question) -> LevelOf:
    steps = [step for step in question.rule if isinstance(step, TableStep)]
    columns, required = question.columns, required_columns(question.columns)

    def level(value: Any) -> int:
        rows = calculated(filled_rows(value), columns, table=question.id)
        return next(
            (step.level for step in steps if all(holds(condition, rows, required) for condition in step.conditions)), 0
        )

    return level
