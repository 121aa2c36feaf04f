"""The value that a synthetic company gives to a question for the level it has reached."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.prefill import starting_rows
from portal.domain.questionnaire import MultiStep, NumberStep, Question, QuestionType
from portal.services.demonstration.files import Received

CURRENCY = "USD"
#: At level 3 something is not proved yet, and it is always this cost.
UNPROVED = "c2"


@dataclass(frozen=True, slots=True)
class Respondent:
    """Who answers: a company as far as its answers depend on it."""

    key: str
    country: str
    activity: str
    #: 0 to 4, the level around which its answers lie.
    maturity: int
    profile: Mapping[str, Any]

    def draw(self, about: str) -> int:
        return draw(self.key, about)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the companies choose from: crowd.toml, with its files already stored."""

    data: Mapping[str, Any]
    signatories: Mapping[str, list[str]]
    #: Question id, stage or "incident" -> the file that fits it.
    files: Mapping[str, Received]

    def file_for(self, question: Question) -> Received:
        usual = "incident" if question.type is QuestionType.INCIDENT else question.stage.value
        return self.files.get(question.id) or self.files[usual]


def draw(key: str, about: str) -> int:
    """A number from 0 to 99 that is always the same for this company and this matter."""
    return int.from_bytes(hashlib.sha256(f"{key}|{about}".encode()).digest()[:4]) % 100


def value_at(question: Question, level: int, who: Respondent, choices: Choices) -> Any:
    """Return a value worth `level`, or the next level below that some value of the question is worth."""
    match question.type:
        case QuestionType.MULTI:
            return _chosen(question, level, who)
        case QuestionType.NUMBER:
            return _number(question, level, who)
        case QuestionType.YESNO | QuestionType.CHOICE:
            return _option(question, level)
        case QuestionType.TABLE if any(column.id == "payer" for column in question.columns):
            return _costs(question, level, who, choices)
        case QuestionType.TABLE:
            return _risks(question, who, choices)
        case _:
            return level


def _option(question: Question, level: int) -> str:
    reached = [option for option in question.options if (option.level or 0) <= level]
    return max(reached, key=lambda option: option.level or 0).id


def _chosen(question: Question, level: int, who: Respondent) -> list[str]:
    """What the step asks for and as many others as it wants; "none of these" where no step is reached."""
    reached = [step for step in question.rule if isinstance(step, MultiStep) and step.level <= level]
    if not reached:
        return [option.id for option in question.options if option.exclusive]
    step = reached[0]
    others = [option.id for option in question.options if not option.exclusive and option.id not in step.all_of]
    others.sort(key=lambda option: (who.draw(f"{question.id}|{option}"), option))
    chosen = {*step.all_of, *others[: max(0, step.at_least - len(step.all_of))]}
    return [option.id for option in question.options if option.id in chosen]


def _number(question: Question, level: int, who: Respondent) -> Any:
    """Somewhere between the step that is reached and the next; below the first, what stands for nothing."""
    steps = [step for step in question.rule if isinstance(step, NumberStep)]
    reached = [step for step in steps if step.level <= level]
    if not reached:
        nothing: float = question.minimum or 0
        return next((option.id for option in question.options if option.level == 0), nothing)
    above = [step.at_least - 1 for step in steps if step.level > reached[0].level]
    lowest, highest = int(reached[0].at_least), int(above[-1] if above else question.maximum or 100)
    return lowest + who.draw(f"{question.id}|number") % (highest - lowest + 1)


def _costs(question: Question, level: int, who: Respondent, choices: Choices) -> list[dict[str, Any]]:
    """One row for each cost of each corridor: the lower the level, the more of them the worker pays."""
    own: list[dict[str, str]] = who.profile.get("PRO-12", [])
    sent = [{"origin": who.country, "destination": country} for country in choices.data["sends"].get(who.country, ())]
    payers, amounts = choices.data["payers"][level], choices.data["amounts"]
    rows = starting_rows(question, {"PRO-12": own or sent})
    for row in rows:
        item = row["item"]
        row["payer"] = payers.get(item, "employer" if item in amounts else "none")
        if item in amounts and row["payer"] not in ("none", "not_known"):
            varied = 80 + who.draw(f"{question.id}|{row.get('origin', '')}|{item}") % 41
            row |= {"amount": round(amounts[item] * varied / 100), "currency": CURRENCY}
            row["proof"] = "yes" if level == 4 or (varied % 3 and item != UNPROVED) else "no"
    return rows


def _risks(question: Question, who: Respondent, choices: Choices) -> list[dict[str, Any]]:
    """The longer list of columns of the core questionnaire takes what the risk says there."""
    columns = {column.id for column in question.columns}
    fitting = [
        risk["row"] | (risk["core"] if "right" in columns else {})
        for risk in choices.data["risk"]
        if not risk["activities"] or who.activity in risk["activities"]
    ]
    wanted = min(3, max(1, who.maturity + who.draw(question.id) % 2))
    return [{name: cell for name, cell in row.items() if name in columns} for row in fitting[:wanted]]
