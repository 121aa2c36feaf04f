"""Members of an organisation: roles, removal, leaving, handing over, and that one manager always stays."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.authz import Principal
from portal.models import Login, Membership, Organisation, Role
from portal.services import logins, members
from tests import builders
from tests.builders import Person, World
from tests.conftest import NOON

LIMITS = logins.SessionLimits(timedelta(hours=1), timedelta(hours=1), timedelta(hours=12))


def membership_of(session: Session, person: Person) -> Membership:
    return session.scalars(select(Membership).where(Membership.user_id == person.principal.actor)).one()


def second_owner(session: Session, world: World) -> Person:
    company = session.get_one(Organisation, world.owner.principal.organisation)
    return builders.make_person(session, company, Role.OWNER, at=NOON, email="second@company-a.example")


def test_a_manager_sees_the_members_of_the_own_organisation_and_no_others(session: Session, world: World) -> None:
    found = {member.email for member in members.list_members(session, world.owner.principal)}

    assert found == {world.owner.email, world.editor.email, world.signatory.email}
    with pytest.raises(LookupError):
        members.find_member(session, world.owner.principal, membership_of(session, world.rival).id)


def test_when_somebody_works_elsewhere_is_not_told(session: Session, world: World) -> None:
    company = session.get_one(Organisation, world.owner.principal.organisation)
    session.add(
        Membership(user_id=world.rival.principal.actor, organisation_id=company.id, role=Role.EDITOR, created_at=NOON)
    )
    session.flush()
    elsewhere = session.scalars(
        select(Membership.id).where(
            Membership.user_id == world.rival.principal.actor, Membership.organisation_id != company.id
        )
    ).one()
    logins.open_login(session, world.rival.principal.actor, at=NOON)
    session.execute(update(Login).where(Login.user_id == world.rival.principal.actor).values(membership_id=elsewhere))
    logins.open_login(session, world.editor.principal.actor, at=NOON)
    session.flush()

    seen = {member.email: member.last_seen for member in members.list_members(session, world.owner.principal)}

    assert (seen[world.rival.email], seen[world.editor.email]) == (None, NOON)


def test_a_new_role_ends_the_sign_ins_of_that_membership(session: Session, world: World) -> None:
    logins.open_login(session, world.editor.principal.actor, at=NOON)
    own = membership_of(session, world.editor)

    told = members.change_role(session, world.owner.principal, own.id, Role.SIGNATORY, seen="editor", at=NOON)

    session.expire_all()
    assert membership_of(session, world.editor).role is Role.SIGNATORY
    assert told.email == world.editor.email
    assert session.scalars(select(Login.ended_at).where(Login.user_id == world.editor.principal.actor)).all() == [NOON]
    (event,) = builders.events(session, "membership.role_changed")
    assert event.details == {"before": "editor", "after": "signatory"}


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR, Role.METHODOLOGY_EDITOR])
def test_a_company_gives_no_role_of_others(session: Session, world: World, role: Role) -> None:
    with pytest.raises(members.UnfittingRole):
        own = membership_of(session, world.editor).id
        members.change_role(session, world.owner.principal, own, role, seen="editor", at=NOON)


def test_what_changed_since_the_page_was_made_is_not_overwritten(session: Session, world: World) -> None:
    own = membership_of(session, world.editor).id
    with pytest.raises(members.ChangedMeanwhile):
        members.change_role(session, world.owner.principal, own, Role.OWNER, seen="contributor", at=NOON)
    with pytest.raises(members.ChangedMeanwhile):
        members.remove_member(session, world.owner.principal, own, seen="owner", at=NOON)


def test_the_last_owner_stays_owner(session: Session, world: World) -> None:
    own = membership_of(session, world.owner).id
    for act in (
        lambda: members.change_role(session, world.owner.principal, own, Role.EDITOR, seen="owner", at=NOON),
        lambda: members.remove_member(session, world.owner.principal, own, seen="owner", at=NOON),
        lambda: members.leave(session, world.owner.principal, own, at=NOON),
    ):
        with pytest.raises(members.LastManager):
            act()


def test_after_handing_over_the_other_manages(session: Session, world: World) -> None:
    members.hand_over(session, world.owner.principal, membership_of(session, world.editor).id, seen="editor", at=NOON)

    session.expire_all()
    assert membership_of(session, world.editor).role is Role.OWNER
    assert membership_of(session, world.owner).role is Role.EDITOR


def test_whoever_leaves_is_gone_at_once(session: Session, world: World) -> None:
    token = logins.open_login(session, world.editor.principal.actor, at=NOON)
    session.flush()

    members.leave(session, world.editor.principal, membership_of(session, world.editor).id, at=NOON)

    assert session.scalar(select(Membership.id).where(Membership.user_id == world.editor.principal.actor)) is None
    with pytest.raises(LookupError):
        logins.principal_of(session, token, LIMITS, at=NOON)


def test_nobody_leaves_for_somebody_else(session: Session, world: World) -> None:
    for foreign in (membership_of(session, world.rival).id, membership_of(session, world.editor).id, uuid4()):
        with pytest.raises(LookupError):
            members.leave(session, world.owner.principal, foreign, at=NOON)


def test_two_owners_who_remove_each_other_at_once_leave_one(engine: Engine, world: World) -> None:
    with db.writing(engine) as session, session.begin():
        other = second_owner(session, world)
    both = (world.owner, other)
    with db.reading(engine) as session:
        ids = {person.email: membership_of(session, person).id for person in both}
    barrier = threading.Barrier(2)
    refused: list[str] = []

    def remove(person: Person, target: Person) -> None:
        with db.writing(engine) as session:
            barrier.wait()
            try:
                with session.begin():
                    members.remove_member(session, person.principal, ids[target.email], seen="owner", at=NOON)
            except (members.LastManager, LookupError) as error:
                refused.append(type(error).__name__)

    threads = [threading.Thread(target=remove, args=pair) for pair in (both, both[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == ["LastManager"]
    with db.reading(engine) as session:
        left = select(Membership.id).where(Membership.role == Role.OWNER, Membership.id.in_(ids.values()))
        assert len(session.scalars(left).all()) == 1


def test_of_two_owners_who_leave_at_once_one_stays(engine: Engine, world: World) -> None:
    with db.writing(engine) as session, session.begin():
        other = second_owner(session, world)
    barrier = threading.Barrier(2)
    stayed: list[bool] = []

    def leave(principal: Principal) -> None:
        with db.writing(engine) as session:
            barrier.wait()
            try:
                with session.begin():
                    own = session.scalars(select(Membership.id).where(Membership.user_id == principal.user_id)).one()
                    members.leave(session, principal, own, at=NOON)
                stayed.append(False)
            except members.LastManager:
                stayed.append(True)

    threads = [threading.Thread(target=leave, args=(person.principal,)) for person in (world.owner, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(stayed) == [False, True]
