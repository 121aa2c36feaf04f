"""The other companies of the demonstration: what each says follows from a hash, so every load says the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.domain.answers import Answer
from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.questionnaire import Flag, Question, QuestionType
from portal.models import Organisation, Role, Submission
from portal.services.demonstration.companies import (
    PREPARING,
    GivenAnswer,
    Received,
    Stage,
    days_before,
    decide,
    fill_in,
    sign,
)
from portal.services.demonstration.files import keep_file

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
#: Days from the submission to the end of a plan, and to the decision of a government.
PLAN_DAYS, DECISION_DAYS = 240, 16


@dataclass(frozen=True, slots=True)
class Company:
    """One line of crowd.csv."""

    key: str
    name: str
    local_name: str
    country: str
    activity: str
    own: int
    agency: int
    migrants: int
    roles: list[str]
    parent: str
    is_verified: bool
    published_own: bool
    maturity: int
    days: int
    review: str

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Company:
        return cls(
            key=row["key"],
            name=row["name"],
            local_name=row["local_name"],
            country=row["country"],
            activity=row["activity"],
            own=int(row["own"]),
            agency=int(row["agency"]),
            migrants=int(row["migrants"]),
            roles=row["roles"].split(),
            parent=row["parent"],
            is_verified=row["verified"] == "yes",
            published_own=row["published"] == "yes",
            maturity=int(row["maturity"]),
            days=int(row["days"]),
            review=row["review"],
        )

    def draw(self, about: str) -> int:
        """A number from 0 to 99 that is always the same for this company and this matter."""
        return int.from_bytes(hashlib.sha256(f"{self.key}|{about}".encode()).digest()[:4]) % 100


@dataclass(frozen=True, slots=True)
class Choices:
    """What the companies choose from: crowd.toml, with its files already stored."""

    data: Mapping[str, Any]
    signatories: Mapping[str, list[str]]
    #: Question id -> the file that fits it.
    files: Mapping[str, Received]


def play_crowd(stage: Stage, companies: list[Company], choices: Choices, *, at: datetime) -> list[Submission]:
    """Let every company answer, sign and submit, the earliest first; return the submissions."""
    organisations = {company.key: _add(stage, company) for company in companies}
    for company in companies:
        if company.parent:
            organisations[company.key].parent_id = organisations[company.parent].id
    ordered = sorted(companies, key=lambda company: (-company.days, company.key))
    return [_play(stage, company, organisations[company.key], choices, at=at) for company in ordered]


def choices_of(stage: Stage, data: Mapping[str, Any], people: Mapping[str, Any]) -> Choices:
    files: dict[str, Received] = {}
    for file in data["file"]:
        received = keep_file(stage.store, file["name"], file["lines"])
        files.update(dict.fromkeys(file["for"], received))
    return Choices(data, people["signatories"], files)


def _add(stage: Stage, company: Company) -> Organisation:
    made = stage.cast.company(
        company.key,
        name=company.name,
        local_name=company.local_name,
        country=company.country,
        registration_number=f"{company.country}-DEMO-{company.draw('register'):02}{company.days:03}",
        published_own_result=company.published_own,
    )
    if company.is_verified:
        stage.cast.verify(made)
    return made


def _play(stage: Stage, company: Company, made: Organisation, choices: Choices, *, at: datetime) -> Submission:
    names = choices.signatories[company.country]
    name, email = names[company.draw("name") % len(names)], f"{company.key}@portal.example"
    stage.cast.person(email, name, {made: Role.OWNER})
    owner = stage.cast.at_work(email, made)
    moment = days_before(at, company.days)
    profile = _profile(company)
    rules = rule_values(stage.catalogue.profiles[stage.questionnaire.profile], profile)
    asked = applicable_questions(stage.questionnaire, rules)
    answers = []
    for question in stage.questionnaire.questions:
        answer = _answer(company, question, choices, on=moment.date()) if question.id in asked else Answer()
        if answer != Answer():
            files = (choices.files[question.id],) if _shows(company, question, answer) else ()
            answers.append(GivenAnswer(question.id, answer, owner, files))
    assessment = fill_in(stage, owner, profile, answers, at=moment - PREPARING)
    positions = choices.data["positions"]
    submission = sign(
        stage,
        owner,
        assessment,
        name=name,
        position=positions[company.draw("position") % len(positions)],
        governments=(stage.cast.governments[company.country].id,) if company.review else (),
        joins_aggregates=True,
        at=moment,
    )
    if reason := choices.data["reasons"].get(company.review):
        decide(stage, submission, company.country, company.review, reason, at=moment + timedelta(days=DECISION_DAYS))
    return submission


def _profile(company: Company) -> dict[str, Any]:
    division = company.activity[1:]
    vessels = {"03": "fishing", "50": "merchant"} if "vessel_operator" in company.roles else {}
    return {
        "PRO-01": company.name,
        "PRO-03": company.country,
        "PRO-04": [company.country],
        "PRO-06": [company.activity],
        "PRO-07": company.own,
        "PRO-08": company.agency,
        "PRO-11": company.migrants,
        "PRO-13": company.roles,
        "PRO-16": "yes" if company.migrants > 20 else "no",
        "PRO-18": company.draw("suppliers") % 25,
        "PRO-19": "yes" if company.draw("guards") < 30 else "no",
        "PRO-20": "yes" if company.activity == "A01" else "no",
        "PRO-21": "no",
        "PRO-22": [vessels.get(division, "none")],
        "PRO-23": "yes" if company.activity == "C10" and company.draw("seafood") < 50 else "no",
        "PRO-24": ["job_adverts" if "online_platform" in company.roles else "none"],
        "PRO-25": ["other_crops" if company.activity == "A01" else "none"],
        "PRO-29": "yes",
    }


def _answer(company: Company, question: Question, choices: Choices, *, on: date) -> Answer:
    """What the company says, or an empty answer where it says nothing."""
    chance = company.draw(question.id)
    match question.type:
        case QuestionType.INCIDENT:
            said = _said_of_harm(company, question)
            plan_end = on + timedelta(days=PLAN_DAYS) if said == "found_remediating" else None
            return Answer(value=said, plan_end=plan_end, comment=_comment(company, question, choices))
        case QuestionType.TABLE:
            return Answer(value=_risks(company, question, choices))
        case _ if question.flag is None and chance < 4:
            return Answer()
        case _ if question.flag is None and chance < 9:
            return Answer(dont_know=True)
        case _ if question.id in choices.data["not_applicable"] and chance > 94:
            return Answer(not_applicable=choices.data["not_applicable"][question.id])
        case _:
            return Answer(value=_level(company, question), comment=_comment(company, question, choices))


def _level(company: Company, question: Question) -> int:
    """Around the maturity of the company; a critical control that is missing altogether is rarer."""
    chance = company.draw(f"{question.id}|level")
    step = -1 if chance < 24 else 0 if chance < 72 else 1
    lowest = 1 if question.flag is Flag.CRITICAL and chance % 3 else 0
    return max(lowest, min(4, company.maturity + step))


def _said_of_harm(company: Company, question: Question) -> str:
    if company.draw(f"{question.id}|looked") < LOOKED[company.maturity]:
        return "checked_not_found"
    chance = company.draw(f"{question.id}|otherwise")
    return next(said for said, below in OTHERWISE if chance < below)


def _shows(company: Company, question: Question, answer: Answer) -> bool:
    """Whether a file is attached: mostly where the answer would not count without one."""
    if question.evidence_exempt or answer.value is None:
        return False
    chance = company.draw(f"{question.id}|file")
    if isinstance(answer.value, int):
        return chance < (0, 0, 15, 75, 90)[answer.value]
    return answer.value in NEEDING_PROOF and chance < 80 + 5 * company.maturity


def _comment(company: Company, question: Question, choices: Choices) -> str:
    chance = company.draw(f"{question.id}|comment")
    comments: list[str] = choices.data["comments"]
    return comments[chance % len(comments)] if chance < 18 and question.type is QuestionType.MATURITY else ""


def _risks(company: Company, question: Question, choices: Choices) -> list[dict[str, Any]]:
    fitting = [
        risk["row"] for risk in choices.data["risk"] if not risk["activities"] or company.activity in risk["activities"]
    ]
    wanted = min(3, max(1, company.maturity + company.draw(question.id) % 2))
    return fitting[:wanted]
