"""Mergers: one company goes on with the work of another, and no right of anybody is carried over."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import (
    Assessment,
    AuditEvent,
    Evidence,
    Invitation,
    Login,
    Membership,
    Merger,
    Organisation,
    OrganisationKind,
    OutboxMail,
    Role,
    Share,
    Submission,
)
from portal.services import mergers
from portal.services.snapshots import read_units, ultimate_parent
from portal.settings import Settings, sealer_of
from tests import builders
from tests.builders import PROFILE, SHORT_FORM, World, post, token_in
from tests.conftest import NOON

MERGERS = "/company/organisation/mergers"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
NUMBER = "ID-77-001"


@pytest.fixture
def target(engine: Engine, world: World) -> UUID:
    """Company B, verified under a number."""
    company = world.rival.principal.organisation
    change(engine, company, registration_number=NUMBER, verified_at=NOON)
    return company


@pytest.fixture
def owner(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.owner.email)


@pytest.fixture
def rival(world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in(world.rival.email)


@pytest.fixture
def submission(engine: Engine, world: World, catalogue: Catalogue) -> Submission:
    """A submission of company A, shared with government X, and beside it an assessment sent back for correction."""
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        shared: dict[UUID, date | None] = {world.reviewer.principal.organisation: None}
        return builders.submit(session, world.owner, assessment, catalogue, at=NOON, governments=shared)


def change(engine: Engine, company: UUID, **values: Any) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(Organisation).where(Organisation.id == company).values(**values))


def row(engine: Engine, company: UUID) -> Organisation:
    with db.reading(engine) as session:
        return session.get_one(Organisation, company)


def ask(client: FlaskClient, number: str = NUMBER, country: str = "ID") -> Any:
    return post(client, MERGERS, {"country": country, "number": number, "understood": "yes"})


def answer(client: FlaskClient, step: str, merger: str = "") -> Any:
    page = client.get(MERGERS).text
    found = re.search(rf"{MERGERS}/([0-9a-f-]+)/{step}", page)
    merger = merger or (found[1] if found else UNKNOWN)
    return client.post(f"{MERGERS}/{merger}/{step}", data={"csrf_token": token_in(page)})


def merged(owner: FlaskClient, rival: FlaskClient) -> None:
    assert ask(owner).status_code == 302
    assert answer(rival, "accept").status_code == 302


def stripped(page: str) -> str:
    page = re.sub(r'data-left="\d+"', "", page)
    page = re.sub(r'name="csrf_token" value="[^"]+"|data-(left|token)="[^"]+"', "", page)
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", page)
    return page.replace("ID-77-001", "N").replace("ID-99-999", "N")


def test_asking_for_a_known_and_an_unknown_company_looks_the_same(
    engine: Engine, target: UUID, owner: FlaskClient
) -> None:
    seen = []
    for number in (NUMBER, "ID-99-999"):
        response = ask(owner, number)
        seen.append((response.status_code, stripped(response.text), stripped(owner.get(MERGERS).text)))
        answer(owner, "withdraw")
        owner.get(MERGERS)
        with db.writing(engine) as session, session.begin():
            for merger in session.scalars(select(Merger)):
                session.delete(merger)

    assert seen[0] == seen[1]
    assert "Waits for an answer" in seen[0][2]


@pytest.mark.parametrize("values", [{"verified_at": None}, {"erased_at": NOON}, {"country": "TH"}])
def test_only_the_verified_company_with_that_number_and_country_is_asked(
    engine: Engine, target: UUID, owner: FlaskClient, rival: FlaskClient, values: dict[str, Any]
) -> None:
    change(engine, target, **values)

    assert ask(owner).status_code == 302

    with db.reading(engine) as session:
        assert session.scalars(select(Merger.into_id)).all() == [None]
        assert session.scalar(select(func.count()).select_from(OutboxMail)) == 0
    assert "Company A" not in rival.get(MERGERS).text


def test_a_company_that_took_the_number_of_another_is_asked_nothing(
    engine: Engine, target: UUID, owner: FlaskClient
) -> None:
    with db.writing(engine) as session, session.begin():
        builders.make_organisation(
            session, "Sham", OrganisationKind.COMPANY, country="ID", at=NOON, registration_number="id 77 001"
        ).verified_at = NOON

    ask(owner)

    with db.reading(engine) as session:
        assert session.scalars(select(Merger.into_id)).all() == [None]


def test_an_accepted_merger_ends_every_share_membership_and_sign_in_at_once(
    engine: Engine,
    settings: Settings,
    world: World,
    target: UUID,
    owner: FlaskClient,
    rival: FlaskClient,
    submission: Submission,
    sign_in: Callable[[str], FlaskClient],
) -> None:
    taken = world.owner.principal.organisation
    reviewer, editor = sign_in(world.reviewer.email), sign_in(world.editor.email)
    assert reviewer.get(f"/government/submissions/{submission.id}").status_code == 200
    with db.writing(engine) as session, session.begin():
        session.add(
            Invitation(
                organisation_id=taken,
                email="new@example.org",
                role=Role.EDITOR,
                token_hash="0" * 64,
                created_at=NOON,
                expires_at=NOON + timedelta(days=7),
            )
        )

    merged(owner, rival)

    assert reviewer.get(f"/government/submissions/{submission.id}").status_code == 404
    for client in (owner, editor):
        assert client.get("/company").status_code == 302
        assert "/account/" in client.get("/company").headers["Location"]
    with db.reading(engine) as session:
        assert session.scalar(select(Share.revoked_at)) is not None
        assert session.scalars(select(Membership.id).where(Membership.organisation_id == taken)).all() == []
        assert session.scalar(select(Invitation.withdrawn_at)) is not None
        people = [person.principal.actor for person in (world.owner, world.editor)]
        open_logins = select(Login.id).where(Login.user_id.in_(people), Login.ended_at.is_(None))
        assert session.scalars(open_logins).all() == []
        kinds = session.scalars(select(OutboxMail.kind).order_by(OutboxMail.created_at)).all()
        sealed = session.scalars(select(OutboxMail.sealed).where(OutboxMail.kind == "merger_accepted")).one()
    assert kinds == ["merger_asked", "merger_accepted"]
    assert json.loads(sealer_of(settings).open(sealed))["to"] == world.owner.email
    assert row(engine, taken).merged_into_id == target


def test_the_other_company_reads_and_continues_what_it_took_in(
    engine: Engine,
    world: World,
    target: UUID,
    owner: FlaskClient,
    rival: FlaskClient,
    submission: Submission,
    catalogue: Catalogue,
) -> None:
    with db.writing(engine) as session, session.begin():
        session.execute(update(Assessment).values(status="returned", version=Assessment.version + 1))
    section = f"/company/assessments/{submission.assessment_id}/sections/COM"
    file = (io.BytesIO(b"Proof of everything"), "proof.txt")
    post(owner, section, {"HRS-COM-01-file": file, "go": "stay"})
    with db.reading(engine) as session:
        evidence = session.scalars(select(Evidence.id)).one()
    assert rival.get(section).status_code == 404

    merged(owner, rival)

    for path in ("", "/check", "/score", "/workbook", "/workbook.xlsx", "/sections/COM"):
        assert rival.get(f"/company/assessments/{submission.assessment_id}{path}").status_code == 200, path
    for path in ("", "/bundle.json"):
        assert rival.get(f"/company/submissions/{submission.id}{path}").status_code == 200, path
    assert rival.get(f"/company/evidence/{evidence}").status_code == 200
    assert submission.reference in rival.get("/company/submissions").text
    for path in ("", "/submissions", f"/assessments/{submission.assessment_id}"):
        assert "<bdi>Company A</bdi>" in rival.get(f"/company{path}").text.replace('<bdi class="small">', "<bdi>"), path
    fields = {"question": "HRS-COM-01", "HRS-COM-01-value": "4", "HRS-COM-01-version": "1"}
    token = token_in(rival.get(section).text)
    saved = rival.post(f"/company/assessments/{submission.assessment_id}/answers", data=fields | {"csrf_token": token})
    assert saved.status_code == 200, saved.text
    assert ultimate_parent(companies(engine), world.owner.principal.organisation) == target


def companies(engine: Engine) -> dict[UUID, Organisation]:
    with db.reading(engine) as session:
        return {company.id: company for company in session.scalars(select(Organisation))}


def test_the_profile_of_the_company_taken_in_still_decides_what_its_assessments_ask(
    engine: Engine, world: World, target: UUID, owner: FlaskClient, rival: FlaskClient, catalogue: Catalogue
) -> None:
    with db.writing(engine) as session, session.begin():
        mine = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        without_migrants = PROFILE | {"PRO-11": 0, "PRO-16": "no", "PRO-18": 0}
        builders.make_assessment(session, world.rival, catalogue, at=NOON, profile=without_migrants, answers={})
    before = set(re.findall(r'id="(HRS-[A-Z]+-\d+)"', owner.get(f"/company/assessments/{mine.id}/check").text))

    merged(owner, rival)

    after = set(re.findall(r'id="(HRS-[A-Z]+-\d+)"', rival.get(f"/company/assessments/{mine.id}/check").text))
    assert before == after


def test_a_submission_taken_in_can_be_shared_anew(
    engine: Engine,
    world: World,
    target: UUID,
    owner: FlaskClient,
    rival: FlaskClient,
    submission: Submission,
    sign_in: Callable[[str], FlaskClient],
) -> None:
    merged(owner, rival)
    address = f"/company/submissions/{submission.id}"

    response = post(
        rival, f"{address}/shares", {"government": str(world.reviewer.principal.organisation)}, page=address
    )

    assert response.status_code == 302
    assert sign_in(world.reviewer.email).get(f"/government/submissions/{submission.id}").status_code == 200


def test_daughters_move_and_a_company_that_takes_its_parent_in_moves_up(
    engine: Engine, world: World, target: UUID, owner: FlaskClient, rival: FlaskClient
) -> None:
    taken = world.owner.principal.organisation
    with db.writing(engine) as session, session.begin():
        daughter, top = (
            builders.make_organisation(session, name, OrganisationKind.COMPANY, country="TH", at=NOON)
            for name in ("Daughter", "Top")
        )
    change(engine, daughter.id, parent_id=taken)
    change(engine, taken, parent_id=top.id)
    change(engine, target, parent_id=taken)

    merged(owner, rival)

    assert row(engine, daughter.id).parent_id == target
    assert row(engine, target).parent_id == top.id
    assert {ultimate_parent(companies(engine), one) for one in (taken, target, daughter.id)} == {top.id}


def test_what_a_company_had_taken_in_goes_along(
    engine: Engine, world: World, target: UUID, owner: FlaskClient, rival: FlaskClient
) -> None:
    taken = world.owner.principal.organisation
    with db.writing(engine) as session, session.begin():
        before = builders.make_organisation(session, "Before", OrganisationKind.COMPANY, country="TH", at=NOON)
    change(engine, before.id, merged_into_id=taken)

    merged(owner, rival)

    assert row(engine, before.id).merged_into_id == target


def test_two_companies_that_merged_count_once_and_under_the_registration_that_stays(
    engine: Engine,
    world: World,
    target: UUID,
    owner: FlaskClient,
    rival: FlaskClient,
    submission: Submission,
    catalogue: Catalogue,
) -> None:
    merged(owner, rival)

    with db.reading(engine) as session:
        (unit,) = read_units(session, catalogue, (SHORT_FORM,), snapshot_on=(NOON + timedelta(days=60)).date())

    assert (unit.company_id, unit.group, unit.verified) == (str(target), str(target), True)


def test_nothing_is_merged_into_or_out_of_a_company_that_is_gone(
    engine: Engine, world: World, target: UUID, owner: FlaskClient, rival: FlaskClient
) -> None:
    ask(owner)
    with db.reading(engine) as session:
        merger = session.scalars(select(Merger.id)).one()
    for company in (target, world.owner.principal.organisation):
        for values in ({"erased_at": NOON}, {"merged_into_id": world.reviewer.principal.organisation}):
            change(engine, company, **values)
            with db.writing(engine) as session, pytest.raises(mergers.Impossible):
                mergers.accept_merger(session, world.rival.principal, merger, at=NOON)
            change(engine, company, erased_at=None, merged_into_id=None)
    change(engine, world.owner.principal.organisation, erased_at=NOON)

    assert answer(rival, "accept").status_code == 409
    assert row(engine, world.owner.principal.organisation).merged_into_id is None


def test_two_companies_that_ask_each_other_end_as_one_and_not_as_a_circle(
    engine: Engine, world: World, target: UUID, owner: FlaskClient, rival: FlaskClient
) -> None:
    taken = world.owner.principal.organisation
    change(engine, taken, registration_number="TH-1", verified_at=NOON)
    ask(owner)
    ask(rival, "TH-1", "TH")

    assert answer(rival, "accept").status_code == 302

    assert (row(engine, taken).merged_into_id, row(engine, target).merged_into_id) == (target, None)
    with db.reading(engine) as session:
        still_open = select(Merger.id).where(Merger.accepted_at.is_(None), Merger.withdrawn_at.is_(None))
        assert session.scalars(still_open).all() == []


def test_only_the_side_whose_step_it_is_can_take_it(
    engine: Engine, world: World, target: UUID, owner: FlaskClient, rival: FlaskClient
) -> None:
    ask(owner)
    with db.reading(engine) as session:
        merger = str(session.scalars(select(Merger.id)).one())

    assert answer(owner, "accept", merger).status_code == 404
    assert answer(owner, "decline", merger).status_code == 404
    assert answer(rival, "withdraw", merger).status_code == 404
    assert answer(rival, "accept", UNKNOWN).status_code == 404
    assert answer(rival, "accept", merger).status_code == 302


def test_a_declined_or_withdrawn_request_changes_nothing_and_stays_so(
    engine: Engine, world: World, target: UUID, owner: FlaskClient, rival: FlaskClient
) -> None:
    for client, step in ((rival, "decline"), (owner, "withdraw")):
        ask(owner)
        with db.reading(engine) as session:
            merger = str(session.scalars(select(Merger.id).order_by(Merger.asked_at.desc())).first())
        assert answer(client, step, merger).status_code == 302
        assert answer(rival, "accept", merger).status_code == 404
    assert row(engine, world.owner.principal.organisation).merged_into_id is None


def test_one_request_at_a_time_and_one_event_for_each_step(
    engine: Engine, target: UUID, owner: FlaskClient, rival: FlaskClient
) -> None:
    def events() -> int:
        with db.reading(engine) as session:
            return session.scalar(select(func.count()).select_from(AuditEvent)) or 0

    before = events()
    assert ask(owner).status_code == 302
    assert events() == before + 1
    owner.get(MERGERS)
    page = owner.get("/company/organisation").text
    data = {"csrf_token": token_in(page), "country": "ID", "number": NUMBER, "understood": "yes"}
    assert owner.post(MERGERS, data=data).status_code == 409
    assert events() == before + 1
    assert answer(rival, "accept").status_code == 302
    assert events() == before + 2


def test_editors_and_signatories_do_not_merge_companies(
    world: World, target: UUID, sign_in: Callable[[str], FlaskClient]
) -> None:
    for person in (world.editor, world.signatory):
        assert sign_in(person.email).get(MERGERS).status_code == 403
