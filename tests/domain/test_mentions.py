"""Whose name stands behind an @, in any script."""

from __future__ import annotations

import pytest

from portal.domain.mentions import mentioned, without_name

NAMES = ("Ann", "Ann Lee", "Farida Y.", "นิดา", "شیریں علی", "José")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Ann, please look", {"Ann"}),
        ("@Ann Lee and not the other", {"Ann Lee"}),
        ("@ann  LEE: case and blanks", {"Ann Lee"}),
        ("@Anna is somebody else", set()),
        ("Ann without the sign", set()),
        ("mail ann@Annex.example", set()),
        ("@Farida Y. wrote, @Ann Lee answered", {"Farida Y.", "Ann Lee"}),
        ("ถาม@นิดาก่อนส่ง", {"นิดา"}),
        ("@\u2067شیریں علی\u2069 سے پوچھیں", {"شیریں علی"}),
        ("\uff20Ann in full width", {"Ann"}),
        ("@Jose\u0301 decomposed", {"José"}),
        ("", set()),
        ("@", set()),
    ],
)
def test_the_longest_name_behind_the_sign_is_meant(text: str, expected: set[str]) -> None:
    assert mentioned(text, NAMES) == expected


def test_two_people_of_one_name_are_both_meant() -> None:
    assert mentioned("@Ann", ["Ann", "Ann"]) == {"Ann"}


def test_an_empty_name_is_nobodys() -> None:
    assert mentioned("@ all", ["", " "]) == set()


def test_a_forgotten_name_goes_and_longer_ones_stay() -> None:
    assert without_name("@Ann and @ann, not @Anna", "Ann", "…") == "@… and @…, not @Anna"
    assert without_name("@Ann", "", "…") == "@Ann"
