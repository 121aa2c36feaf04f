"""Two versions of a text, word by word: what stayed, what went, what came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
#: Texts of more words than this are shown one after the other: comparing takes time that grows with the square.
MOST_WORDS = 1500
#: When less than this share of the words stayed, two whole texts read better than their shreds.
ALIKE = 0.35


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind` is "same", "old" (only in the old text) or "new"."""

    kind: str
    text: str


def compare_words(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces in order of reading; "same" and "old" together are the old text, "same" and "new" the new."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) + len(after) > MOST_WORDS:
        return _whole(old, new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return _whole(old, new)
    pieces: list[Piece] = []
    for how, start, end, from_, to in matcher.get_opcodes():
        if how == "equal":
            pieces.append(Piece("same", "".join(before[start:end])))
            continue
        pieces += [Piece("old", "".join(before[start:end]))] if end > start else []
        pieces += [Piece("new", "".join(after[from_:to]))] if to > from_ else []
    return tuple(pieces)


def _whole(old: str, new: str) -> tuple[Piece, ...]:
    if old == new:
        return (Piece("same", old),) if old else ()
    return tuple(Piece(kind, text) for kind, text in (("old", old), ("new", new)) if text)
