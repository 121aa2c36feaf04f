"""Passwords: stored so that both keyboards match, checked at one price for everybody."""

from __future__ import annotations

from uuid import UUID

import pytest

from portal.services import passwords
from portal.services.passwords import Credentials


def test_an_unknown_address_costs_as_much_as_a_known_one() -> None:
    """Same method, memory and rounds: otherwise the time of an answer would tell who has an account."""
    nobody, somebody = passwords._NOBODY, passwords.hash_password("a password of somebody")

    assert nobody.split("$")[:4] == somebody.split("$")[:4]
    assert not passwords.password_matches(Credentials(None, nobody), "anything")


@pytest.mark.parametrize(
    "typed", ["pässwort long enough", "pa\u0308sswort long enough"], ids=["composed", "decomposed"]
)
def test_the_same_letters_typed_on_two_keyboards_are_one_password(typed: str) -> None:
    stored = Credentials(UUID(int=1), passwords.hash_password("pässwort long enough"))

    assert passwords.password_matches(stored, typed)
