"""Invitations: bound to an address and a role, for seven days, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Invitation, Membership, Role, User
from portal.services import invitations, members
from tests import builders
from tests.builders import World
from tests.conftest import NOON

WEEK = timedelta(days=7)


def invited(session: Session, world: World, email: str = "new@elsewhere.example") -> invitations.Sent:
    return invitations.invite(session, world.owner.principal, email, Role.EDITOR, at=NOON)


def test_the_token_stands_nowhere_in_the_database(session: Session, world: World) -> None:
    sent = invited(session, world)

    stored = session.scalars(select(Invitation)).one()

    assert sent.token not in (stored.token_hash, str(stored.id))
    assert len(stored.token_hash) == 64


def test_a_new_person_joins_with_the_role_offered(session: Session, world: World) -> None:
    offer = invitations.find_offer(session, invited(session, world, "New@Elsewhere.example").token, at=NOON)

    user_id = invitations.accept_as_new(session, offer, name="New Person", password_hash="hash", at=NOON)

    assert session.get_one(User, user_id).email == "new@elsewhere.example"
    membership = session.scalars(select(Membership).where(Membership.user_id == user_id)).one()
    assert (membership.role, membership.organisation_id) == (Role.EDITOR, world.owner.principal.organisation)
    assert len(builders.events(session, "invitation.accepted")) == 1


def test_only_the_invited_address_accepts(session: Session, world: World) -> None:
    offer = invitations.find_offer(session, invited(session, world, world.rival.email).token, at=NOON)

    with pytest.raises(invitations.OtherAddress):
        invitations.accept(session, offer, world.reviewer.principal.actor, at=NOON)
    invitations.accept(session, offer, world.rival.principal.actor, at=NOON)

    found = {member.email for member in members.list_members(session, world.owner.principal)}
    assert world.rival.email in found


@pytest.mark.parametrize("end", ["used", "withdrawn", "old", "sent again", "unknown"])
def test_a_dead_link_opens_nothing_whyever_it_is_dead(session: Session, world: World, end: str) -> None:
    sent = invited(session, world)
    when, token = NOON, sent.token
    stored = session.scalars(select(Invitation)).one()
    match end:
        case "used":
            offer = invitations.find_offer(session, token, at=NOON)
            invitations.accept_as_new(session, offer, name="New", password_hash="hash", at=NOON)
        case "withdrawn":
            invitations.withdraw(session, world.owner.principal, stored.id, at=NOON)
        case "old":
            when = NOON + WEEK
        case "sent again":
            invitations.send_again(session, world.owner.principal, stored.id, at=NOON)
        case _:
            token = "something else"

    with pytest.raises(LookupError, match="no such invitation"):
        invitations.find_offer(session, token, at=when)


def test_an_offer_is_accepted_once(session: Session, world: World) -> None:
    offer = invitations.find_offer(session, invited(session, world, world.rival.email).token, at=NOON)
    invitations.accept(session, offer, world.rival.principal.actor, at=NOON)

    with pytest.raises(LookupError):
        invitations.accept(session, offer, world.rival.principal.actor, at=NOON)


def test_another_organisation_touches_no_invitation(session: Session, world: World) -> None:
    invited(session, world)
    stored = session.scalars(select(Invitation)).one()

    for person in (world.rival, world.reviewer):
        assert invitations.open_invitations(session, person.principal, at=NOON) == []
        with pytest.raises(LookupError):
            invitations.withdraw(session, person.principal, stored.id, at=NOON)


def test_a_member_who_is_invited_keeps_the_role(session: Session, world: World) -> None:
    sent = invitations.invite(session, world.owner.principal, world.signatory.email, Role.EDITOR, at=NOON)
    offer = invitations.find_offer(session, sent.token, at=NOON)

    invitations.accept(session, offer, world.signatory.principal.actor, at=NOON)

    roles = session.scalars(select(Membership.role).where(Membership.user_id == world.signatory.principal.actor)).all()
    assert roles == [Role.SIGNATORY]
