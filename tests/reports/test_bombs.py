"""Plain text that is heavy to lay out: the report is ready in time, or refused (security rules P11, A06, A07)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from portal.reports.pdf import Printed
from tests.reports.pages import words

pytestmark = pytest.mark.slow
PATIENCE = 20

BOMBS = {
    "unbroken": "x" * 10_000,
    "khmer": "ខ្មែរ" * 400,
    "burmese": "မြန်မာဘာသာ" * 200,
    "lao": "ພາສາລາວ" * 285,
    "thai": "ภาษาไทย" * 285,
    "blanks": "a" + " " * 9_998 + "b",
    "newlines": "a\n" * 5_000,
    "marks": "a" + "\u0301" * 9_999,
    "joiners": "a\u200d" * 5_000,
    "arabic": "سلام" * 2_500,
    "mixed direction": "aس" * 5_000,
    "slashes": "/" * 10_000,
    "quotes": "<&>\"'" * 2_000,
    "words": "word " * 2_000,
}


@pytest.mark.parametrize("typed", BOMBS.values(), ids=BOMBS)
def test_a_heavy_text_in_every_answer_is_printed_in_time(
    printed: Callable[..., Printed], thalay: dict[str, Any], typed: str
) -> None:
    for said in thalay["answers"].values():
        said["comment"] = typed
    began = time.monotonic()

    result = printed(thalay)

    assert time.monotonic() - began <= PATIENCE
    assert result.pdf.startswith(b"%PDF")


def test_a_long_name_does_not_run_off_the_page(printed: Callable[..., Printed], thalay: dict[str, Any]) -> None:
    thalay["company"]["name"] = "Consolidated" * 16

    assert "Consolidated" * 2 in "".join(words(printed(thalay).pdf).split())
