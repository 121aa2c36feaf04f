"""Give every run of text in the PDF the characters it was set from, so that copying and reading aloud are right.

WeasyPrint maps glyphs back to characters one by one, which fails wherever a script reorders or joins them (Khmer,
Burmese, Bengali, Tamil, Sinhala, Devanagari) and doubles some Vietnamese vowels. PDF has a remedy: /ActualText on the
marked content of the run. Runs written right to left are left alone: readers differ on the order they expect there.
The remedy replaces a method of WeasyPrint 70.0 while a page is drawn; `test_text_layer.py` fails when it stops working.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pydyf  # type: ignore[import-untyped]
from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.pdf.stream import Stream

#: Put in so that lines can break; nobody wants to copy it.
BREAK_HINT = "\u200b"


def install() -> None:
    """Replace the method that opens marked content. Call once per process; drawing must be single-threaded."""
    original = Stream.marked

    def marked(self: Any, box: Any, tag: str) -> AbstractContextManager[None]:
        text = actual_text(box) if self._tags is not None else None
        return original(self, box, tag) if text is None else _told(self, original, box, tag, text)

    Stream.marked = marked


def actual_text(box: Any) -> str | None:
    """Return what the run says, or None where WeasyPrint's own mapping is right or the order would be in doubt."""
    if not isinstance(box, TextBox) or box.text.isascii() or _right_to_left(box.text):
        return None
    return box.text.replace(BREAK_HINT, "")


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


@contextmanager
def _told(stream: Any, original: Any, box: Any, tag: str, text: str) -> Iterator[None]:
    begin = pydyf.Stream.begin_marked_content

    def begin_with_text(self: Any, name: str, properties: Any = None) -> None:
        if properties is not None and "MCID" in properties:
            properties["ActualText"] = pydyf.String(text)
        begin(self, name, properties)

    content = original(stream, box, tag)
    pydyf.Stream.begin_marked_content = begin_with_text
    try:
        content.__enter__()
    finally:
        pydyf.Stream.begin_marked_content = begin
    try:
        yield
    finally:
        content.__exit__(None, None, None)
