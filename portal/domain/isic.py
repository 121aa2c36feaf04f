"""The sections and divisions of the International Standard Industrial Classification, revision 4."""

from __future__ import annotations

#: Section letter -> its first and last division (United Nations, ISIC Rev.4, 2008).
SECTIONS = {
    "A": (1, 3),
    "B": (5, 9),
    "C": (10, 33),
    "D": (35, 35),
    "E": (36, 39),
    "F": (41, 43),
    "G": (45, 47),
    "H": (49, 53),
    "I": (55, 56),
    "J": (58, 63),
    "K": (64, 66),
    "L": (68, 68),
    "M": (69, 75),
    "N": (77, 82),
    "O": (84, 84),
    "P": (85, 85),
    "Q": (86, 88),
    "R": (90, 93),
    "S": (94, 96),
    "T": (97, 98),
    "U": (99, 99),
}
#: The numbers jump between sections: there is no division 04, 34, 40 and so on.
DIVISIONS = {
    f"{division:02}": letter for letter, (first, last) in SECTIONS.items() for division in range(first, last + 1)
}


def codes(written: str) -> tuple[str, ...]:
    """Return section letter and division of "C", "13" or "C13"; nothing if there is no such code."""
    letter, division = (written[:1], written[1:]) if written[:1].isalpha() else ("", written)
    if not division:
        return (letter,) if letter in SECTIONS else ()
    section = DIVISIONS.get(division, "")
    return (section, division) if section and letter in ("", section) else ()
