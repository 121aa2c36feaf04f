"""Recovery codes: ten, each once, however they are typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import AuditEvent, RecoveryCode
from portal.services import recovery
from tests.builders import World
from tests.conftest import NOON
from tests.services.test_factors import add_app, signed_in

LATER = NOON + timedelta(days=1)


def test_ten_different_codes_of_120_bits_are_stored_hashed(session: Session, world: World) -> None:
    _secret, principal = add_app(session, signed_in(session, world.owner))
    before = session.scalar(select(func.count()).select_from(AuditEvent)) or 0

    codes = recovery.make_codes(session, principal, at=NOON)

    assert len(set(codes)) == 10
    assert all(len(recovery.letters_of(code)) * 5 == 120 for code in codes)
    stored = set(session.scalars(select(RecoveryCode.code_hash)))
    assert len(stored) == 10
    assert not any(code in hashed or recovery.letters_of(code) in hashed for code in codes for hashed in stored)
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == before + 1


def test_a_code_works_once(session: Session, world: World) -> None:
    _secret, principal = add_app(session, signed_in(session, world.owner))
    code = recovery.make_codes(session, principal, at=NOON)[3]

    assert recovery.take_code(session, principal.actor, code, at=LATER)
    assert not recovery.take_code(session, principal.actor, code, at=LATER)
    assert not recovery.take_code(session, principal.actor, code.upper().replace("-", " "), at=LATER)
    assert recovery.codes_left(session, principal.actor) == 9


def test_a_code_is_read_as_people_copy_it_from_paper(session: Session, world: World) -> None:
    _secret, principal = add_app(session, signed_in(session, world.owner))
    codes = recovery.make_codes(session, principal, at=NOON)
    misread = str.maketrans("01", "Ol")
    thai = {ord(str(digit)): chr(0x0E50 + digit) for digit in range(10)}
    typed = (
        codes[0].upper(),
        codes[1].replace("-", ""),
        codes[2].replace("-", " – "),
        codes[3].translate(misread),
        codes[4].translate(thai),
    )

    assert all(recovery.take_code(session, principal.actor, one, at=LATER) for one in typed)


def test_codes_of_another_person_and_earlier_codes_do_not_work(session: Session, world: World) -> None:
    _secret, principal = add_app(session, signed_in(session, world.owner))
    _secret, rival = add_app(session, signed_in(session, world.rival))
    old = recovery.make_codes(session, principal, at=NOON)
    new = recovery.make_codes(session, principal, at=LATER)

    assert not recovery.take_code(session, principal.actor, old[0], at=LATER)
    assert not recovery.take_code(session, rival.actor, new[0], at=LATER)
    assert recovery.take_code(session, principal.actor, new[0], at=LATER)


@pytest.mark.parametrize("typed", ["", "-", "abcd-efgh", "0" * 17, "0" * 5000, "ab\u0000cd"])
def test_what_is_no_recovery_code_is_refused(session: Session, world: World, typed: str) -> None:
    assert not recovery.take_code(session, world.owner.principal.actor, typed, at=NOON)


def test_without_a_factor_there_is_nothing_to_recover(session: Session, world: World) -> None:
    with pytest.raises(recovery.NoFactor):
        recovery.make_codes(session, signed_in(session, world.owner), at=NOON)
