"""The other companies of the demonstration: each answers, signs and submits one questionnaire after the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from portal.authz import Principal
from portal.domain.questionnaire import Questionnaire
from portal.models import Organisation, Role, Submission
from portal.services.demonstration.answering import say
from portal.services.demonstration.companies import (
    PREPARING,
    GivenAnswer,
    Stage,
    days_before,
    decide,
    fill_in,
    reporting_period,
    save_profile,
    sign,
)
from portal.services.demonstration.facts import Company, profile_of
from portal.services.demonstration.files import Received, keep_file
from portal.services.demonstration.values import Choices, Respondent
from portal.services.evidence import FileStore

#: Between one questionnaire and the next, and from a submission to the decision of a government.
PAUSE, DECIDING = timedelta(days=4), timedelta(days=16)


def play_crowd(stage: Stage, companies: list[Company], *, at: datetime) -> list[Submission]:
    """Let every company answer, sign and submit, the earliest first; return the submissions."""
    organisations = {company.key: _add(stage, company) for company in companies}
    for company in companies:
        if company.parent:
            organisations[company.key].parent_id = organisations[company.parent].id
    ordered = sorted(companies, key=lambda company: (-company.days, company.key))
    return [one for company in ordered for one in _play(stage, company, organisations[company.key], at=at)]


def choices_of(store: FileStore, data: Mapping[str, Any], people: Mapping[str, Any]) -> Choices:
    files: dict[str, Received] = {}
    for file in data["file"]:
        received = keep_file(store, file["name"], file["lines"])
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


def _play(stage: Stage, company: Company, made: Organisation, *, at: datetime) -> list[Submission]:
    names = stage.choices.signatories[company.country]
    name, email = names[company.draw("name") % len(names)], f"{company.key}@portal.example"
    stage.cast.person(email, name, {made: Role.OWNER})
    owner = stage.cast.at_work(email, made)
    moment = days_before(at, company.days)
    period = reporting_period((moment - PREPARING).date())
    profile = save_profile(stage, owner, profile_of(company, stage.choices), period, at=moment - PREPARING)
    who = Respondent(company.key, company.country, company.activity, company.maturity, profile)
    return [
        _submit(stage, company, owner, who, stage.questionnaire(questionnaire), review, at=moment + place * PAUSE)
        for place, (questionnaire, review) in enumerate(company.questionnaires.items())
    ]


def _submit(
    stage: Stage,
    company: Company,
    owner: Principal,
    who: Respondent,
    questionnaire: Questionnaire,
    review: str,
    *,
    at: datetime,
) -> Submission:
    said = say(who, questionnaire, stage.catalogue, stage.choices, on=at.date())
    answers = [GivenAnswer(question, answer, owner, files) for question, (answer, files) in said.items()]
    reported = who.profile["PRO-27"]
    period = date.fromisoformat(reported["start"]), date.fromisoformat(reported["end"])
    assessment = fill_in(stage, owner, questionnaire, period, answers, at=at - PREPARING)
    positions = stage.choices.data["positions"]
    submission = sign(
        stage,
        owner,
        assessment,
        name=owner.name,
        position=positions[company.draw("position") % len(positions)],
        governments=(stage.cast.governments[company.country].id,) if review else (),
        joins_aggregates=True,
        at=at,
    )
    if reason := stage.choices.data["reasons"].get(review):
        decide(stage, submission, company.country, review, reason, at=at + DECIDING)
    return submission
