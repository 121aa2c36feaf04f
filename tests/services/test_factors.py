"""Authenticator apps: a code works once, however it is typed, and every change of factors ends other sign-ins."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.authz import Principal
from portal.models import AuditEvent, Authenticator, Login, Membership, Role, User
from portal.sealing import Sealer
from portal.services import factors, logins, recovery
from tests.builders import Person, World
from tests.conftest import NOON

SEALER = Sealer([b"a secret that is long enough to derive keys from"])
LATER = NOON + timedelta(minutes=3)


def signed_in(session: Session, person: Person, *, at: datetime = NOON) -> Principal:
    """The person with a sign-in of theirs, as the guard knows them."""
    token = logins.open_login(session, person.principal.actor, at=at)
    return dataclasses.replace(person.principal, login_id=logins._key(token))


def with_token(principal: Principal, token: str) -> Principal:
    return dataclasses.replace(principal, login_id=logins._key(token))


def add_app(session: Session, principal: Principal, *, at: datetime = NOON) -> tuple[str, Principal]:
    """Add an app and return its secret, and the person with the renewed sign-in."""
    offer = factors.offer_app(SEALER, principal, at=at)
    code = pyotp.TOTP(offer.secret).at(at)
    token = factors.add_app(session, SEALER, principal, offer, code, name="phone", at=at, shown_at=at)
    return offer.secret, with_token(principal, token)


def take(session: Session, principal: Principal, code: str, *, at: datetime) -> bool:
    return factors.take_code(session, SEALER, principal.actor, code, at=at, shown_at=at)


def open_logins(session: Session, principal: Principal) -> list[str]:
    found = select(Login.id).where(Login.user_id == principal.actor, Login.ended_at.is_(None))
    return list(session.scalars(found))


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_the_secret_has_160_bits_and_is_sealed_at_rest(session: Session, world: World) -> None:
    secret, _principal = add_app(session, signed_in(session, world.owner))

    stored = session.scalars(select(Authenticator.sealed_secret)).one()
    assert len(secret) * 5 == 160
    assert secret not in stored
    assert SEALER.open(stored) == secret


def test_a_code_works_once_and_not_again_with_blanks_or_other_digits(session: Session, world: World) -> None:
    secret, principal = add_app(session, signed_in(session, world.owner))
    code = pyotp.TOTP(secret).at(LATER)

    assert take(session, principal, code, at=LATER)

    thai = code.translate({ord(str(digit)): chr(0x0E50 + digit) for digit in range(10)})
    wide = code.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    for again in (code, f" {code[:3]} {code[3:]} ", f"{code[:3]}-{code[3:]}", thai, wide):
        assert factors.digits_of(again) == code
        assert not take(session, principal, again, at=LATER)


def test_of_four_who_send_the_same_code_at_once_one_gets_in(engine: Engine, world: World) -> None:
    with db.writing(engine) as session, session.begin():
        secret, principal = add_app(session, signed_in(session, world.owner))
        recovery_code = recovery.make_codes(session, principal, at=NOON)[0]
    code = pyotp.TOTP(secret).at(LATER)

    def by_app(_turn: int) -> bool:
        with db.writing(engine) as session, session.begin():
            return take(session, principal, code, at=LATER)

    def by_recovery_code(_turn: int) -> bool:
        with db.writing(engine) as session, session.begin():
            return recovery.take_code(session, principal.actor, recovery_code, at=LATER)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(by_app, range(4))) == [False, False, False, True]
        assert sorted(pool.map(by_recovery_code, range(4))) == [False, False, False, True]


@pytest.mark.parametrize("zero", [0x0030, 0x0660, 0x06F0, 0x0E50, 0x0966, 0x17E0, 0xFF10])
def test_a_code_may_be_typed_in_the_digits_of_any_script(session: Session, world: World, zero: int) -> None:
    secret, principal = add_app(session, signed_in(session, world.owner))
    typed = pyotp.TOTP(secret).at(LATER).translate({ord(str(digit)): chr(zero + digit) for digit in range(10)})

    assert take(session, principal, f"{typed[:3]}\u00a0{typed[3:]}\u200f", at=LATER)


def test_the_code_that_confirmed_the_app_does_not_sign_in_too(session: Session, world: World) -> None:
    secret, principal = add_app(session, signed_in(session, world.owner))

    assert not take(session, principal, pyotp.TOTP(secret).at(NOON), at=NOON + timedelta(seconds=10))


def test_codes_of_the_neighbouring_steps_are_taken_and_no_others(session: Session, world: World) -> None:
    secret, principal = add_app(session, signed_in(session, world.owner))
    totp = pyotp.TOTP(secret)

    assert not take(session, principal, totp.at(LATER - timedelta(seconds=60)), at=LATER)
    assert not take(session, principal, totp.at(LATER + timedelta(seconds=60)), at=LATER)
    assert take(session, principal, totp.at(LATER - timedelta(seconds=30)), at=LATER)
    assert take(session, principal, totp.at(LATER + timedelta(seconds=30)), at=LATER)
    assert not take(session, principal, totp.at(LATER), at=LATER), "older than one that was taken"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12x456", "½23456", "1" * 5000])
def test_what_is_no_code_of_six_digits_is_refused(session: Session, world: World, typed: str) -> None:
    _secret, principal = add_app(session, signed_in(session, world.owner))

    assert not take(session, principal, typed, at=LATER)


def test_a_wrong_first_code_stores_nothing(session: Session, world: World) -> None:
    principal = signed_in(session, world.owner)
    offer = factors.offer_app(SEALER, principal, at=NOON)
    wrong = f"{(int(pyotp.TOTP(offer.secret).at(NOON)) + 1) % 1_000_000:06}"

    with pytest.raises(factors.WrongCode):
        factors.add_app(session, SEALER, principal, offer, wrong, name="", at=NOON, shown_at=NOON)

    assert factors.authenticators_of(session, principal.actor) == []


def test_an_offer_serves_its_person_for_half_an_hour_and_its_secret_once(session: Session, world: World) -> None:
    principal = signed_in(session, world.owner)
    offer = factors.offer_app(SEALER, principal, at=NOON)

    with pytest.raises(factors.StaleOffer):
        factors.open_offer(SEALER, world.rival.principal, offer.sealed, at=NOON)
    with pytest.raises(factors.StaleOffer):
        factors.open_offer(SEALER, principal, offer.sealed, at=NOON + timedelta(minutes=31))
    with pytest.raises(factors.StaleOffer):
        factors.open_offer(SEALER, principal, "made up", at=NOON)
    assert factors.open_offer(SEALER, principal, offer.sealed, at=LATER) == offer

    code = pyotp.TOTP(offer.secret).at(NOON)
    token = factors.add_app(session, SEALER, principal, offer, code, name="", at=NOON, shown_at=NOON)
    code = pyotp.TOTP(offer.secret).at(LATER)
    with pytest.raises(factors.WrongCode):
        factors.add_app(session, SEALER, with_token(principal, token), offer, code, name="", at=LATER, shown_at=LATER)


def test_adding_and_removing_a_factor_ends_other_sign_ins_and_renews_this_one(session: Session, world: World) -> None:
    elsewhere, principal = signed_in(session, world.owner), signed_in(session, world.owner)
    before = events(session)

    _secret, renewed = add_app(session, principal)

    assert open_logins(session, principal) == [renewed.login_id]
    assert {elsewhere.login_id, principal.login_id}.isdisjoint(open_logins(session, principal))
    assert session.get_one(Login, renewed.login_id).mfa_at == NOON
    assert events(session) == before + 1

    signed_in(session, world.owner, at=LATER)
    only = factors.authenticators_of(session, principal.actor)[0]
    recovery.first_codes(session, renewed, at=LATER)
    before = events(session)
    token = factors.remove(session, renewed, only.id, at=LATER)

    assert open_logins(session, principal) == [logins._key(token)] != [renewed.login_id]
    assert factors.authenticators_of(session, principal.actor) == []
    assert recovery.codes_left(session, principal.actor) == 0
    assert events(session) == before + 1


def test_the_last_factor_stays_while_any_role_demands_one(session: Session, world: World) -> None:
    _secret, principal = add_app(session, signed_in(session, world.owner))
    only = factors.authenticators_of(session, principal.actor)[0].id
    session.add(
        Membership(
            user_id=principal.actor,
            organisation_id=world.reviewer.principal.organisation,
            role=Role.REVIEWER,
            created_at=NOON,
        )
    )
    session.flush()

    with pytest.raises(factors.LastFactor):
        factors.remove(session, principal, only, at=LATER)

    _secret, principal = add_app(session, principal, at=LATER)
    factors.remove(session, principal, only, at=LATER)
    assert len(factors.authenticators_of(session, principal.actor)) == 1


def test_factors_of_other_people_do_not_exist(session: Session, world: World) -> None:
    add_app(session, signed_in(session, world.owner))
    foreign = factors.authenticators_of(session, world.owner.principal.actor)[0].id
    rival = signed_in(session, world.rival)

    with pytest.raises(LookupError):
        factors.remove(session, rival, foreign, at=NOON)
    with pytest.raises(LookupError):
        factors.rename(session, rival, foreign, "mine", at=NOON)


def test_a_sample_account_and_a_sign_in_by_a_provider_change_no_factors(session: Session, world: World) -> None:
    """A provider of one organisation could otherwise add a passkey that opens all the others."""
    sample = dataclasses.replace(signed_in(session, world.owner), is_demonstration=True)
    vouched = dataclasses.replace(signed_in(session, world.editor), provider_id=world.owner.principal.organisation)

    for principal in (sample, vouched):
        with pytest.raises(factors.NotHere):
            add_app(session, principal)
        with pytest.raises(factors.NotHere):
            recovery.make_codes(session, principal, at=NOON)


def test_there_is_room_for_ten_factors(session: Session, world: World) -> None:
    principal = signed_in(session, world.owner)
    for _turn in range(factors.MOST_FACTORS):
        _secret, principal = add_app(session, principal)

    with pytest.raises(factors.TooMany):
        add_app(session, principal)


def test_a_proof_renews_the_sign_in_and_only_a_factor_counts_as_one(session: Session, world: World) -> None:
    principal = signed_in(session, world.owner)

    by_password = with_token(principal, factors.proved(session, principal, factors.PASSWORD, at=LATER))
    row = session.get_one(Login, by_password.login_id)
    assert (row.proved_at, row.mfa_at) == (LATER, None)

    by_app = with_token(principal, factors.proved(session, by_password, factors.APP, at=LATER))
    assert session.get_one(Login, by_app.login_id, populate_existing=True).mfa_at == LATER
    assert open_logins(session, principal) == [by_app.login_id]


def test_an_ended_sign_in_proves_nothing_any_more(session: Session, world: World) -> None:
    principal = signed_in(session, world.owner)
    session.execute(update(Login).values(ended_at=NOON))

    with pytest.raises(LookupError):
        factors.proved(session, principal, factors.APP, at=LATER)


def test_a_lost_sealing_key_makes_codes_wrong_and_breaks_no_page(session: Session, world: World) -> None:
    secret, principal = add_app(session, signed_in(session, world.owner))
    other = Sealer([b"another secret that is long enough, made later"])

    code = pyotp.TOTP(secret).at(LATER)
    assert not factors.take_code(session, other, principal.actor, code, at=LATER, shown_at=LATER)
    assert factors.address_of(session, principal.actor) == session.get_one(User, principal.actor).email
