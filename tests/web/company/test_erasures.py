"""Asking for an erasure and approving it, on the pages of the company, of administrators and of one's own account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import Approval, Assessment, OrganisationKind, Role, Submission, User
from tests import builders
from tests.builders import Person, World, post
from tests.conftest import NOON

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def submission(engine: Engine, world: World, catalogue: Catalogue) -> Submission:
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        return builders.submit(session, world.owner, assessment, catalogue, at=NOON)


@pytest.fixture
def administrator(engine: Engine) -> Person:
    with db.writing(engine) as session, session.begin():
        house = builders.make_organisation(session, "The house", OrganisationKind.ADMINISTRATION, country="TH", at=NOON)
        return builders.make_person(session, house, Role.ADMINISTRATOR, at=NOON)


def asked(engine: Engine) -> Approval:
    with db.reading(engine) as session:
        return session.scalars(select(Approval)).one()


def test_an_administrator_approves_for_a_company_of_one_owner(
    engine: Engine, world: World, submission: Submission, administrator: Person, sign_in: SignIn
) -> None:
    owner = sign_in(world.owner.email)
    page = f"/company/submissions/{submission.id}/erasure"
    assert post(owner, page).status_code == 302
    request = asked(engine)

    own = post(owner, f"/company/erasures/{request.id}/approval", page="/company/erasures")
    again = post(owner, page)
    admin = sign_in(administrator.email)
    listed = admin.get("/admin/erasures")
    done = post(admin, f"/admin/erasures/{request.id}/approval", page="/admin/erasures")

    assert own.status_code == 422
    assert again.status_code == 409
    assert submission.reference in listed.text
    assert "Heat" not in listed.text, "administrators see no answers"
    assert done.status_code == 302
    assert asked(engine).approved_by_id == administrator.principal.actor


def test_a_company_types_its_name_to_be_erased(engine: Engine, world: World, sign_in: SignIn) -> None:
    owner = sign_in(world.owner.email)

    wrong = post(owner, "/company/erasures", {"name": "Company B"})
    right = post(owner, "/company/erasures", {"name": " company a "})
    back = post(owner, f"/company/erasures/{asked(engine).id}/withdrawal", page="/company/erasures")

    assert wrong.status_code == 422
    assert "Company B" in wrong.text
    assert right.status_code == back.status_code == 302
    assert asked(engine).withdrawn_at is not None


def test_nobody_decides_for_another_company(
    engine: Engine, world: World, submission: Submission, sign_in: SignIn
) -> None:
    post(sign_in(world.owner.email), f"/company/submissions/{submission.id}/erasure")
    rival = sign_in(world.rival.email)

    for act in ("approval", "withdrawal"):
        path = f"/company/erasures/{asked(engine).id}/{act}"
        assert post(rival, path, page="/company/erasures").status_code == 404
    assert rival.get(f"/company/submissions/{submission.id}/erasure").status_code == 404


def test_a_person_erases_the_own_account_and_is_signed_out(
    engine: Engine, world: World, sign_in: SignIn, app: Any
) -> None:
    editor = sign_in(world.editor.email)
    elsewhere = sign_in(world.editor.email)

    unsure = post(editor, "/account/erasure")
    done = post(editor, "/account/erasure", {"sure": "yes"})

    assert unsure.status_code == 422
    assert done.status_code == 302
    assert elsewhere.get("/company").status_code == 302, "signed out everywhere"
    with db.reading(engine) as session:
        assert session.get_one(User, world.editor.principal.actor).disabled_at is not None


def test_the_only_owner_hands_over_first(world: World, sign_in: SignIn) -> None:
    page = post(sign_in(world.owner.email), "/account/erasure", {"sure": "yes"}, page="/account/members")

    assert page.status_code == 409
    assert "Company A" in page.text


def test_an_owner_erases_a_draft_at_once_and_for_good(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    path = f"/company/assessments/{draft.id}"

    assert f'href="{path}/erasure"' in owner.get(path).text
    response = builders.post(owner, f"{path}/erasure")

    assert response.headers["Location"].endswith("/company/data")
    assert owner.get(path).status_code == 404
    with db.reading(engine) as session:
        assert len(builders.events(session, "assessment.deleted")) == 1


def test_what_was_submitted_is_no_draft(
    owner: FlaskClient, world: World, complete: Assessment, engine: Engine, catalogue: Catalogue
) -> None:
    with db.writing(engine) as session, session.begin():
        builders.submit(session, world.signatory, session.get_one(Assessment, complete.id), catalogue, at=NOON)
    path = f"/company/assessments/{complete.id}"

    builders.post(owner, f"{path}/erasure")

    assert "Withdraw or erase the submission from its page" in owner.get(path).text


def test_only_owners_erase_drafts(editor: FlaskClient, draft: Assessment) -> None:
    path = f"/company/assessments/{draft.id}"
    token = builders.token_in(editor.get(path).text)

    assert editor.post(f"{path}/erasure", data={"csrf_token": token}).status_code == 403
    assert "erasure" not in editor.get(path).text
