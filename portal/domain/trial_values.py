"""A few answers to each profile field that between them tell apart all that some rules can tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import Any

from portal.domain import isic
from portal.domain.expressions import AST
from portal.domain.questionnaire import Column, Option, ProfileField

#: How many of the options that rules do not name stand for all of them.
SPARE = 2
MOST_NAMED = 6
MOST_ROWS = 400
COUNTRIES = ("TH", "MM")
MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Constants:
    """The numbers and texts that rules compare with. Between two neighbouring numbers a rule has but one opinion."""

    numbers: tuple[int | float, ...]
    texts: tuple[str, ...]

    def around(self, least: int | None = None, most: int | None = None) -> list[int]:
        """Whole numbers at, below and above each constant, within the limits of the field."""
        near = {0, 1, MANY} | {int(number) + step for number in self.numbers for step in (-1, 0, 1)}
        near |= {limit for limit in (least, most) if limit is not None}
        lowest, highest = (0 if least is None else least), (MANY if most is None else most)
        return sorted(number for number in near if lowest <= number <= highest)


def constants_of(trees: Iterable[AST]) -> Constants:
    found: dict[str, dict[Any, None]] = {"number": {}, "text": {}}
    for tree in trees:
        for kind, value in _leaves(tree):
            found[kind][value] = None
    return Constants(tuple(sorted(found["number"])), tuple(found["text"]))


def _leaves(tree: AST) -> Iterator[tuple[str, Any]]:
    if tree[0] in ("number", "text"):
        yield tree[0], tree[1]
    else:
        yield from chain.from_iterable(_leaves(part) for part in tree[1:] if isinstance(part, tuple))


def trial_values(item: ProfileField, known: Constants) -> list[Any]:
    """Return answers to the field, None for none, with what makes most rules hold first."""
    return [*_answers(item, known), None]


def _answers(item: ProfileField, known: Constants) -> Iterable[Any]:
    match item.kind:
        case "integer":
            return known.around(item.minimum, item.maximum)
        case "integers":
            each = known.around(item.minimum, item.maximum)
            return (dict(zip(item.parts, values, strict=True)) for values in product(each, repeat=len(item.parts)))
        case "multi":
            return _subsets(item.options, known)
        case "choice" | "yesno":
            return [option.id for option in item.options]
        case "table":
            return _tables(item, known)
        case "isic":
            return _activities(known)
        case "countries":
            return [[COUNTRIES[0]], list(COUNTRIES), *([code] for code in known.texts)]
        case "country":
            return [*COUNTRIES, *known.texts]
        case "period" | "signoff":
            return [dict.fromkeys(item.parts, "2026-01-01"), {}]
        case _:
            return ["x", "2026-01-01", *known.texts, *("x" * int(number) for number in known.numbers if number < 500)]


def _subsets(options: tuple[Option, ...], known: Constants) -> list[list[str]]:
    """An exclusive option stands alone; of the others every mixture of those that rules name, and a few more."""
    plain = [option.id for option in options if not option.exclusive]
    named = [name for name in plain if name in known.texts][:MOST_NAMED]
    varied = named + [name for name in plain if name not in named][:SPARE]
    mixed = [list(some) for size in range(1, len(varied) + 1) for some in combinations(varied, size)]
    return [*mixed, plain, *([option.id] for option in options if option.exclusive)]


def _activities(known: Constants) -> list[list[str]]:
    """One activity of each section and division, and every two that rules name."""
    written = [code for code in known.texts if isic.codes(code)]
    every = [letter + division for division, letter in isic.DIVISIONS.items()]
    return [*([code] for code in [*written, *every]), *(list(pair) for pair in combinations(written, 2))]


def _tables(item: ProfileField, known: Constants) -> list[list[dict[str, Any]]]:
    columns = [column for column in item.columns if column.kind != "calculate"]
    rows: list[dict[str, Any]] = []
    for cells in product(*(_cells(column, known) for column in columns)):
        rows.append({column.id: cell for column, cell in zip(columns, cells, strict=True) if cell is not None})
        if len(rows) == MOST_ROWS:
            break
    lengths = [count for count in known.around(1, 50) if count > 1]
    several = [[row] * count for row in rows[: MOST_ROWS // 8] for count in lengths]
    return [*([row] for row in rows), *several, rows[:: max(1, len(rows) // 5)], []]


def _cells(column: Column, known: Constants) -> list[Any]:
    empty: list[Any] = [] if column.required else [None]
    match column.kind:
        case "integer" | "number":
            return [*known.around(column.minimum, column.maximum)[:8], *empty]
        case "choice":
            names = [option.id for option in column.options]
            named = [name for name in names if name in known.texts]
            return [*named, *[name for name in names if name not in named][:1], *empty]
        case "country":
            return [*COUNTRIES, *empty]
        case _:
            return ["x", *(text for text in known.texts if text), *empty]
