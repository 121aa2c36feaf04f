"""The administration area: how the portal runs, alerts, mail; never what a company wrote."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from portal import db
from portal.authz import visible
from portal.authz.policy import POLICY
from portal.db import Base
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import Alert, AnswerRow, Assessment, AuditEvent, Job, MailState, Organisation, OutboxMail
from portal.services.outbox import Letter
from portal.services.outbox import post as post_mail
from portal.settings import Settings, sealer_of
from tests import builders
from tests.builders import Person, World, post
from tests.conftest import NOON

UNKNOWN = "00000000-0000-4000-8000-000000000000"
CANARY = "canary-8c41"
#: Tables an administrator reads; whatever is not here shows them no row.
OPEN = {"alert", "approval", "identity_provider", "job", "membership", "organisation", "outbox_mail", "release"}


@pytest.fixture
def alert(engine: Engine, world: World) -> Alert:
    with db.writing(engine) as session, session.begin():
        raised = Alert(
            id=uuid4(),
            kind="read_burst",
            organisation_id=world.reviewer.principal.organisation,
            user_id=world.reviewer.principal.actor,
            details={"companies": 51, "minutes": 60},
            raised_at=NOON,
        )
        session.add(raised)
    return raised


@pytest.fixture
def mail(engine: Engine, settings: Settings) -> OutboxMail:
    """A mail that failed for good."""
    with db.writing(engine) as session, session.begin():
        letter = Letter(to=f"{CANARY}@example.org", subject=CANARY, body=CANARY)
        post_mail(session, sealer_of(settings), letter, kind="invitation", at=NOON)
        session.flush()
        failed = session.scalars(select(OutboxMail)).one()
        failed.state, failed.attempts, failed.message = MailState.FAILED, 8, "refused"
    return failed


def events(engine: Engine) -> int:
    with db.reading(engine) as session:
        return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_the_start_of_the_area_follows_the_role(administrator: FlaskClient, methodology_editor: FlaskClient) -> None:
    assert administrator.get("/admin").headers["Location"].endswith("/admin/state")
    assert methodology_editor.get("/admin").headers["Location"].endswith("/admin/questionnaires")
    chosen = administrator.get("/account/organisation?go=1")
    assert chosen.headers["Location"].endswith("/admin")


def test_a_methodology_editor_sees_questionnaires_and_nothing_else(
    app: Flask, methodology_editor: FlaskClient, catalogue: Catalogue
) -> None:
    page = methodology_editor.get("/admin/questionnaires").text

    for version in catalogue.questionnaires.values():
        assert version.reference in page
        assert version.digest.removeprefix("sha256:") in page
    assert "confirmed by Content reviewer" in page
    assert "/admin/organisations" not in page
    for endpoint, method in POLICY:
        if endpoint.startswith("admin.") and endpoint not in ("admin.home", "admin.list_questionnaires"):
            rule = next(rule for rule in app.url_map.iter_rules(endpoint))
            path = app.url_map.bind("localhost").build(endpoint, dict.fromkeys(rule.arguments, UNKNOWN))
            assert methodology_editor.open(path, method=method).status_code == 403, endpoint


def test_the_state_counts_mail_jobs_and_alerts(
    engine: Engine, administrator: FlaskClient, alert: Alert, mail: OutboxMail
) -> None:
    page = " ".join(administrator.get("/admin/state").text.split())

    for label, number in (("Mail that failed", 1), ("Alerts nobody has seen", 1), ("Jobs that failed", 0)):
        assert f'<dt>{label}</dt><dd><b class="num">{number}</b>' in page
    assert "None yet" in page
    assert "Overdue" in page


def test_an_alert_is_marked_once_and_says_who_looks_into_it(
    engine: Engine, administrator: FlaskClient, deputy: FlaskClient, staff: dict[str, Person], alert: Alert
) -> None:
    page = administrator.get("/admin/alerts").text
    assert "An official opened submissions of 51 companies within an hour" in page
    assert "Reviewer of Government X" in page
    address, before = f"/admin/alerts/{alert.id}/seen", events(engine)

    assert post(administrator, address, page="/admin/organisations/new").status_code == 302
    assert post(deputy, address, page="/admin/organisations/new").status_code == 404

    assert events(engine) == before + 1
    with db.reading(engine) as session:
        assert session.get_one(Alert, alert.id).seen_by_id == staff["administrator"].principal.actor


def test_failed_mail_is_listed_without_address_and_tried_again(
    engine: Engine, administrator: FlaskClient, mail: OutboxMail
) -> None:
    page = administrator.get("/admin/mails").text
    assert "invitation" in page
    assert "refused" in page
    assert CANARY not in page
    before = events(engine)

    assert post(administrator, f"/admin/mails/{mail.id}/again", page="/admin/mails").status_code == 302
    assert post(administrator, f"/admin/mails/{mail.id}/again", page="/admin/organisations/new").status_code == 404

    assert events(engine) == before + 1
    with db.reading(engine) as session:
        tried = session.get_one(OutboxMail, mail.id)
    assert (tried.state, tried.attempts) == (MailState.WAITING, 0)
    assert tried.due_at > NOON - timedelta(days=1)


def test_administrators_never_see_answers_evidence_or_scores(
    app: Flask,
    engine: Engine,
    world: World,
    catalogue: Catalogue,
    administrator: FlaskClient,
    sign_in: Callable[[str], FlaskClient],
) -> None:
    answers = builders.modest_answers(catalogue)
    answers["HRS-COM-01"] = Answer(value=2, comment=CANARY)
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers=answers)
    section = f"/company/assessments/{assessment.id}/sections/COM"
    file = (io.BytesIO(CANARY.encode()), f"{CANARY}.txt")
    post(sign_in(world.owner.email), section, {"HRS-COM-01-file": file, "go": "stay"})
    with db.writing(engine) as session, session.begin():
        draft = session.get_one(Assessment, assessment.id)
        submission = builders.submit(session, world.owner, draft, catalogue, at=NOON)
        assert CANARY in submission.bundle
        assert session.scalar(select(AnswerRow.comment).where(AnswerRow.comment == CANARY))
    ids: dict[str, Any] = {"assessment_id": assessment.id, "submission_id": submission.id, "organisation_id": ""}
    ids["organisation_id"] = world.owner.principal.organisation
    opened = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        values = {name: str(ids.get(name, UNKNOWN)) for name in rule.arguments}
        try:
            address = app.url_map.bind("localhost").build(rule.endpoint, values)
        except ValueError:
            address = app.url_map.bind("localhost").build(rule.endpoint, values | dict.fromkeys(("number", "size"), 1))
        response = administrator.get(address)
        assert CANARY not in response.text, rule.endpoint
        if rule.endpoint.startswith(("company.", "government.")):
            assert response.status_code == 403, rule.endpoint
        opened += 1
    assert opened > 60


def test_the_rows_of_administrators_are_those_of_running_the_portal(
    engine: Engine, world: World, staff: dict[str, Person], catalogue: Catalogue
) -> None:
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        shared: dict[UUID, date | None] = {world.reviewer.principal.organisation: None}
        builders.submit(session, world.owner, assessment, catalogue, at=NOON, governments=shared)
    models = [mapper.class_ for mapper in Base.registry.mappers]
    with db.reading(engine) as session:
        seen = {
            model.__tablename__
            for model in models
            for person in (staff["administrator"], staff["editor"])
            if session.execute(visible(person.principal, model)).first()
        }
        nothing = {
            model.__tablename__
            for model in (Alert, Job, Organisation, OutboxMail)
            if session.execute(visible(staff["editor"].principal, model)).first()
        }

    assert seen <= OPEN
    assert {"organisation", "job"} <= seen
    assert nothing == set()
