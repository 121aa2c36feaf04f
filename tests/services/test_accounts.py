"""Passwords and the count of failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.services import accounts
from portal.services.accounts import Credentials, SignInBlocked

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS = accounts.throttle_keys("a@b.example", "192.0.2.0/24")


def test_an_unknown_address_costs_as_much_as_a_known_one() -> None:
    """Same method, memory and rounds: otherwise the time of an answer would tell who has an account."""
    nobody, somebody = accounts._NOBODY, accounts.hash_password("a password of somebody")

    assert nobody.split("$")[:4] == somebody.split("$")[:4]
    assert not accounts.password_matches(Credentials(None, nobody), "anything")


@pytest.mark.parametrize(
    "typed", ["pässwort long enough", "pa\u0308sswort long enough"], ids=["composed", "decomposed"]
)
def test_the_same_letters_typed_on_two_keyboards_are_one_password(typed: str) -> None:
    stored = Credentials(accounts.UUID(int=1), accounts.hash_password("pässwort long enough"))

    assert accounts.password_matches(stored, typed)


def fail(session: Session, times: int, *, at: datetime = NOON) -> None:
    for _ in range(times):
        accounts.count_failure(session, KEYS, at=at)


def test_ten_failures_pass_and_the_eleventh_waits(session: Session) -> None:
    fail(session, 10)
    accounts.refuse_if_blocked(session, KEYS, at=NOON)

    fail(session, 1)

    with pytest.raises(SignInBlocked):
        accounts.refuse_if_blocked(session, KEYS, at=NOON)


def test_the_wait_grows_with_each_failure_up_to_an_hour(session: Session) -> None:
    waits = []
    fail(session, 10)
    for _ in range(12):
        fail(session, 1)
        with pytest.raises(SignInBlocked) as blocked:
            accounts.refuse_if_blocked(session, KEYS, at=NOON)
        waits.append(blocked.value.seconds)

    assert waits == sorted(waits)
    assert waits[0] < 60
    assert waits[-1] <= 3601


def test_a_wait_ends_and_is_forgotten_after_a_success(session: Session) -> None:
    fail(session, 11)
    accounts.refuse_if_blocked(session, KEYS, at=NOON + timedelta(hours=1))

    accounts.forget_failures(session, KEYS)

    accounts.refuse_if_blocked(session, KEYS[:1], at=NOON)


def test_no_address_stands_in_the_table(session: Session) -> None:
    assert "a@b.example" not in "".join(KEYS)
    assert accounts.throttle_keys(" A@B.example ", "192.0.2.0/24") == KEYS
