"""Rows and pages for tests, built by plain functions through the services people use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import db
from portal.authz import Principal
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import (
    Assessment,
    AuditContent,
    AuditEvent,
    Membership,
    Organisation,
    OrganisationKind,
    Role,
    ServedCountry,
    Submission,
    User,
)
from portal.services import assessments, logins, passwords, profiles, submissions
from portal.services.logins import Proof

TWO_FACTORS = Proof(method="passkey", two_factors=True)
PASSWORD = "a long password for tests"
SHORT_FORM = "hrdd-short@2026.1"
PERIOD = (date(2025, 7, 1), date(2026, 6, 30))
#: A factory of forty with suppliers and twelve migrant workers: every question of the short form applies.
PROFILE: dict[str, Any] = {
    "PRO-01": "Test Company",
    "PRO-03": "TH",
    "PRO-06": ["C13"],
    "PRO-07": 40,
    "PRO-08": 0,
    "PRO-11": 12,
    "PRO-16": "yes",
    "PRO-18": 10,
    "PRO-19": "no",
    "PRO-20": "no",
    "PRO-21": "no",
    "PRO-22": ["none"],
    "PRO-23": "no",
    "PRO-24": ["none"],
    "PRO-25": ["none"],
    "PRO-27": {"start": "2025-07-01", "end": "2026-06-30"},
    "PRO-29": "yes",
}


@dataclass(frozen=True)
class Person:
    email: str
    principal: Principal


@dataclass(frozen=True)
class World:
    """Company A (owner, editor, signatory), company B (owner), governments X and Y (one reviewer each)."""

    owner: Person
    editor: Person
    signatory: Person
    rival: Person
    reviewer: Person
    other_reviewer: Person


@cache
def _hash() -> str:
    return passwords.hash_password(PASSWORD)


def make_world(session: Session, *, at: datetime) -> World:
    a = make_organisation(session, "Company A", OrganisationKind.COMPANY, country="TH", at=at)
    b = make_organisation(session, "Company B", OrganisationKind.COMPANY, country="ID", at=at)
    x = make_organisation(session, "Government X", OrganisationKind.GOVERNMENT, country="TH", at=at)
    y = make_organisation(session, "Government Y", OrganisationKind.GOVERNMENT, country="ID", at=at)
    return World(
        owner=make_person(session, a, Role.OWNER, at=at),
        editor=make_person(session, a, Role.EDITOR, at=at),
        signatory=make_person(session, a, Role.SIGNATORY, at=at),
        rival=make_person(session, b, Role.OWNER, at=at),
        reviewer=make_person(session, x, Role.REVIEWER, at=at),
        other_reviewer=make_person(session, y, Role.REVIEWER, at=at),
    )


def make_organisation(
    session: Session, name: str, kind: OrganisationKind, *, country: str, at: datetime, **more: Any
) -> Organisation:
    organisation = Organisation(name=name, kind=kind, country=country, created_at=at, **more)
    session.add(organisation)
    session.flush()
    if kind is OrganisationKind.GOVERNMENT and country:
        session.add(ServedCountry(organisation_id=organisation.id, country=country))
        session.flush()
    return organisation


def make_person(session: Session, organisation: Organisation, role: Role, *, at: datetime, email: str = "") -> Person:
    email = email or f"{role}@{organisation.name.casefold().replace(' ', '-')}.example"
    user = User(email=email, name=f"{role.title()} of {organisation.name}", password_hash=_hash(), created_at=at)
    session.add(user)
    session.flush()
    session.add(Membership(user_id=user.id, organisation_id=organisation.id, role=role, created_at=at))
    session.flush()
    principal = Principal(
        user_id=user.id,
        name=user.name,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        kind=organisation.kind,
        role=role,
    )
    return Person(email, principal)


def make_assessment(
    session: Session,
    person: Person,
    catalogue: Catalogue,
    *,
    at: datetime,
    answers: dict[str, Answer] | None = None,
    profile: dict[str, Any] | None = None,
) -> Assessment:
    """A draft of the short form with a filled-in profile, and the answers given (none: all at level 2)."""
    questionnaire = catalogue.questionnaires[SHORT_FORM]
    stored = profiles.profile_of(session, person.principal)
    if not stored.version:
        version = catalogue.profiles[questionnaire.profile]
        profiles.save_profile(session, person.principal, version, profile or PROFILE, version=0, at=at)
    assessment = assessments.start_assessment(session, person.principal, questionnaire, period=PERIOD, at=at)
    for question_id, answer in (modest_answers(catalogue) if answers is None else answers).items():
        assessments.save_answer(session, assessment, question_id, answer, version=0, by=person.principal.actor, at=at)
    return assessment


def modest_answers(catalogue: Catalogue) -> dict[str, Answer]:
    """An answer to every question of the short form that needs no evidence."""
    answers = {}
    for question in catalogue.questionnaires[SHORT_FORM].questions:
        match question.type:
            case "incident":
                answers[question.id] = Answer(value="not_checked")
            case "table":
                row = {"risk": "Heat", "who": "Dyers", "scale": 3, "scope": 2, "irremediability": 2, "likelihood": 4}
                answers[question.id] = Answer(value=[row])
            case _:
                answers[question.id] = Answer(value=2)
    return answers


def submit(
    session: Session,
    person: Person,
    assessment: Assessment,
    catalogue: Catalogue,
    *,
    at: datetime,
    governments: dict[UUID, date | None] | None = None,
    key: str = "a key that is long enough",
) -> Submission:
    content = submissions.content_digest(submissions.draft_bundle(session, assessment, catalogue, at=at))
    signature = submissions.Signature(
        key=key,
        name="Malee S.",
        position="Managing director",
        governments=governments or {},
        joins_aggregates=True,
        content=content,
    )
    return submissions.submit_assessment(session, person.principal, assessment, catalogue, signature, at=at)


def events(session: Session, *actions: str) -> list[Any]:
    """The audit events (of these actions, or all) with what they are about, the oldest first."""
    about = (AuditContent.actor_id, AuditContent.organisation_id, AuditContent.subject_kind, AuditContent.subject_id)
    asked = select(AuditEvent.sequence, AuditEvent.at, AuditEvent.action, *about, AuditContent.details)
    asked = asked.join(AuditContent, AuditContent.sequence == AuditEvent.sequence).order_by(AuditEvent.sequence)
    return list(session.execute(asked.where(AuditEvent.action.in_(actions)) if actions else asked))


def sign_in(client: FlaskClient, email: str, proof: Proof = TWO_FACTORS) -> FlaskClient:
    """Open a sign-in as the service does, without the form and the slow password check; with two factors."""
    now = datetime.now(UTC)
    with db.writing(client.application.extensions["portal"].engine) as session, session.begin():
        user_id = session.scalars(select(User.id).where(User.email == email)).one()
        token = logins.open_login(session, user_id, at=now, proof=proof)
    client.set_cookie("portal", token)
    return client


def sign_in_with_password(client: FlaskClient, email: str) -> FlaskClient:
    """Sign in by the form, as people do."""
    form = {"csrf_token": token_in(client.get("/account/sign-in").text), "email": email, "password": PASSWORD}
    response = client.post("/account/sign-in", data=form)
    assert response.status_code == 302, response.text
    return client


def token_in(page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page has no form token"
    return found[1]


def post(client: FlaskClient, path: str, data: dict[str, Any] | None = None, *, page: str = "") -> Any:
    """Post a form with the token of `page` (default: the same address)."""
    token = token_in(client.get(page or path).text)
    return client.post(path, data={"csrf_token": token, **(data or {})}, content_type="multipart/form-data")
