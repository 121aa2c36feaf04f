"""Rows of a table: which are filled, which are complete, and what their calculated columns hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from portal.domain.expressions import rule
from portal.domain.questionnaire import Column, RowCondition

Row = Mapping[str, Any]
BLANK = ("", None)


def filled_rows(rows: Iterable[Row]) -> list[Row]:
    """The rows with anything in them: an empty line of a form is not a row."""
    return [row for row in rows if any(value not in BLANK for value in row.values())]


def required_columns(columns: Iterable[Column]) -> tuple[str, ...]:
    """The columns that a complete row has filled; what is calculated is nobody's to fill."""
    return tuple(column.id for column in columns if column.required and column.kind != "calculate")


def calculated(rows: Sequence[Row], columns: Sequence[Column], *, table: str) -> list[Row]:
    """Return the rows with their calculated columns; in those, `${TABLE-COLUMN}` is the value of the same row."""
    formulas = [(column.id, rule(column.expression)) for column in columns if column.kind == "calculate"]
    if not formulas:
        return list(rows)
    completed: list[Row] = []
    for row in rows:
        values = {f"{table}-{column}": value for column, value in row.items()}
        for column, formula in formulas:
            values[f"{table}-{column}"] = formula(values, None)
        completed.append({column.id: values.get(f"{table}-{column.id}", "") for column in columns})
    return completed


def holds(condition: RowCondition, rows: Sequence[Row], required: Sequence[str]) -> bool:
    """Whether the filled rows, or each group of them, are as many and as different as the condition wants."""
    if not condition.each:
        return _holds(condition, rows, required)
    groups: dict[tuple[Any, ...], list[Row]] = {(): []} if not rows else {}
    for row in rows:
        groups.setdefault(tuple(row.get(column, "") for column in condition.each), []).append(row)
    return all(_holds(condition, group, required) for group in groups.values())


def _holds(condition: RowCondition, rows: Sequence[Row], required: Sequence[str]) -> bool:
    counted = [row for row in rows if _counts(condition, row, required)]
    if len(counted) < condition.at_least or (condition.at_most is not None and len(counted) > condition.at_most):
        return False
    return all(
        {_as_written(row.get(column, "")) for row in counted}.issuperset(values)
        for column, values in condition.covers.items()
    )


def _counts(condition: RowCondition, row: Row, required: Sequence[str]) -> bool:
    if condition.complete and any(row.get(column, "") in BLANK for column in required):
        return False
    if any(row.get(column, "") in BLANK for column in condition.filled):
        return False
    return all(_as_written(row.get(column, "")) in values for column, values in condition.where.items())


def _as_written(value: Any) -> str:
    """Conditions are written as text; a calculated truth value reads "true" or "false"."""
    return str(value).lower() if isinstance(value, bool) else str(value)
