"""Names behind an @ in what colleagues write to each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: The sign as keyboards of different scripts type it.
_AT = re.compile("[@\uff20\ufe6b]")
#: Scripts that put no blank between words: there any letter may follow a name.
_UNSPACED = ("THAI", "LAO", "KHMER", "MYANMAR", "CJK", "HIRAGANA", "KATAKANA")
#: Marks of direction and joiners that a keyboard puts in and nobody sees.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def mentioned(text: str, names: Iterable[str]) -> frozenset[str]:
    """Which of `names` stand behind an @, whatever their case and blanks.

    The longest name wins, so that "@Ann Lee" is not Ann; two people of one name are both meant, since telling one too
    many harms less than telling nobody.
    """
    plain = _plain(text)
    known = sorted({name for name in names if name.strip()}, key=lambda name: (-len(name), name))
    found = set()
    for sign in _AT.finditer(plain):
        longest = next((name for name in known if _end_of(name, plain, sign.end()) is not None), None)
        if longest is not None:
            found.add(longest)
    return frozenset(found)


def without_name(text: str, name: str, instead: str) -> str:
    """The text with a name behind an @ replaced: its person is forgotten, what was said to them stays."""
    plain, kept, done = _plain(text), "", 0
    for sign in _AT.finditer(plain):
        end = _end_of(name, plain, sign.end())
        if end is not None:
            kept += plain[done : sign.end()] + instead
            done = end
    return kept + plain[done:] if done else text


def _end_of(name: str, text: str, place: int) -> int | None:
    """Where `name` ends if it stands at `place`, else none; a run of blanks is one blank."""
    words = _plain(name).split()
    for number, word in enumerate(words):
        start = place
        while number and text[place : place + 1].isspace():
            place += 1
        if (number and place == start) or text[place : place + len(word)].casefold() != word.casefold():
            return None
        place += len(word)
    return place if words and _ends(text[place : place + 1]) else None


def _ends(following: str) -> bool:
    """Whether a name may end before this character: "@Ann" does not stand in "@Anna"."""
    if not following:
        return True
    if unicodedata.category(following).startswith("M"):
        return False
    return not following.isalnum() or unicodedata.name(following, "").startswith(_UNSPACED)


def _plain(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))
