"""All factors are lost: two people are needed, of the right organisations, and then everything of the old is gone."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import Approval, AuditEvent, Membership, OrganisationKind, Role
from portal.services import factor_resets, factors, recovery
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.services.test_factors import add_app, open_logins, signed_in

LATER = NOON + timedelta(days=2)


@pytest.fixture
def administrator(session: Session) -> Principal:
    portal = builders.make_organisation(session, "Portal", OrganisationKind.ADMINISTRATION, country="", at=NOON)
    return builders.make_person(session, portal, Role.ADMINISTRATOR, at=NOON).principal


@pytest.fixture
def second_owner(session: Session, world: World) -> Principal:
    """Another manager of the company of the editor."""
    editor = session.scalars(select(Membership).where(Membership.user_id == world.signatory.principal.user_id)).one()
    editor.role = Role.OWNER
    session.flush()
    return dataclasses.replace(world.signatory.principal, role=Role.OWNER)


def member(session: Session, principal: Principal) -> Membership:
    own = Membership.organisation_id == principal.organisation_id
    return session.scalars(select(Membership).where(Membership.user_id == principal.user_id, own)).one()


def lost(session: Session, world: World) -> Principal:
    """The editor, with an app and recovery codes that nobody has any more."""
    _secret, editor = add_app(session, signed_in(session, world.editor))
    recovery.make_codes(session, editor, at=NOON)
    return editor


def ask(session: Session, world: World) -> Approval:
    factor_resets.ask(session, world.owner.principal, member(session, world.editor.principal).id, at=NOON)
    return session.scalars(select(Approval)).one()


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_a_second_manager_approves_and_everything_of_the_old_is_gone(
    session: Session, world: World, second_owner: Principal
) -> None:
    editor = lost(session, world)
    before = events(session)
    approval = ask(session, world)
    assert events(session) == before + 1
    assert factors.authenticators_of(session, editor.actor), "asking changes nothing"

    address = factor_resets.approve(session, second_owner, approval.id, at=LATER)

    assert address == world.editor.email
    assert factors.authenticators_of(session, editor.actor) == []
    assert recovery.codes_left(session, editor.actor) == 0
    assert open_logins(session, editor) == []
    assert events(session) == before + 2
    assert factor_resets.open_requests(session, second_owner, at=LATER) == []
    with pytest.raises(LookupError):
        factor_resets.approve(session, second_owner, approval.id, at=LATER)


def test_an_administrator_approves_for_a_company_with_one_manager(
    session: Session, world: World, administrator: Principal
) -> None:
    editor = lost(session, world)
    approval = ask(session, world)

    lines = factor_resets.open_requests(session, administrator, at=LATER)
    assert [(line.person, line.works_elsewhere) for line in lines] == [(world.editor.principal.name, False)]
    factor_resets.approve(session, administrator, approval.id, at=LATER)

    assert factors.authenticators_of(session, editor.actor) == []


def test_nobody_asks_or_approves_alone_or_for_themselves(
    session: Session, world: World, second_owner: Principal
) -> None:
    lost(session, world)
    approval = ask(session, world)

    with pytest.raises(factor_resets.SamePerson):
        factor_resets.approve(session, world.owner.principal, approval.id, at=LATER)
    with pytest.raises(factor_resets.OwnFactors):
        factor_resets.approve(session, world.editor.principal, approval.id, at=LATER)
    with pytest.raises(factor_resets.OwnFactors):
        factor_resets.ask(session, second_owner, member(session, second_owner).id, at=LATER)
    assert factors.authenticators_of(session, world.editor.principal.actor)


def test_who_works_elsewhere_too_needs_an_administrator(
    session: Session, world: World, second_owner: Principal, administrator: Principal
) -> None:
    """Otherwise two people of one company could open an official's account."""
    editor = lost(session, world)
    government = world.reviewer.principal.organisation
    session.add(Membership(user_id=editor.actor, organisation_id=government, role=Role.REVIEWER, created_at=NOON))
    session.flush()
    approval = ask(session, world)

    with pytest.raises(factor_resets.NeedsAdministrator):
        factor_resets.approve(session, second_owner, approval.id, at=LATER)
    assert factor_resets.open_requests(session, second_owner, at=LATER)[0].works_elsewhere

    factor_resets.approve(session, administrator, approval.id, at=LATER)
    assert factors.authenticators_of(session, editor.actor) == []


def test_other_organisations_see_and_decide_nothing(session: Session, world: World) -> None:
    lost(session, world)
    approval = ask(session, world)

    for stranger in (world.rival.principal, world.reviewer.principal):
        assert factor_resets.open_requests(session, stranger, at=LATER) == []
        with pytest.raises(LookupError):
            factor_resets.approve(session, stranger, approval.id, at=LATER)
        with pytest.raises(LookupError):
            factor_resets.withdraw(session, stranger, approval.id, at=LATER)
        with pytest.raises(LookupError):
            factor_resets.ask(session, stranger, member(session, world.editor.principal).id, at=LATER)


def test_a_request_runs_out_is_taken_back_and_is_asked_once(
    session: Session, world: World, second_owner: Principal
) -> None:
    lost(session, world)
    approval = ask(session, world)
    with pytest.raises(factor_resets.AskedAlready):
        ask(session, world)
    with pytest.raises(LookupError):
        factor_resets.approve(session, second_owner, approval.id, at=NOON + timedelta(days=7))

    factor_resets.withdraw(session, second_owner, approval.id, at=LATER)
    with pytest.raises(LookupError):
        factor_resets.approve(session, second_owner, approval.id, at=LATER)


def test_a_request_about_somebody_who_left_is_void(session: Session, world: World, second_owner: Principal) -> None:
    lost(session, world)
    approval = ask(session, world)
    session.delete(member(session, world.editor.principal))
    session.flush()

    with pytest.raises(LookupError):
        factor_resets.approve(session, second_owner, approval.id, at=LATER)


def test_without_a_factor_there_is_nothing_to_ask_for(session: Session, world: World) -> None:
    with pytest.raises(factor_resets.NothingToReset):
        ask(session, world)
