"""New passwords: long and not guessed first; everything else is up to the person."""

from __future__ import annotations

import time

import pytest

from portal.services.password_rules import Fault, common_passwords, fault_of

ABOUT = ("Due Diligence Portal", "malee.srisuk@siam-textiles.example", "Malee Srisuk", "Siam Textiles Co.")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "the quick brown fox",
        "ฉันชอบกินข้าวเหนียวมะม่วง",
        "أحب القهوة في الصباح الباكر",
        "🦊🐢🦉🐝🦔🐿️🦥🐙🦜🦭🐌🦩🦘🐊",
        "a" * 7 + "bcdefgh ijk" * 90,
        "        k9 w7 z5 m3",
        "n7$Kq2-vT9!xR4wz",
        "Malee likes mango with sticky rice",
    ],
)
def test_long_passwords_are_taken_in_every_script_and_of_every_kind(password: str) -> None:
    assert fault_of(password, ABOUT) is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("fourteen chars", Fault.SHORT),
        ("Tr0ub4dor&3", Fault.SHORT),
        ("x y" * 342, Fault.LONG),
        ("ก" * 400, Fault.LONG),
        ("nul in a long\0 password", Fault.UNREADABLE),
        ("passwordpassword", Fault.COMMON),
        ("PassWordPassWord", Fault.COMMON),
        ("password password pass", Fault.COMMON),
        ("password123456789", Fault.COMMON),
        ("!!!!2024dragon2024!!!!", Fault.COMMON),
        ("iloveyou-1234567890", Fault.COMMON),
        ("aaaaaaaaaaaaaaaaaaa", Fault.COMMON),
        ("abcabcabcabcabcabc", Fault.COMMON),
        ("123456789012345678", Fault.COMMON),
        ("abcdefghijklmnopqrst", Fault.COMMON),
        ("qwertyuiopasdfghjkl", Fault.COMMON),
        ("               ", Fault.COMMON),
        ("Due Diligence Portal", Fault.PERSONAL),
        ("duediligenceportal1", Fault.PERSONAL),
        ("malee.srisuk@siam-textiles.example", Fault.PERSONAL),
        ("MaleeSrisuk2026!", Fault.PERSONAL),
        ("siamtextiles123456", Fault.PERSONAL),
    ],
)
def test_what_is_guessed_first_is_refused_and_why_is_said(password: str, fault: Fault) -> None:
    assert fault_of(password, ABOUT) is fault


def test_every_listed_password_is_refused_however_it_is_padded() -> None:
    listed = sorted(common_passwords())

    assert len(listed) >= 10_000
    for word in listed[::97]:
        padded = word + "1" * max(0, 15 - len(word))
        repeated = word * (15 // len(word) + 1)
        assert fault_of(padded, ()) is Fault.COMMON, padded
        assert fault_of(repeated, ()) is Fault.COMMON, repeated


def test_fifteen_characters_are_counted_as_people_type_them() -> None:
    """An accent typed on its own key is no character of its own."""
    decomposed = "e\u0301l\u00e8ve " * 2

    assert len(decomposed) >= 14
    assert fault_of(decomposed[:15], ()) is Fault.SHORT


def test_a_very_long_password_is_judged_at_once() -> None:
    began = time.perf_counter()

    fault_of("1" * 512 + "2" * 512, ABOUT)
    fault_of("12" * 500 + "x", ABOUT)

    assert time.perf_counter() - began < 0.5
