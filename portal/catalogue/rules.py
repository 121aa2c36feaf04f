"""Level rules of the questions that compute their level: multi, number and table, and options with a level."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import TypeVar

from portal.catalogue.reader import Fields, unique
from portal.domain.questionnaire import Column, MultiStep, NumberStep, Option, RowCondition, TableStep

Step = TypeVar("Step", MultiStep, NumberStep, TableStep)
COLUMN_KINDS = ("text", "integer", "number", "choice", "country", "question", "calculate")
MOST_ROWS = 1000


def read_options(fields: Fields, *, levels: bool = False, required: bool = True, least: int = 2) -> tuple[Option, ...]:
    """Options under the key `options`; each needs a level of its own where `levels`."""
    items = fields.items("options", required=required)
    unique(items, "option")
    if items and len(items) < least:
        fields.fault(f"needs at least {least} options", "options")
    found = []
    for item in items:
        level = item.whole("level", 0, 4) if levels else None
        option = Option(
            item.word("id"), item.prose("label"), level, item.prose("hint", required=False), item.yes("exclusive")
        )
        item.close()
        found.append(option)
    return tuple(found)


def read_columns(fields: Fields, *, required: bool = True) -> tuple[Column, ...]:
    items = fields.items("columns", required=required)
    unique(items, "column")
    return tuple(_column(item) for item in items)


def _column(item: Fields) -> Column:
    kind = item.one_of("kind", COLUMN_KINDS)
    numeric, computed = kind in ("integer", "number"), kind == "calculate"
    column = Column(
        id=item.word("id"),
        label=item.prose("label"),
        kind=kind,
        required=False if computed else item.yes("required", default=True),
        hint=item.prose("hint", required=False),
        minimum=item.whole("minimum", -(10**9), 10**9, required=False) if numeric else None,
        maximum=item.whole("maximum", -(10**9), 10**9, required=False) if numeric else None,
        options=read_options(item) if kind == "choice" else (),
        anchors=_anchors(item) if kind == "integer" else {},
        expression=item.text("expression") if computed else "",
        prefill=item.text("prefill", required=False),
    )
    item.close()
    return column


def _anchors(item: Fields) -> dict[str, str]:
    found = item.labels("anchors")
    if found:
        least = item.whole("minimum", -(10**9), 10**9) or 0
        most = item.whole("maximum", -(10**9), 10**9) or 0
        expected = [str(value) for value in range(least, min(most, least + 20) + 1)]
        if list(found) != expected:
            item.fault(f"must say what each of {', '.join(expected)} means, in this order", "anchors")
    return found


def read_multi_rule(fields: Fields, options: Sequence[Option]) -> tuple[MultiStep, ...]:
    known = [option.id for option in options if not option.exclusive]

    def step(item: Fields, level: int) -> MultiStep:
        at_least = item.whole("at_least", 0, max(len(known), 1), required=False) or 0
        needed = item.texts("all_of")
        for name, line in needed.items():
            if name not in known:
                item.fault(f"{name!r} is not one of the options", "all_of", line)
        if at_least == 0 and not needed:
            item.fault("needs at_least or all_of")
        return MultiStep(level, at_least, tuple(needed))

    return _steps(fields, step)


def read_number_rule(fields: Fields, rules: Collection[str] | None) -> tuple[NumberStep, ...]:
    """`rules` are the names of the profile's rules, for `instead`; None where they are not known."""

    def step(item: Fields, level: int) -> NumberStep:
        return NumberStep(level, item.number("at_least") or 0, _instead(item, rules))

    steps = _steps(fields, step)
    named = {name for found in steps for name in found.instead}
    if len(named) > 1:
        fields.fault(f"all steps must name the same rule under instead, not {' and '.join(sorted(named))}", "rule")
    for rule in [None, *sorted(named)]:
        for higher, lower in pairwise(steps):
            if _threshold(lower, rule) >= _threshold(higher, rule):
                fields.fault(f"level {lower.level} must need less than level {higher.level}", "rule")
    return steps


def _threshold(step: NumberStep, rule: str | None) -> int | float:
    return step.at_least if rule is None else step.instead.get(rule, step.at_least)


def _instead(item: Fields, rules: Collection[str] | None) -> dict[str, int | float]:
    inner = item.mapping("instead", required=False)
    found: dict[str, int | float] = {}
    for name in inner.entries if inner else ():
        if inner and rules is not None and name not in rules:
            inner.fault("is not a rule of the profile", name)
        found[name] = (inner.number(name) if inner else None) or 0
    return found


def read_table_rule(fields: Fields, columns: Sequence[Column]) -> tuple[TableStep, ...]:
    known = {column.id: column for column in columns}

    def step(item: Fields, level: int) -> TableStep:
        rows = item.items("rows", name="")
        if not rows:
            item.fault("needs at least one condition", "rows")
        return TableStep(level, tuple(_condition(row, known) for row in rows))

    return _steps(fields, step)


def _condition(item: Fields, columns: dict[str, Column]) -> RowCondition:
    filled, each = item.texts("filled"), item.texts("each")
    for key, named in (("filled", filled), ("each", each)):
        for name, line in named.items():
            if name not in columns:
                item.fault(f"{name!r} is not a column", key, line)
    if not any([item.has("at_least"), item.has("at_most"), item.has("covers")]):
        item.fault("needs at_least, at_most or covers")
    condition = RowCondition(
        complete=item.yes("complete", default=True),
        where=_values(item, "where", columns),
        filled=tuple(filled),
        at_least=item.whole("at_least", 0, MOST_ROWS, required=False) or 0,
        at_most=item.whole("at_most", 0, MOST_ROWS, required=False),
        each=tuple(each),
        covers=_values(item, "covers", columns),
    )
    item.close()
    return condition


def _values(item: Fields, key: str, columns: dict[str, Column]) -> dict[str, tuple[str, ...]]:
    """A mapping of columns to some of their values."""
    inner = item.mapping(key, required=False)
    found: dict[str, tuple[str, ...]] = {}
    for name in inner.entries if inner else ():
        values = inner.texts(name) if inner else {}
        if inner and name not in columns:
            inner.fault("is not a column", name)
        elif inner and columns[name].options:
            allowed = {option.id for option in columns[name].options}
            for value, line in values.items():
                if value not in allowed:
                    inner.fault(f"{value!r} is not one of the options of this column", name, line)
        found[name] = tuple(values)
    return found


def _steps(fields: Fields, read: Callable[[Fields, int], Step]) -> tuple[Step, ...]:
    found: list[Step] = []
    for item in fields.items("rule", name=""):
        level = item.whole("level", 1, 4) or 0
        if found and level and level >= found[-1].level:
            item.fault("must come in descending order, each level once", "level")
        found.append(read(item, level))
        item.close()
    if fields.has("rule") and not found:
        fields.fault("needs at least one level", "rule")
    return tuple(found)
