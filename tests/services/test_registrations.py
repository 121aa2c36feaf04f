"""Registrations: what waits behind a link, and links that open nothing."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.models import LinkToken, Membership, Organisation, Role, User
from portal.sealing import Sealer
from portal.services import registrations
from portal.services.registrations import Company, Registration
from tests import builders
from tests.builders import World
from tests.conftest import NOON

SEALER = Sealer([b"0123456789abcdef0123456789abcdef"])
TYPED = Registration(Company("Mae Klong Foods", "แม่กลองฟู้ดส์", "TH", "0105561234567"), "Malee S.", "malee@new.example")


def begun(session: Session, typed: Registration = TYPED) -> str:
    return registrations.begin(session, SEALER, typed, at=NOON)[0]


def test_what_was_typed_waits_where_nobody_reads_it(session: Session) -> None:
    token = begun(session)

    stored = session.scalars(select(LinkToken)).one()

    assert token not in (stored.id, stored.sealed)
    assert "Mae Klong" not in stored.sealed
    assert registrations.find(session, SEALER, token, at=NOON) == TYPED


def test_confirming_makes_person_company_and_owner_in_one_event(session: Session) -> None:
    user_id, membership_id = registrations.confirm(session, begun(session), TYPED, password_hash="hash", at=NOON)

    membership = session.get_one(Membership, membership_id)
    company = session.get_one(Organisation, membership.organisation_id)
    assert (membership.user_id, membership.role, company.verified_at) == (user_id, Role.OWNER, None)
    assert len(builders.events(session, "organisation.registered")) == 1


@pytest.mark.parametrize("end", ["used", "old", "unknown", "known address"])
def test_a_dead_link_opens_nothing_whyever_it_is_dead(session: Session, world: World, end: str) -> None:
    typed = replace(TYPED, email=world.rival.email) if end == "known address" else TYPED
    token, when = begun(session, typed), NOON
    match end:
        case "used":
            registrations.confirm(session, token, typed, password_hash="hash", at=NOON)
        case "old":
            when = NOON + registrations.LASTS
        case "unknown":
            token = "something else"

    with pytest.raises(LookupError, match="no such registration"):
        registrations.find(session, SEALER, token, at=when)


def test_an_address_that_is_about_to_be_erased_opens_no_second_account(session: Session, world: World) -> None:
    gone = world.editor
    session.execute(update(User).where(User.id == gone.principal.actor).values(disabled_at=NOON))
    typed = replace(TYPED, email=gone.email)
    token = begun(session, typed)

    with pytest.raises(LookupError):
        registrations.confirm(session, token, typed, password_hash="hash", at=NOON)


def test_two_links_of_one_address_opened_at_once_make_one_account(engine: Engine) -> None:
    with db.writing(engine) as session, session.begin():
        tokens = [begun(session), begun(session)]
    barrier = threading.Barrier(2)
    done: list[bool] = []

    def confirm(token: str) -> None:
        with db.writing(engine) as session:
            barrier.wait()
            try:
                with session.begin():
                    registrations.confirm(session, token, TYPED, password_hash="hash", at=NOON)
                done.append(True)
            except LookupError:
                done.append(False)

    threads = [threading.Thread(target=confirm, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [False, True]
    with db.reading(engine) as session:
        counted = [
            session.scalar(select(func.count()).select_from(model)) for model in (User, Organisation, Membership)
        ]
    assert counted == [1, 1, 1]


def test_a_link_lasts_two_days() -> None:
    assert timedelta(hours=48) == registrations.LASTS
