"""How hard a text is to read, by LIX: words in a sentence, plus the share of long words in percent.

C. H. Björnsson, Läsbarhet (Stockholm 1968), and "Readability of newspapers in 11 languages", Reading Research
Quarterly 18 (1983). Below 30 is a children's book, 30 to 40 a story, 40 to 50 a newspaper, 50 to 60 an official text,
above 60 a specialist's. It needs no dictionary and no syllables, and counts what an author can change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: All texts of a question together: a story, not a newspaper.
TARGET = 40
#: One text alone, where single words weigh more: still below an official text.
TARGET_OF_ONE = 50
#: A shorter text says too little about itself.
FEWEST_WORDS = 15
#: As in the guidance of the British government for plain web pages.
LONGEST_SENTENCE = 25
#: A word of more letters is a long one.
LONG = 6

WORD = re.compile(r"[^\W\d_]+(?:[\u2019'-][^\W\d_]+)*")
#: A colon or semicolon ends a thought as a full stop does (Björnsson counts it so).
END = re.compile(r"[.?!:;](?:\s|$)")


@dataclass(frozen=True, slots=True)
class Reading:
    words: int
    lix: int
    #: Words of the longest sentence.
    longest: int


def reading_of(texts: Iterable[str]) -> Reading:
    """Measure the texts as one; each begins a sentence of its own."""
    sentences = [WORD.findall(part) for text in texts for part in END.split(text)]
    lengths = [len(sentence) for sentence in sentences if sentence]
    if not lengths:
        return Reading(0, 0, 0)
    words = sum(lengths)
    long = sum(len(word) > LONG for sentence in sentences for word in sentence)
    return Reading(words, round(words / len(lengths) + 100 * long / words), max(lengths))
