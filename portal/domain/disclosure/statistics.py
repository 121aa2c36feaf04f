"""What a release says about a cell: which numbers there are and which of their values a group has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from portal.domain.disclosure.merging import Members
from portal.domain.disclosure.rounding import CellKeys, rounded_mean, share
from portal.domain.disclosure.settings import SUPPRESSED
from portal.domain.disclosure.units import FLAG_STATES, Element, Group, protected
from portal.domain.questionnaire import Stage
from portal.domain.scorecard import BANDS

#: More than this share of one answer speaks about everybody in a small cell (D5).
MOST_ALIKE = Fraction(80, 100)
#: How many took part; its values are all one, and what is secret about it is who stands in the cell.
COMPANIES = "companies"
ONE = Fraction(1)

Shown = int | str | dict[str, str]


@dataclass(frozen=True, slots=True)
class Statistic:
    """`value` is None for a group the question does not apply to: the statistic is then about the others."""

    id: str
    value: Callable[[Group], Fraction | str | None]
    #: Empty for a mean; for a distribution all values, shown or not.
    categories: tuple[str, ...] = ()
    #: The limit of the settings that says how many groups it takes.
    minimum: Literal["participation", "threshold", "large"] = "threshold"

    def about(self, groups: Iterable[Group]) -> tuple[Group, ...]:
        return tuple(group for group in groups if self.value(group) is not None)

    def hidden(self) -> Shown:
        return dict.fromkeys(self.categories, SUPPRESSED) if self.categories else SUPPRESSED

    def shown(self, groups: Collection[Group], keys: CellKeys) -> Shown:
        """Return the rounded numbers; whether they may be shown is decided before."""
        if self.id == COMPANIES:
            return str(keys.count(group.id for group in groups))
        if not self.categories:
            return rounded_mean(value for group in groups if isinstance(value := self.value(group), Fraction))
        whole = keys.count(group.id for group in groups)
        return {category: self._share(category, groups, whole, keys) for category in self.categories}

    def _share(self, category: str, groups: Collection[Group], whole: int, keys: CellKeys) -> str:
        part = keys.count((group.id for group in groups if self.value(group) == category), f"{self.id}:{category}")
        return share(part, whole)


def row_statistics(red_flags: Iterable[str]) -> tuple[Statistic, ...]:
    """Return what each row of each table says, in order; a row whose first cannot be shown shows nothing."""
    return (
        Statistic(COMPANIES, lambda group: ONE, minimum="participation"),
        Statistic("mean_score", lambda group: group.score),
        Statistic("bands", lambda group: group.band, tuple(BANDS)),
        *(_stage(stage.value) for stage in Stage),
        *(_flag(question) for question in red_flags),
    )


def question_statistic(question: str) -> Statistic:
    """The mean points of one question, shown for all groups together and nowhere else."""
    return Statistic(f"questions.{question}", lambda group: group.points.get(question), minimum="large")


def too_alike(statistic: Statistic, groups: Collection[Group], large: int) -> bool:
    """Say whether a distribution over few groups would tell what nearly each of them answered (D5).

    Asked about everybody and about those only whose result is not public: neither may stand out.
    """
    hidden = [group for group in groups if not group.published_own]
    return len(hidden) < large and any(_one_sided(statistic, some) for some in (groups, hidden))


def alike_within(statistic: Statistic, groups: Collection[Group], parts: Iterable[Members], large: int) -> bool:
    """Say whether some part that can be worked out from other cells is too alike."""
    by_element: dict[Element, Group] = {group.element: group for group in groups}
    return any(
        too_alike(statistic, [by_element[element] for element in part], large)
        for part in parts
        if part <= by_element.keys()
    )


def members_of(statistic: Statistic, groups: Iterable[Group]) -> Members:
    return protected(statistic.about(groups))


def _one_sided(statistic: Statistic, groups: Collection[Group]) -> bool:
    values = [statistic.value(group) for group in groups]
    return any(values.count(category) > MOST_ALIKE * len(values) for category in statistic.categories)


def _stage(stage: str) -> Statistic:
    return Statistic(f"stages.{stage}", lambda group: group.stages.get(stage))


def _flag(question: str) -> Statistic:
    return Statistic(f"red_flags.{question}", _state(question), tuple(reversed(FLAG_STATES)), minimum="large")


def _state(question: str) -> Callable[[Group], str | None]:
    return lambda group: group.red_flags.get(question)


def nested(values: Mapping[str, Shown]) -> dict[str, object]:
    """Turn {"stages.commit": 40} into {"stages": {"commit": 40}}."""
    tree: dict[str, object] = {}
    for path, value in values.items():
        first, _, rest = path.partition(".")
        if rest:
            branch = tree.setdefault(first, {})
            assert isinstance(branch, dict)
            branch[rest] = value
        else:
            tree[first] = value
    return tree
