"""One number over several questionnaires, for the ordering of reviewers' work and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal.domain.caps import cap_overall
from portal.domain.scorecard import Cap, Scorecard, band_of

#: Kind of questionnaire -> its weight; questionnaires of one kind count by their mean.
WEIGHTS = {"core": 50, "recruitment": 35, "sector": 15}


@dataclass(frozen=True, slots=True)
class Module:
    """A questionnaire that applies to the company, with its result, or None while it is not submitted."""

    reference: str
    kind: str
    result: ModuleResult | None


@dataclass(frozen=True, slots=True)
class ModuleResult:
    """`score` is the final score, unrounded, or None where nothing applied; `states` the red flags raised."""

    score: Fraction | None
    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Overall:
    raw: Fraction
    score: Fraction
    band: str
    caps: tuple[Cap, ...]


def module_result(scorecard: Scorecard) -> ModuleResult:
    return ModuleResult(scorecard.score, frozenset(scorecard.red_flags.values()))


def score_overall(modules: Sequence[Module]) -> Overall | None:
    """Return the overall score; None if a questionnaire that applies is not submitted, or none has a score."""
    results = {module.reference: module.result for module in modules if module.result is not None}
    if len(results) < len(modules):
        return None
    means = _means(modules, {name: result.score for name, result in results.items() if result.score is not None})
    if not means:
        return None
    raw = sum((WEIGHTS[kind] * mean for kind, mean in means.items()), Fraction(0)) / sum(
        WEIGHTS[kind] for kind in means
    )
    score, caps = cap_overall(
        raw,
        open=[name for name, result in results.items() if "open" in result.states],
        unknown=[name for name, result in results.items() if "unknown" in result.states],
        remediating=[name for name, result in results.items() if "remediating" in result.states],
    )
    return Overall(raw, score, band_of(score), caps)


def _means(modules: Sequence[Module], scores: Mapping[str, Fraction]) -> dict[str, Fraction]:
    grouped: dict[str, list[Fraction]] = {}
    for module in modules:
        if module.reference in scores:
            grouped.setdefault(module.kind, []).append(scores[module.reference])
    return {kind: sum(members, Fraction(0)) / len(members) for kind, members in grouped.items()}
