"""What may hold a score back, whatever its average: open harm, weak critical controls, weak stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from portal.domain.questionnaire import Stage
from portal.domain.scorecard import Cap, band_number

RED_FLAG_OPEN = "CAP-R"
CRITICAL = "CAP-C"
REMEDIATING = "CAP-M"
ADVANCED = "CAP-A"
STAGE = "CAP-S"

#: The tops of the four lower bands; a cap lands on one of them, so that it always costs the next band.
TOPS = tuple(Fraction(tenths, 10) for tenths in (199, 399, 599, 799))


@dataclass(slots=True)
class Grounds:
    """The questions that give rise to caps, each list in the order of the questionnaire."""

    open: list[str] = field(default_factory=list)
    #: A critical control at level 0 or 1, or a red flag nobody looked into.
    critical: list[str] = field(default_factory=list)
    remediating: list[str] = field(default_factory=list)
    #: A critical control below level 3, and so without proof.
    not_advanced: list[str] = field(default_factory=list)

    def add(self, question: str, critical: bool, counted: int, red_flag: str | None) -> None:
        if red_flag == "open":
            self.open.append(question)
        elif red_flag == "remediating":
            self.remediating.append(question)
        if red_flag == "unknown" or (critical and counted <= 1):
            self.critical.append(question)
        if critical and counted < 3:
            self.not_advanced.append(question)

    def of_section(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        return tuple(self.open), tuple(self.critical), tuple(self.remediating)

    def take(self, part: Grounds) -> None:
        self.open += part.open
        self.critical += part.critical
        self.remediating += part.remediating
        self.not_advanced += part.not_advanced


def cap_section(
    raw: Fraction, *, open: Sequence[str], critical: Sequence[str], remediating: Sequence[str]
) -> tuple[Fraction, tuple[Cap, ...]]:
    """Return the score after the lowest limit that applies; it is listed only if it lowered the score."""
    limits = ((RED_FLAG_OPEN, TOPS[0], open), (CRITICAL, TOPS[1], critical), (REMEDIATING, TOPS[2], remediating))
    lowest = next((limit for limit in limits if limit[2]), None)
    return _lowered(raw, [lowest] if lowest else [])


def cap_questionnaire(
    raw: Fraction, grounds: Grounds, stages: Mapping[Stage, Fraction] | None
) -> tuple[Fraction, tuple[Cap, ...]]:
    """Return the score after all caps, in the order of the method. `stages` only where the weakest stage counts."""
    limits: list[tuple[str, Fraction, Sequence[str]]] = [
        (RED_FLAG_OPEN, TOPS[1], grounds.open),
        (CRITICAL, TOPS[2], grounds.critical),
        (REMEDIATING, TOPS[3], grounds.remediating),
        (ADVANCED, TOPS[3], grounds.not_advanced),
    ]
    if stages is not None:
        limits += _weakest_stage(stages)
    return _lowered(raw, limits)


def cap_overall(
    raw: Fraction, *, open: Sequence[str], unknown: Sequence[str], remediating: Sequence[str]
) -> tuple[Fraction, tuple[Cap, ...]]:
    """Return the overall score after its caps; here only red flags count, of whichever questionnaire."""
    limits = [(RED_FLAG_OPEN, TOPS[1], open), (CRITICAL, TOPS[2], unknown), (REMEDIATING, TOPS[3], remediating)]
    return _lowered(raw, limits)


def _weakest_stage(stages: Mapping[Stage, Fraction]) -> list[tuple[str, Fraction, Sequence[str]]]:
    """No more than one band above the weakest stages. A single stage is nobody's weakest."""
    bands = {stage: band_number(score) for stage, score in stages.items()}
    lowest = min(bands.values(), default=len(TOPS))
    if len(bands) < 2 or lowest + 1 >= len(TOPS):
        return []
    return [(STAGE, TOPS[lowest + 1], [stage.value for stage, band in bands.items() if band == lowest])]


def _lowered(
    score: Fraction, limits: Iterable[tuple[str, Fraction, Sequence[str]]]
) -> tuple[Fraction, tuple[Cap, ...]]:
    caps = []
    for code, limit, because in limits:
        if because and _above(score, limit):
            score = limit
            caps.append(Cap(code, limit, tuple(because)))
    return score, tuple(caps)


def _above(score: Fraction, limit: Fraction) -> bool:
    """`score > limit`, three times as fast."""
    upper, lower = score.as_integer_ratio()
    top, under = limit.as_integer_ratio()
    return upper * under > top * lower
