"""Text compared as people compare it: without case, accents and typographic quotes, and marked where it matched."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Quotes and dashes that nobody types into a search box.
_PLAIN = str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011\u2013\u2014\u00a0", "''\"\"---- ")
#: Longest query that is looked at, in characters and in words.
LONGEST, MOST_WORDS = 200, 12

#: Text in turn not marked and marked: the first piece is never marked, and may be empty.
Marked = tuple[str, ...]


def folded(text: str) -> str:
    return "".join(_folded(character) for character in text)


def words_of(query: str) -> tuple[str, ...]:
    """The words to look for, each once, in the order typed."""
    found = (word.strip(" .,;:!?\"'()[]") for word in folded(query[:LONGEST]).split())
    return tuple(dict.fromkeys(word for word in found if word))[:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its folded form, and for each folded character the place it came from."""

    plain: str
    folded: str
    places: tuple[int, ...]

    def has(self, word: str) -> bool:
        return _find(self.folded, word, 0) >= 0

    def marked(self, words: Sequence[str]) -> Marked:
        """Return the text cut at every occurrence of a word, overlapping ones joined."""
        merged: list[tuple[int, int]] = []
        for start, end in sorted(span for word in words for span in self._spans(word)):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        cuts = [0, *(place for span in merged for place in span), len(self.plain)]
        return tuple(self.plain[start:end] for start, end in pairwise(cuts))

    def around(self, words: Sequence[str], width: int) -> Text:
        """Return the part around the first occurrence, cut at blanks, with dots where something was left out."""
        first = min((start for word in words for start, _end in self._spans(word)), default=0)
        start = max(0, self.plain.rfind(" ", 0, max(0, first - width // 3)) + 1) if first > width // 3 else 0
        end = len(self.plain) if len(self.plain) - start <= width else self.plain.rfind(" ", start, start + width)
        if end <= start:
            end = min(len(self.plain), start + width)
        return text_of(("… " if start else "") + self.plain[start:end] + (" …" if end < len(self.plain) else ""))

    def _spans(self, word: str) -> list[tuple[int, int]]:
        spans, at = [], _find(self.folded, word, 0)
        while at >= 0:
            spans.append((self.places[at], self._end(at + len(word))))
            at = _find(self.folded, word, at + len(word))
        return spans

    def _end(self, at: int) -> int:
        """Where in the plain text the character before folded place `at` ends, accents that follow it included."""
        end = self.places[at - 1] + 1
        while end < len(self.plain) and unicodedata.combining(self.plain[end]):
            end += 1
        return end


def text_of(plain: str) -> Text:
    parts = [(_folded(character), place) for place, character in enumerate(plain)]
    places = tuple(place for part, place in parts for _letter in part)
    return Text(plain, "".join(part for part, _place in parts), places)


def _folded(character: str) -> str:
    if character.isascii():
        return character.lower()
    plain = unicodedata.normalize("NFKD", character.translate(_PLAIN)).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _find(text: str, word: str, start: int) -> int:
    """Where the word begins, at the start of a word of the text; anywhere in scripts written without spaces."""
    at = text.find(word, start)
    while at > 0 and word[0].isascii() and word[0].isalnum() and text[at - 1].isalnum():
        at = text.find(word, at + 1)
    return at
