"""Keys under which names and numbers that look alike meet, and those that do not stay apart."""

from __future__ import annotations

import pytest

from portal.domain.lookalikes import name_key, number_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ombak Garments Ltd.", "OMBAK GARMENTS LTD"),
        ("Ombak Garments", "Ombak  Garrnents"),
        ("Ombak Garments", "Оmbаk Gаrmеnts"),
        ("Ombak Garments", "0mbak Garments"),
        ("Ombak Garments", "Ｏｍｂａｋ Garments"),
        ("Café Lanka", "Cafe Lanka"),
        ("Illinois Mills", "lllinois Mills"),
        ("PAYPAL", "paypa1"),
    ],
)
def test_names_that_look_alike_meet_under_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ombak Garments", "Ombak Fishing"),
        ("บริษัท สาย", "บริษัท สาว"),
        ("กา", "กี"),
        ("株式会社 東", "株式会社 西"),
        ("Company A", "Company B"),
    ],
)
def test_other_names_stay_apart_in_every_script(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_number_is_the_same_however_its_groups_are_written() -> None:
    assert number_key("0-1055 / 12345.67.8") == number_key("0105512345678") == number_key("٠١٠٥٥١٢٣٤٥٦٧٨")
    assert number_key("ab 12") == number_key("AB-12")
    assert number_key("0105512345678") != number_key("0105512345679")
