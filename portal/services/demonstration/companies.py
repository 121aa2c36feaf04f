"""One company of the demonstration at work: profile, questionnaires with evidence, signatures and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.models import Assessment, Organisation, ReviewState, Role, Submission
from portal.services import (
    actions,
    assessments,
    assignments,
    evidence,
    invitations,
    profiles,
    reviews,
    submissions,
    work,
)
from portal.services.demonstration.answering import say
from portal.services.demonstration.files import Received, keep_file
from portal.services.demonstration.people import Cast
from portal.services.demonstration.talking import talk
from portal.services.demonstration.values import Choices, Respondent
from portal.services.evidence import FileStore

#: Of every questionnaire the one version the data files are written for.
VERSION = "2026.1"
#: Between the first answer and the signature.
PREPARING = timedelta(days=8)
#: How long ago a draft was worked on.
DRAFT_DAYS = 2


@dataclass(frozen=True, slots=True)
class Stage:
    """What every company of the demonstration works with."""

    session: Session
    catalogue: Catalogue
    store: FileStore
    cast: Cast
    choices: Choices

    def questionnaire(self, name: str) -> Questionnaire:
        known = self.catalogue.questionnaires.values()
        return next(one for one in known if (one.id, one.version) == (name, VERSION))


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer, who gives it, and the files that show it."""

    question: str
    answer: Answer
    by: Principal
    files: tuple[Received, ...] = ()


def play_company(stage: Stage, data: Mapping[str, Any], *, at: datetime) -> list[Submission]:
    """Bring one company of a data file to the state it describes; return its submissions.

    `at` is the moment the demonstration is loaded; what happened before is counted back from it in days.
    """
    facts = {name: data[name] for name in ("name", "local_name", "country", "registration_number")}
    company = stage.cast.company(data["key"], **facts)
    for person in data["person"]:
        stage.cast.person(person["email"], person["name"], {company: Role(person["role"])})
    stage.cast.verify(company)
    moments = [days_before(at, part.get("signature", {}).get("days", DRAFT_DAYS)) for part in data["assessment"]]
    first, began = stage.cast.at_work(data["person"][0]["email"], company), min(moments) - PREPARING
    for invited in data.get("invitation", ()):
        invitations.invite(stage.session, first, invited["email"], Role(invited["role"]), at=at)
    period = reporting_period((max(moments) - PREPARING).date())
    profile = save_profile(stage, first, data["profile"], period, at=began)
    who = Respondent(data["key"], data["country"], data["profile"]["PRO-06"][0], data["maturity"], profile)
    kept = {key: keep_file(stage.store, file["name"], file["lines"]) for key, file in data["files"].items()}
    played = []
    for part, moment in sorted(zip(data["assessment"], moments, strict=True), key=lambda pair: pair[1]):
        questionnaire = stage.questionnaire(part["questionnaire"])
        answers = _given_answers(stage, company, part.get("answers", {}), kept, on=moment.date())
        if part["others"] == "generated":
            then = replace(who, maturity=part.get("maturity", who.maturity))
            answers = _with_generated(stage, then, questionnaire, answers, by=first, on=moment.date())
        reported = years_before(period, part.get("years_ago", 0))
        assessment = fill_in(stage, first, questionnaire, reported, answers, at=moment - PREPARING)
        _give_sections(stage, first, assessment, part.get("contributors", {}), at=moment)
        _share_out(stage, first, assessment, part, at=moment)
        if "signature" in part:
            played.append(_sign_and_decide(stage, company, assessment, part, moment, at))
    return played


def _give_sections(
    stage: Stage,
    by: Principal,
    assessment: Assessment,
    contributors: Mapping[str, list[str]],
    *,
    at: datetime,
) -> None:
    """Let contributors work on the sections the data file names."""
    if not contributors:
        return
    members = {one.email: one.membership_id for one in assignments.contributors(stage.session, by)}
    wanted = [(members[email], section) for email, names in contributors.items() for section in names]
    known = {section for _member, section in wanted}
    nothing = assignments.given_sections(stage.session, by, assessment).seen
    assignments.give_sections(stage.session, by, assessment, known, wanted, seen=nothing, at=at)


def _share_out(stage: Stage, by: Principal, assessment: Assessment, part: Mapping[str, Any], *, at: datetime) -> None:
    """Give what the data file names to others than contributors, and begin its corrective actions."""
    for email, names in part.get("given", {}).items():
        person = stage.cast.principals[email, assessment.organisation_id].actor
        member = next(one for one in work.colleagues(stage.session, by) if one.user_id == person)
        for section in names:
            work.give_work(
                stage.session,
                by,
                assessment,
                member.membership_id,
                section_id=section,
                question_id="",
                due_on=at.date() + timedelta(days=60),
                note="",
                at=at,
            )
    questionnaire = stage.catalogue.questionnaires[assessment.questionnaire]
    for question_id in part.get("actions", ()):
        title = questionnaire.by_id[question_id].remedial[:300]
        actions.start_action(stage.session, by, assessment, question_id, title, at=at)
    talk(stage.cast, assessment, questionnaire, part, at=at)


def save_profile(
    stage: Stage, by: Principal, profile: Mapping[str, Any], period: tuple[date, date], *, at: datetime
) -> dict[str, Any]:
    """Save the profile with the period it reports on, and return it."""
    values = {**profile, "PRO-27": {"start": period[0].isoformat(), "end": period[1].isoformat()}}
    versioned = stage.catalogue.profiles[f"profile@{VERSION}"]
    profiles.save_profile(stage.session, by, versioned, values, version=0, at=at)
    return values


def fill_in(
    stage: Stage,
    by: Principal,
    questionnaire: Questionnaire,
    period: tuple[date, date],
    answers: list[GivenAnswer],
    *,
    at: datetime,
) -> Assessment:
    """Start an assessment and answer."""
    session = stage.session
    assessment = assessments.start_assessment(session, by, questionnaire, period=period, at=at)
    for place, given in enumerate(answers):
        moment = at + PREPARING * place / (2 * len(answers))
        recorded = moment.date() if given.answer.plan_end else None
        assessments.save_answer(
            session,
            assessment,
            given.question,
            given.answer,
            version=0,
            by=given.by.actor,
            at=moment,
            plan_recorded_on=recorded,
        )
        for file in given.files:
            evidence.attach_evidence(session, assessment, given.question, file, by=given.by.actor, at=moment)
    return assessment


def sign(
    stage: Stage,
    by: Principal,
    assessment: Assessment,
    *,
    name: str,
    position: str,
    governments: tuple[UUID, ...],
    joins_aggregates: bool,
    at: datetime,
) -> Submission:
    read = submissions.draft_bundle(stage.session, assessment, stage.catalogue, at=at)
    signature = submissions.Signature(
        key=f"demonstration-{assessment.id}",
        name=name,
        position=position,
        governments=dict.fromkeys(governments),
        joins_aggregates=joins_aggregates,
        content=submissions.content_digest(read),
    )
    return submissions.submit_assessment(stage.session, by, assessment, stage.catalogue, signature, at=at)


def decide(stage: Stage, submission: Submission, country: str, state: str, reason: str, *, at: datetime) -> None:
    reviewer = stage.cast.reviewer(country)
    review = reviews.find_review(stage.session, reviewer, submission.id, at=at)
    if review is None:
        raise LookupError(f"{submission.reference} is not shared with {country}")
    reviews.decide_review(
        stage.session, reviewer, review, state=ReviewState(state), reason=reason, version=review.version, at=at
    )


def days_before(at: datetime, days: int) -> datetime:
    """In working hours: 10:42 in Bangkok, 09:12 in Colombo, 14:42 in Sydney."""
    return (at.astimezone(UTC) - timedelta(days=days)).replace(hour=3, minute=42, second=0, microsecond=0)


def reporting_period(day: date) -> tuple[date, date]:
    """The last full year from July to June before `day`."""
    year = day.year if day >= date(day.year, 7, 1) else day.year - 1
    return date(year - 1, 7, 1), date(year, 6, 30)


def years_before(period: tuple[date, date], years: int) -> tuple[date, date]:
    start, end = period
    return start.replace(year=start.year - years), end.replace(year=end.year - years)


def _sign_and_decide(
    stage: Stage,
    company: Organisation,
    assessment: Assessment,
    part: Mapping[str, Any],
    moment: datetime,
    at: datetime,
) -> Submission:
    signature = part["signature"]
    submission = sign(
        stage,
        stage.cast.at_work(signature["by"], company),
        assessment,
        name=signature["name"],
        position=signature["position"],
        governments=tuple(stage.cast.governments[country].id for country in signature["governments"]),
        joins_aggregates=signature["joins_aggregates"],
        at=moment,
    )
    if decision := part.get("decision"):
        moment = days_before(at, decision["days"])
        decide(stage, submission, decision["government"], decision["state"], decision["reason"], at=moment)
    return submission


def _given_answers(
    stage: Stage, company: Organisation, answers: Mapping[str, Any], kept: Mapping[str, Received], *, on: date
) -> list[GivenAnswer]:
    return [
        GivenAnswer(
            question,
            Answer(
                value=given.get("value"),
                dont_know=given.get("dont_know", False),
                not_applicable=given.get("not_applicable"),
                plan_end=on + timedelta(days=given["plan_ends_after_days"])
                if "plan_ends_after_days" in given
                else None,
                comment=given.get("comment", ""),
            ),
            stage.cast.at_work(given["by"], company),
            tuple(kept[key] for key in given.get("files", ())),
        )
        for question, given in answers.items()
    ]


def _with_generated(
    stage: Stage,
    who: Respondent,
    questionnaire: Questionnaire,
    written: list[GivenAnswer],
    *,
    by: Principal,
    on: date,
) -> list[GivenAnswer]:
    """What is written stands; what is not follows from the maturity of the company."""
    said = say(who, questionnaire, stage.catalogue, stage.choices, on=on)
    made = {name: GivenAnswer(name, answer, by, files) for name, (answer, files) in said.items()}
    made |= {given.question: given for given in written}
    return [made[question.id] for question in questionnaire.questions if question.id in made]
