"""Plain text that is heavy to lay out: the report is ready in time, or refused (security rules P11, A06, A07)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.reports.pdf import PdfTimeout, Printed
from tests.reports.pages import words

pytestmark = pytest.mark.slow
#: Processor seconds the renderer grants one report; on the clock it is the same on a quiet machine.
GRANTED = 20
#: Nobody writes like this: printed or refused, but not for ever.
REFUSABLE = {"mixed direction"}

BOMBS = {
    "unbroken": "x" * 10_000,
    "khmer": "ខ្មែរ" * 400,
    "burmese": "မြန်မာဘာသာ" * 200,
    "lao": "ພາສາລາວ" * 285,
    "thai": "ภาษาไทย" * 285,
    "blanks": "a" + " " * 9_998 + "b",
    "newlines": "a\n" * 5_000,
    "marks": "x" + "\u0301" * 9_999,
    "joiners": "a\u200d" * 5_000,
    "arabic": "سلام" * 2_500,
    "mixed direction": "aس" * 5_000,
    "slashes": "/" * 10_000,
    "quotes": "<&>\"'" * 2_000,
    "words": "word " * 2_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_heavy_text_in_every_answer_is_printed_in_time(
    printed: Callable[..., Printed], thalay: dict[str, Any], name: str
) -> None:
    for said in thalay["answers"].values():
        said["comment"] = BOMBS[name]

    try:
        result = printed(thalay)
    except PdfTimeout:
        assert name in REFUSABLE
    else:
        assert result.processor <= GRANTED


def test_a_long_name_does_not_run_off_the_page(printed: Callable[..., Printed], thalay: dict[str, Any]) -> None:
    thalay["company"]["name"] = "Consolidated" * 16

    assert "Consolidated" * 2 in "".join(words(printed(thalay).pdf).split())
