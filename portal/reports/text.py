"""Make what people typed safe to set in type: no control characters, no line that cannot break, no endless paragraph.

Layout time grows with the square of a paragraph, and with unbroken runs, so both are cut here. What a reader sees stays
the same: the only thing put in is the zero-width space, at a place where a line may break without tearing a letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Longest paragraph handed to the layout engine, in characters.
PARAGRAPH = 2000
#: After so many lines the rest runs on: every line costs as much as a whole paragraph.
LINES = 100
#: Longest run without a place to break.
RUN = 40
#: The same where the engine knows no word boundaries (Lao, Burmese, Khmer): short, or lines would end half empty.
SHORT_RUN = 10
#: More marks than this on one letter is not writing.
MARKS = 8

BREAK = "\u200b"
JOINERS = "\u200c\u200d"
#: Controls but tab and newline, bidirectional overrides and isolates, line and paragraph separators, byte-order marks,
#: invisible fillers, tags, non-characters, lone surrogates.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
NON_CHARACTERS = re.compile(
    "[" + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)) + "]"
)
BLANKS = re.compile("[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]{3,}")
NEWLINES = re.compile(r"\n[\n\s]{3,}")
#: Scripts written without spaces, for which the layout engine has no dictionary.
UNSPACED = re.compile("[\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f]")
#: Thai and Lao vowels written before their consonant: a syllable starts here, and often a word.
LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
#: Burmese asat has the combining class of a virama but ends a syllable instead of joining two.
ASAT = "\u103a"
#: Latin, Arabic, Devanagari, Burmese, Khmer and Chinese ends of a sentence.
SENTENCE_ENDS = re.compile('[.!?؟।။៕。]["”’)]*\\s')
#: Where a line may break anyway: after blanks and hyphens.
RUNS = re.compile("[^\\s\u00a0\\-\u2010\u2013\u2014/]+")


def clean(text: str) -> str:
    """Return the text without invisible characters and without absurd amounts of blanks, newlines and marks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = NON_CHARACTERS.sub("", UNPRINTABLE.sub("", text))
    text = NEWLINES.sub("\n\n\n", BLANKS.sub("  ", text))
    return _few_marks(text).strip()


def line(text: str) -> str:
    """Return a name, title or file name for print: one line, breakable."""
    return breakable(" ".join(clean(text).split()))


def plain_line(text: str) -> str:
    """Return a name for places that are not laid out, such as the title of a document."""
    return " ".join(clean(text).split())


def paragraphs(text: str) -> tuple[str, ...]:
    """Return free text for print, one string per paragraph of at most `PARAGRAPH` characters, breakable."""
    lines = [part for line in clean(text).split("\n") if (part := line.strip())]
    kept, rest = lines[:LINES], " ".join(lines[LINES:])
    return tuple(breakable(piece) for part in (*kept, rest) for piece in _pieces(part))


def breakable(text: str) -> str:
    """Put a zero-width space into every run that would otherwise go on for too long."""
    return RUNS.sub(lambda run: _broken(run[0]), text)


def _pieces(paragraph: str) -> Iterator[str]:
    while len(paragraph) > PARAGRAPH:
        cut = _end_of_sentence(paragraph) or paragraph.rfind(" ", PARAGRAPH // 2, PARAGRAPH)
        if cut < 0:
            cut = _boundary(paragraph, PARAGRAPH)
        yield paragraph[:cut].strip()
        paragraph = paragraph[cut:].strip()
    if paragraph:
        yield paragraph


def _end_of_sentence(paragraph: str) -> int:
    """Return where the last sentence that fits ends, or 0 where there is none in the second half."""
    ends = [end.end() for end in SENTENCE_ENDS.finditer(paragraph, PARAGRAPH // 2, PARAGRAPH)]
    return ends[-1] if ends else 0


def _broken(run: str) -> str:
    longest = SHORT_RUN if UNSPACED.search(run) else RUN
    if len(run) <= longest:
        return run
    parts = []
    while len(run) > longest:
        cut = _boundary(run, longest)
        parts.append(run[:cut])
        run = run[cut:]
    return BREAK.join([*parts, run]) if run else BREAK.join(parts)


def _boundary(text: str, at: int) -> int:
    """Return the last place at or before `at` where the text may be cut, preferring the start of a syllable."""
    for cut in range(at, at // 2, -1):
        if text[cut] in LEADING_VOWELS and _may_cut(text, cut):
            return cut
    for cut in range(at, 0, -1):
        if _may_cut(text, cut):
            return cut
    return at


def _may_cut(text: str, cut: int) -> bool:
    """Whether the two characters around `cut` belong to different letters, as a reader counts letters."""
    before, after = text[cut - 1], text[cut]
    return not (
        _is_mark(after)
        or after in JOINERS
        or before in JOINERS
        or before in LEADING_VOWELS
        or (unicodedata.combining(before) == 9 and before != ASAT)  # a virama joins the next consonant
        or _is_flag_half(before)
        or 0x1160 <= ord(after) <= 0x11FF  # Hangul letters that complete a block
        or 0x1F3FB <= ord(after) <= 0x1F3FF  # skin tones
        or after in "ะาำຳະາ"  # vowels written after their consonant
        or _closes_syllable(text, cut)
    )


def _closes_syllable(text: str, cut: int) -> bool:
    """In Burmese a consonant under asat or above a stacked one ends the syllable before it."""
    return "\u1000" <= text[cut] <= "\u102a" and text[cut + 1 : cut + 2] in (ASAT, "\u1039")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc", "Me")


def _is_flag_half(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _few_marks(text: str) -> str:
    if not any(_is_mark(character) for character in text if character > "\u02ff"):
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if _is_mark(character) else 0
        if marks <= MARKS:
            kept.append(character)
    return "".join(kept)
