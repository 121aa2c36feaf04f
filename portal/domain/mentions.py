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
    patterns = _patterns(names)
    found = set()
    for sign in _AT.finditer(plain):
        longest = next((name for name, pattern in patterns if _stands(pattern, plain, sign.end())), None)
        if longest is not None:
            found.add(longest)
    return frozenset(found)


def without_name(text: str, name: str, instead: str) -> str:
    """The text with a name behind an @ replaced: its person is forgotten, what was said to them stays."""
    found = _patterns([name])
    if not found:
        return text
    sought = re.compile(_AT.pattern + found[0][1].pattern, re.IGNORECASE)
    return sought.sub(lambda hit: f"@{instead}" if _ends(text[hit.end() : hit.end() + 1]) else hit[0], text)


def _patterns(names: Iterable[str]) -> list[tuple[str, re.Pattern[str]]]:
    """The longest first."""
    known = sorted({name for name in names if name.strip()}, key=lambda name: (-len(name), name))
    blanks = [(name, r"\s+".join(re.escape(part) for part in _plain(name).split())) for name in known]
    return [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in blanks]


def _stands(pattern: re.Pattern[str], text: str, place: int) -> bool:
    found = pattern.match(text, place)
    return found is not None and _ends(text[found.end() : found.end() + 1])


def _ends(following: str) -> bool:
    """Whether a name may end before this character: "@Ann" does not stand in "@Anna"."""
    if not following:
        return True
    if unicodedata.category(following).startswith("M"):
        return False
    return not following.isalnum() or unicodedata.name(following, "").startswith(_UNSPACED)


def _plain(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))
