"""Secrets at rest: opened by their own keys, old ones included, and by nothing else."""

from __future__ import annotations

import base64

import pytest

from portal.sealing import Sealer, Unsealable

OLD, NEW = b"an old key that is long enough to be one", b"a new key that is long enough to be one"
TEXT = "ความลับ: https://portal.example/reset/x"


def test_what_is_sealed_is_opened_again_and_looks_different_each_time() -> None:
    sealer = Sealer([NEW])

    assert sealer.open(sealer.seal(TEXT)) == TEXT
    assert sealer.seal(TEXT) != sealer.seal(TEXT)
    assert "portal.example" not in sealer.seal(TEXT)


def test_after_a_change_of_keys_what_the_old_one_sealed_still_opens() -> None:
    sealed = Sealer([OLD]).seal(TEXT)

    assert Sealer([NEW, OLD]).open(sealed) == TEXT
    with pytest.raises(Unsealable):
        Sealer([NEW]).open(sealed)


@pytest.mark.parametrize("place", [0, 11, 12, 30, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealer = Sealer([NEW])
    raw = bytearray(base64.urlsafe_b64decode(sealer.seal(TEXT)))
    raw[place] ^= 1

    with pytest.raises(Unsealable):
        sealer.open(base64.urlsafe_b64encode(bytes(raw)).decode())


@pytest.mark.parametrize("text", ["", "x", "not base64 !", "gAAAAABk"])
def test_what_was_never_sealed_is_told(text: str) -> None:
    with pytest.raises(Unsealable):
        Sealer([NEW]).open(text)
