"""Strict JSON in, one way to write it out."""

from __future__ import annotations

import json
import math
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.canonical import LARGEST, NotJSON, canonical, digest_of, loads


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (1e-6, "0.000001"),
        (1.234e-6, "0.000001234"),
        (1e-7, "1e-7"),
        (333333333.33333329, "333333333.3333333"),
        (5e-324, "5e-324"),
        (LARGEST, "9007199254740991"),
    ],
)
def test_numbers_are_written_as_rfc_8785_says(number: float, written: str) -> None:
    assert canonical(number).decode() == written


def test_keys_are_sorted_by_utf_16_and_text_is_escaped_no_more_than_needed() -> None:
    """After the sorting example of RFC 8785, section 3.2.3: by code unit, an emoji comes before U+FB00."""
    keys = {"\u20ac": 1, "\ufb00": 2, "\U0001f600": 3, "\u00f6": 4, "1": 5, "\n": 6}

    assert canonical(keys) == '{"\\n":6,"1":5,"ö":4,"€":1,"😀":3,"ﬀ":2}'.encode()
    assert canonical({"a": 'quote " slash / \\ tab \t', "b": [None, True, False, ("x",)]}) == (
        b'{"a":"quote \\" slash / \\\\ tab \\t","b":[null,true,false,["x"]]}'
    )


@pytest.mark.parametrize(
    "value",
    [
        "e\u0301",
        "\x00",
        "\r",
        "\x9f",
        "\ud800",
        "\ufffe",
        "\U0010ffff",
        math.nan,
        math.inf,
        LARGEST + 1,
        1e300,
        {"\x01": 1},
    ],
    ids=ascii,
)
def test_what_has_no_safe_form_is_refused(value: Any) -> None:
    with pytest.raises(NotJSON):
        canonical(value)


def test_what_json_does_not_know_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(TypeError):
        canonical({1, 2})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"a": 1, "a": 1}', '"a"'),
        ("[NaN]", "NaN"),
        ("[-Infinity]", "-Infinity"),
        ("1e999", '"1e999"'),
        ("9007199254740992", '"9007199254740992"'),
        ("-1e17", '"-1e17"'),
        ("9" * 5000, f'"{"9" * 56}...'),
        ("[" * 21 + "]" * 21, "JSON"),
        ("[" * 100_000 + "]" * 100_000, "JSON"),
        ('{"a":' * 100_000, "JSON"),
        ('"\\ud800"', "JSON"),
        ('{"\\udfff": 1}', "JSON"),
        (b"\xff", "byte 1"),
        (b'{"a": "\xed\xa0\x80"}', "byte 8"),
        ("\ud800", "character 1"),
        ('{"a":', "line 1 column 6"),
        ("", "line 1 column 1"),
        ("{}{}", "line 1 column 3"),
        ("\ufeff{}", "line 1 column 1"),
        ("{'a': 1}", "line 1 column 2"),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_json_that_is_not_strict_is_refused_with_its_place(text: str | bytes, key: str) -> None:
    with pytest.raises(NotJSON) as refusal:
        loads(text)

    assert refusal.value.key == key
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 200


def test_twenty_levels_are_read() -> None:
    text = "[" * 20 + "]" * 20

    assert json.dumps(loads(text)) == text


def test_brackets_inside_text_are_no_levels() -> None:
    assert loads('"' + "[" * 50 + '"') == "[" * 50


def test_pairs_of_surrogates_are_one_character() -> None:
    assert loads('"\\ud83d\\ude00"') == "😀"


def test_the_same_number_is_read_the_same() -> None:
    assert [type(item) for item in loads("[3, 3.0, 3e0, 2.5]")] == [int, int, int, float]


values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.floats(-LARGEST, LARGEST)
    | st.text(st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_categories=("Cc",))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abö", max_size=3), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(values)
def test_reading_back_gives_the_same_bytes(value: Any) -> None:
    if not unicodedata.is_normalized("NFC", json.dumps(value, ensure_ascii=False)):
        return

    assert canonical(loads(canonical(value))) == canonical(value)


def test_a_digest_names_its_method() -> None:
    assert digest_of(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
