"""Which new passwords are taken: long ones that nobody guesses first; no composition rules (NIST SP 800-63B-4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import cache
from pathlib import Path

#: Shortest password where it may be the only factor; the same for everybody, so that nobody has to be told which.
SHORTEST = 15
#: Longest password accepted, in bytes; longer ones are refused, never cut.
LONGEST_BYTES = 1024
#: What is left of a password without the words around its person must still be this long.
OWN = 8
#: A password of fewer different characters is a pattern.
DIFFERENT = 5
#: Keys and letters in the order everybody runs along.
RUNS = (
    "0123456789",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
)

#: Letters of the longest password in the list.
LONGEST_LISTED = 20

_LEADING, _TRAILING = re.compile(r"^[\W\d_]+"), re.compile(r"[\W\d_]+$")
_LIST = Path(__file__).parent / "common_passwords.txt"


class Fault(Enum):
    """Why a password is not taken; pages put it into words."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"
    #: A character that no keyboard writes, such as NUL.
    UNREADABLE = "unreadable"


def fault_of(password: str, about: Iterable[str]) -> Fault | None:
    """Why the password is refused, or None. `about`: the portal, the person, their address and organisations."""
    password = unicodedata.normalize("NFC", password)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in password):
        return Fault.UNREADABLE
    if len(password) < SHORTEST:
        return Fault.SHORT
    if len(password.encode()) > LONGEST_BYTES:
        return Fault.LONG
    folded = _folded(password)
    if _is_pattern(folded):
        return Fault.COMMON
    left = _without(folded, about)
    return Fault.PERSONAL if left is not None and len(left) < OWN else None


@cache
def common_passwords() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _is_pattern(folded: str) -> bool:
    """A listed password, also repeated, or with figures and signs around it; a run of keys; a few characters only."""
    bare = _LEADING.sub("", folded)
    cores = {folded, re.sub(r"\W", "", folded), bare, _TRAILING.sub("", bare)}
    units = {_unit(core) for core in cores if core}
    return (
        len(set(folded)) < DIFFERENT
        or not units.isdisjoint(common_passwords())
        or any(_is_run(unit) for unit in units)
        or any(_begins_with_listed(core) for core in (folded, bare))
    )


def _begins_with_listed(text: str) -> bool:
    """Whether it is a listed password, which may itself end in figures, and then figures and signs only."""
    shortest = len(_TRAILING.sub("", text))
    return any(text[:n] in common_passwords() for n in range(max(1, shortest), LONGEST_LISTED + 1))


def _unit(text: str) -> str:
    """The shortest text that gives this one when it is repeated; the last time may be cut off."""
    return next((text[:n] for n in range(1, len(text) // 2 + 1) if text[n:] == text[:-n]), text)


def _is_run(text: str) -> bool:
    return any(text in run * 2 or text in run[::-1] * 2 for run in RUNS)


def _without(folded: str, about: Iterable[str]) -> str | None:
    """What is left without words around the person, blanks and signs; None if it holds no such word.

    The longest words go first, so that none is hidden by a part of it.
    """
    words = {word for text in about for word in (_folded(text), *re.split(r"[\W_]+", _folded(text))) if len(word) > 2}
    left = folded
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ")
    return None if left == folded else "".join(one for one in left if unicodedata.category(one)[0] not in "PZ")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
