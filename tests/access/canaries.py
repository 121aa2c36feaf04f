"""Words that occur nowhere else, one for each compartment of the world."""

from __future__ import annotations

import re

from tests.access import oracle

#: Letters alone, and the same at both ends: it survives folding, slugs and file names, and none holds another.
_CANARY = re.compile(r"kq([a-z]+?)kq", re.IGNORECASE)


def canary(compartment: str) -> str:
    assert compartment in oracle.SEEN_BY, f"nobody said who may see {compartment}"
    return f"kq{compartment}kq"


def found_in(text: str) -> set[str]:
    """The compartments whose words stand in a text."""
    # Random letters of a token may look like the word of a compartment that does not exist.
    return {hit.casefold() for hit in _CANARY.findall(text)} & oracle.SEEN_BY.keys()


def foreign_in(who: str, text: str) -> set[str]:
    return {compartment for compartment in found_in(text) if not oracle.sees(who, compartment)}
