"""What a synthetic company says to a questionnaire: a hash of its key and the question decides, so it never varies."""

from __future__ import annotations

from datetime import date, timedelta

from portal.domain.answers import Answer
from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.levels import declared_level
from portal.domain.questionnaire import Catalogue, Flag, Question, Questionnaire, QuestionType
from portal.services.demonstration.files import Received
from portal.services.demonstration.values import Choices, Respondent, value_at

#: How often out of 100 a company has looked for harm, by how mature it is (0 to 4).
LOOKED = (20, 35, 55, 80, 97)
#: What is said where nobody can say "we looked and found nothing": shares out of 100, in order.
OTHERWISE = (
    ("not_checked", 62),
    ("found_remediating", 76),
    ("found_remedied", 84),
    ("found_open", 89),
    ("dont_know", 100),
)
NEEDING_PROOF = ("checked_not_found", "found_remediating", "found_remedied")
#: How often out of 100 there is a file, by level: mostly where the answer would not count without one.
SHOWN = (0, 0, 15, 75, 90)
#: Days from the submission to the end of a plan.
PLAN_DAYS = 240

Said = dict[str, tuple[Answer, tuple[Received, ...]]]


def say(who: Respondent, questionnaire: Questionnaire, catalogue: Catalogue, choices: Choices, *, on: date) -> Said:
    """Return question id -> answer and files, for what applies to the company and is not left open."""
    rules = rule_values(catalogue.profiles[questionnaire.profile], who.profile)
    asked = applicable_questions(questionnaire, rules)
    said: Said = {}
    for question in questionnaire.questions:
        answer = _answer(who, question, choices, on=on) if question.id in asked else Answer()
        if answer != Answer():
            files = (choices.file_for(question),) if _shows(who, question, answer) else ()
            said[question.id] = answer, files
    return said


def _answer(who: Respondent, question: Question, choices: Choices, *, on: date) -> Answer:
    """What the company says, or an empty answer where it says nothing."""
    chance = who.draw(question.id)
    match question.type:
        case QuestionType.INCIDENT:
            said = _said_of_harm(who, question)
            plan_end = on + timedelta(days=PLAN_DAYS) if said == "found_remediating" else None
            return Answer(value=said, plan_end=plan_end, comment=_comment(who, question, choices))
        case QuestionType.TABLE:
            return Answer(value=value_at(question, _level(who, question), who, choices))
        case _ if question.flag is None and chance < 4:
            return Answer()
        case _ if question.flag is None and chance < 9:
            return Answer(dont_know=True)
        case _ if question.id in choices.data["not_applicable"] and chance > 94:
            return Answer(not_applicable=choices.data["not_applicable"][question.id])
        case _:
            value = value_at(question, _level(who, question), who, choices)
            return Answer(value=value, comment=_comment(who, question, choices))


def _level(who: Respondent, question: Question) -> int:
    """Around the maturity of the company; a critical control that is missing altogether is rarer."""
    chance = who.draw(f"{question.id}|level")
    step = -1 if chance < 24 else 0 if chance < 72 else 1
    lowest = 1 if question.flag is Flag.CRITICAL and chance % 3 else 0
    return max(lowest, min(4, who.maturity + step))


def _said_of_harm(who: Respondent, question: Question) -> str:
    if who.draw(f"{question.id}|looked") < LOOKED[who.maturity]:
        return "checked_not_found"
    chance = who.draw(f"{question.id}|otherwise")
    return next(said for said, below in OTHERWISE if chance < below)


def _shows(who: Respondent, question: Question, answer: Answer) -> bool:
    """Whether a file is attached."""
    if question.evidence_exempt or answer.value is None:
        return False
    chance = who.draw(f"{question.id}|file")
    if question.type is QuestionType.INCIDENT:
        return answer.value in NEEDING_PROOF and chance < 80 + 5 * who.maturity
    return chance < SHOWN[declared_level(question, answer)]


def _comment(who: Respondent, question: Question, choices: Choices) -> str:
    chance = who.draw(f"{question.id}|comment")
    comments: list[str] = choices.data["comments"]
    return comments[chance % len(comments)] if chance < 18 and question.type is QuestionType.MATURITY else ""
