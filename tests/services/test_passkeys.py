"""Passkeys: a challenge serves once, for one purpose, one person and five minutes; a copied key is noticed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import AuditEvent, Authenticator, AuthenticatorKind, Ceremony, User
from portal.services import factors, passkeys
from portal.services.passkeys import Refused, Site, WentBack
from tests.builders import World
from tests.conftest import NOON
from tests.passkey_device import Device, text
from tests.services.test_factors import signed_in, with_token

SITE = Site(id="localhost", name="Portal", origin="http://localhost")
LATER = NOON + timedelta(minutes=4)


def enrolled(session: Session, principal: Principal, device: Device) -> Principal:
    options = passkeys.begin_adding(session, principal, SITE, at=NOON)
    return with_token(principal, passkeys.add(session, principal, SITE, device.create(options), name="key", at=NOON))


def test_a_passkey_is_added_and_proves_who_one_is(session: Session, world: World) -> None:
    device = Device()
    principal = enrolled(session, signed_in(session, world.owner), device)

    options = passkeys.begin(session, SITE, principal.actor, at=NOON)

    assert [one["id"] for one in json.loads(options)["allowCredentials"]] == [text(device.id)]
    assert json.loads(options)["userVerification"] == "required"
    assert passkeys.take(session, SITE, principal.actor, device.get(options), at=LATER) == principal.actor


def test_a_passkey_is_a_whole_sign_in(session: Session, world: World) -> None:
    device = Device()
    principal = enrolled(session, signed_in(session, world.owner), device)
    options = passkeys.begin(session, SITE, None, at=NOON)

    assert not json.loads(options).get("allowCredentials")
    assert passkeys.take(session, SITE, None, device.get(options), at=LATER) == principal.actor


def test_a_new_passkey_asks_for_verification_and_excludes_those_known(session: Session, world: World) -> None:
    device = Device()
    principal = enrolled(session, signed_in(session, world.owner), device)

    options = json.loads(passkeys.begin_adding(session, principal, SITE, at=NOON))

    assert [one["id"] for one in options["excludeCredentials"]] == [text(device.id)]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "preferred"
    assert options["attestation"] == "none"


def test_an_answer_serves_once(session: Session, world: World) -> None:
    device = Device(counts=False)
    principal = enrolled(session, signed_in(session, world.owner), device)
    answer = device.get(passkeys.begin(session, SITE, principal.actor, at=NOON))
    passkeys.take(session, SITE, principal.actor, answer, at=NOON)

    with pytest.raises(Refused):
        passkeys.take(session, SITE, principal.actor, answer, at=NOON)


def test_a_challenge_is_used_up_by_a_wrong_answer_too(session: Session, world: World) -> None:
    device = Device()
    principal = enrolled(session, signed_in(session, world.owner), device)
    options = passkeys.begin(session, SITE, principal.actor, at=NOON)

    with pytest.raises(Refused):
        passkeys.take(session, SITE, principal.actor, Device().get(options), at=NOON)
    with pytest.raises(Refused):
        passkeys.take(session, SITE, principal.actor, device.get(options), at=NOON)


def test_a_challenge_waits_five_minutes(session: Session, world: World) -> None:
    device = Device()
    principal = enrolled(session, signed_in(session, world.owner), device)
    answer = device.get(passkeys.begin(session, SITE, principal.actor, at=NOON))

    with pytest.raises(Refused):
        passkeys.take(session, SITE, principal.actor, answer, at=NOON + timedelta(minutes=5, seconds=1))

    passkeys.begin(session, SITE, principal.actor, at=NOON + timedelta(minutes=6))
    assert session.scalar(select(func.count()).select_from(Ceremony)) == 1, "old challenges are swept"


def test_a_challenge_is_bound_to_its_purpose_and_its_person(session: Session, world: World) -> None:
    device, other = Device(), Device()
    principal = enrolled(session, signed_in(session, world.owner), device)
    rival = enrolled(session, signed_in(session, world.rival), other)
    to_prove = passkeys.begin(session, SITE, principal.actor, at=NOON)
    to_sign_in = passkeys.begin(session, SITE, None, at=NOON)

    for asked, by, answer in (
        (None, device, to_prove),
        (rival.actor, other, to_prove),
        (principal.actor, device, to_sign_in),
    ):
        with pytest.raises(Refused):
            passkeys.take(session, SITE, asked, by.get(answer), at=NOON)
    with pytest.raises(Refused):
        passkeys.add(session, principal, SITE, Device().create(to_prove), name="", at=NOON)


def test_the_passkey_of_another_person_proves_nothing(session: Session, world: World) -> None:
    other = Device()
    principal = enrolled(session, signed_in(session, world.owner), Device())
    enrolled(session, signed_in(session, world.rival), other)

    with pytest.raises(Refused):
        options = passkeys.begin(session, SITE, principal.actor, at=NOON)
        passkeys.take(session, SITE, principal.actor, other.get(options), at=NOON)


@pytest.mark.parametrize(("origin", "host"), [("https://evil.example", "localhost"), ("http://localhost", "evil")])
def test_an_answer_for_another_site_is_refused(session: Session, world: World, origin: str, host: str) -> None:
    device = Device()
    principal = enrolled(session, signed_in(session, world.owner), device)
    device.origin, device.host = origin, host

    with pytest.raises(Refused):
        options = passkeys.begin(session, SITE, principal.actor, at=NOON)
        passkeys.take(session, SITE, principal.actor, device.get(options), at=NOON)


def test_a_device_that_did_not_verify_its_person_is_refused(session: Session, world: World) -> None:
    careless, device = Device(), Device()
    careless.verifies = False
    principal = signed_in(session, world.owner)
    with pytest.raises(Refused):
        enrolled(session, principal, careless)

    principal = enrolled(session, principal, device)
    device.verifies = False
    with pytest.raises(Refused):
        options = passkeys.begin(session, SITE, principal.actor, at=NOON)
        passkeys.take(session, SITE, principal.actor, device.get(options), at=NOON)


def test_a_count_that_goes_back_is_refused_and_recorded(session: Session, world: World) -> None:
    device = Device()
    enrolled(session, signed_in(session, world.owner), device)
    device.count = 7
    passkeys.take(session, SITE, None, device.get(passkeys.begin(session, SITE, None, at=NOON)), at=NOON)
    device.count = 5

    with pytest.raises(WentBack):
        passkeys.take(session, SITE, None, device.get(passkeys.begin(session, SITE, None, at=NOON)), at=NOON)

    last = select(AuditEvent.action).order_by(AuditEvent.sequence.desc())
    assert session.scalars(last).first() == "passkey.count_went_back"
    assert session.scalars(select(Authenticator.sign_count)).one() == 8


def test_a_passkey_that_never_counts_works_again_and_again(session: Session, world: World) -> None:
    device = Device(counts=False)
    enrolled(session, signed_in(session, world.owner), device)

    for _turn in range(3):
        passkeys.take(session, SITE, None, device.get(passkeys.begin(session, SITE, None, at=NOON)), at=NOON)


def test_the_same_passkey_is_not_added_twice(session: Session, world: World) -> None:
    device = Device()
    principal = enrolled(session, signed_in(session, world.owner), device)

    with pytest.raises(Refused):
        enrolled(session, principal, device)
    with pytest.raises(Refused):
        enrolled(session, signed_in(session, world.rival), device)


def test_a_disabled_person_does_not_sign_in_by_passkey(session: Session, world: World) -> None:
    device = Device()
    principal = enrolled(session, signed_in(session, world.owner), device)
    session.execute(update(User).where(User.id == principal.actor).values(disabled_at=NOON))

    with pytest.raises(Refused):
        passkeys.take(session, SITE, None, device.get(passkeys.begin(session, SITE, None, at=NOON)), at=NOON)


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", '"x"', "[" * 50_000, '{"response": {"clientDataJSON": "e30"}}', "x" * 20_000,
     '{"response": {"clientDataJSON": "€"}}', '{"response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiI!"}}'],
)  # fmt: skip
def test_what_is_no_answer_is_refused(session: Session, world: World, answer: str) -> None:
    with pytest.raises(Refused):
        passkeys.take(session, SITE, None, answer, at=NOON)


@pytest.mark.parametrize("broken", ["rawId", "id", "type", "signature", "authenticatorData"])
def test_an_answer_with_a_broken_part_is_refused(session: Session, world: World, broken: str) -> None:
    device = Device()
    enrolled(session, signed_in(session, world.owner), device)
    answer = json.loads(device.get(passkeys.begin(session, SITE, None, at=NOON)))
    (answer if broken in answer else answer["response"])[broken] = "AAAA"

    with pytest.raises(Refused):
        passkeys.take(session, SITE, None, json.dumps(answer), at=NOON)


def test_a_passkey_stands_among_the_factors(session: Session, world: World) -> None:
    principal = enrolled(session, signed_in(session, world.owner), Device())

    known = factors.authenticators_of(session, principal.actor)
    assert [(one.kind, one.name) for one in known] == [(AuthenticatorKind.PASSKEY, "key")]
