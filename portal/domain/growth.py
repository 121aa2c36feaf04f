"""Levels that do not grow: texts that say the same, options worth the same, steps that are never reached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from portal.domain.questionnaire import MultiStep, NumberStep, Question, QuestionType, RowCondition, TableStep

BUILDS_ON = re.compile(r"As ([0-9])\b")
BEST = 4
Step = NumberStep | MultiStep | TableStep


class Flaw(NamedTuple):
    """`key` is where it stands within the question; `certain` tells what is wrong from what only looks so."""

    key: str
    what: str
    certain: bool = True


def flaws_of(question: Question) -> Iterator[Flaw]:
    match question.type:
        case QuestionType.MATURITY:
            yield from _texts(question.levels)
        case QuestionType.YESNO | QuestionType.CHOICE:
            yield from _options(question)
        case QuestionType.MULTI | QuestionType.NUMBER | QuestionType.TABLE:
            yield from _steps(question)


def _texts(levels: Sequence[str]) -> Iterator[Flaw]:
    first: dict[str, int] = {}
    for level, text in enumerate(levels):
        plain = " ".join(re.findall(r"\w+", text.casefold()))
        if plain in first:
            yield Flaw(f"levels.{level}", f"level {level} says the same as level {first[plain]}")
        first.setdefault(plain, level)
        built = BUILDS_ON.match(text)
        if built and int(built[1]) < level - 1:
            what = f"level {level} builds on level {built[1]}, so a company may pass over the levels between"
            yield Flaw(f"levels.{level}", what, certain=False)


def _options(question: Question) -> Iterator[Flaw]:
    levels = [option.level or 0 for option in question.options]
    if len(set(levels)) == 1:
        yield Flaw("options", f"every option is worth level {levels[0]}, so the answer changes nothing")
    elif max(levels, default=BEST) < BEST:
        yield _short(max(levels), "options")


def _steps(question: Question) -> Iterator[Flaw]:
    steps: list[Step] = list(question.rule)
    best = max([option.level or 0 for option in question.options] + [step.level for step in steps], default=BEST)
    if best < BEST:
        yield _short(best, "rule")
    for number, step in enumerate(steps, 1):
        if reason := _unmet(question, step):
            yield Flaw(f"rule.{number}", f"level {step.level} is never reached: {reason}")
            continue
        for higher in steps[: number - 1]:
            if _implies(step, higher):
                what = f"level {step.level} is never reached: whatever meets it meets level {higher.level}, too"
                yield Flaw(f"rule.{number}", what)
                break


def _short(best: int, key: str) -> Flaw:
    return Flaw(key, f"the best answer gives level {best}, so nobody can reach level {BEST}", certain=False)


def _unmet(question: Question, step: Step) -> str:
    match step:
        case NumberStep() if question.maximum is not None:
            least = min([step.at_least, *step.instead.values()])
            return f"the largest number allowed is {question.maximum}" if least > question.maximum else ""
        case TableStep(conditions=conditions):
            contrary = any(row.at_most is not None and row.at_least > row.at_most for row in conditions)
            return "one of its conditions wants at least more rows than at most" if contrary else ""
    return ""


def _implies(step: Step, higher: Step) -> bool:
    """Whether every answer that meets `step` meets `higher`. Only what is sure counts: a doubt is no flaw."""
    match step, higher:
        case MultiStep(), MultiStep():
            fewest = max(step.at_least, len(step.all_of))
            return set(higher.all_of) <= set(step.all_of) and higher.at_least <= fewest
        case TableStep(), TableStep():
            return all(_met(condition, step.conditions) for condition in higher.conditions)
    return False


def _met(wanted: RowCondition, given: Sequence[RowCondition]) -> bool:
    """Whether the conditions given leave no way to fail the one wanted."""
    enough = wanted.at_least == 0 and not wanted.covers
    few = wanted.at_most is None
    for other in given:
        if other.each != wanted.each:
            continue
        if _counts_within(other, wanted) and other.at_least >= wanted.at_least:
            enough = enough or _superset(other.covers, wanted.covers)
        if _counts_within(wanted, other) and other.at_most is not None and wanted.at_most is not None:
            few = few or other.at_most <= wanted.at_most
    return enough and few


def _counts_within(narrow: RowCondition, wide: RowCondition) -> bool:
    """Whether every row that `narrow` counts is counted by `wide`, too."""
    return (
        (narrow.complete or not wide.complete)
        and set(wide.filled) <= set(narrow.filled)
        and all(set(narrow.where.get(column, ("",))) <= set(values) for column, values in wide.where.items())
        and set(wide.where) <= set(narrow.where)
    )


def _superset(larger: Mapping[str, Sequence[str]], smaller: Mapping[str, Sequence[str]]) -> bool:
    return all(set(values) <= set(larger.get(column, ())) for column, values in smaller.items())
