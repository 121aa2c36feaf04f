"""The values and functions of rule expressions, by the rules of ODK XForms."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

NAN = math.nan
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
#: What an expression handles: text, numbers, truth values, and lists (several chosen, or one column of a table).
Value = Any


def number(value: Value) -> int | float:
    """An unanswered number is NaN, never 0: no rule may hold because somebody left a field empty."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    written = text(value)
    if not NUMBER.fullmatch(written):
        return NAN
    return float(written) if "." in written or len(written) > 15 else int(written)


def text(value: Value) -> str:
    """An unanswered question is the empty string; several chosen options are joined by spaces."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else "NaN" if math.isnan(value) else str(value)
    if isinstance(value, (list, tuple)):
        return " ".join(text(item) for item in value)
    return "" if isinstance(value, dict) else str(value)


def truth(value: Value) -> bool:
    return False if isinstance(value, float) and math.isnan(value) else bool(value)


def equal(left: Value, right: Value) -> bool:
    """Truth values compare as such, numbers as numbers, all else as text; so '' is not equal to 0."""
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    if isinstance(left, (int, float)) or isinstance(right, (int, float)):
        return number(left) == number(right)
    return text(left) == text(right)


def chosen(value: Value) -> list[str]:
    """The options chosen: items of a list, or the words of a text."""
    if isinstance(value, (list, tuple)):
        return [text(item) for item in value]
    return text(value).split()


def members(value: Value) -> list[Value]:
    """What is counted and summed: the filled entries of a list, or the value itself unless it is blank."""
    items = value if isinstance(value, (list, tuple)) else (value,)
    return [item for item in items if item not in ("", None)]


def divide(left: Value, right: Value) -> float:
    """Division by zero is NaN, not infinity: a rule must not hold because something was divided by nothing."""
    divisor = number(right)
    return NAN if divisor == 0 else number(left) / divisor


def multiply(left: Value, right: Value) -> int | float:
    """Large products become floats, so that no chain of them outgrows the memory."""
    product = number(left) * number(right)
    return product if abs(product) < 2**53 else float(product)


def modulo(left: Value, right: Value) -> int | float:
    """The remainder has the sign of the left number, as in XPath."""
    divisor, dividend = number(right), number(left)
    if divisor == 0 or not math.isfinite(dividend):
        return NAN
    remainder = math.fmod(dividend, divisor)
    return int(remainder) if remainder.is_integer() else remainder


def rounded(value: Value, places: Value = 0) -> int | float:
    """Half up, towards positive infinity, as in XPath."""
    exact, digits = number(value), number(places)
    if not math.isfinite(exact) or not math.isfinite(digits) or abs(digits) > 15:
        return NAN
    scale = Fraction(10) ** int(digits)
    result = Fraction(math.floor(Fraction(exact) * scale + Fraction(1, 2))) / scale
    return int(result) if result.denominator == 1 else float(result)


def whole(value: Value) -> int | float:
    exact = number(value)
    return int(exact) if math.isfinite(exact) else NAN


def total(*values: Value) -> int | float:
    """Blank entries are skipped: an unfilled cell does not spoil the sum of its column."""
    return sum(number(item) for value in values for item in members(value))


def extreme(pick: Callable[[Sequence[int | float]], int | float]) -> Callable[..., int | float]:
    def function(*values: Value) -> int | float:
        numbers = [number(item) for value in values for item in members(value)]
        return NAN if not numbers or any(math.isnan(item) for item in numbers) else pick(numbers)

    return function


def joined(separator: Value, *values: Value) -> str:
    return text(separator).join(text(item) for value in values for item in members(value))


@dataclass(frozen=True, slots=True)
class Function:
    """A function an expression may call, with the fewest and most arguments it takes."""

    call: Callable[..., Value]
    least: int
    most: int


MANY = 50
#: `if`, `and` and `or` look at no more than they need, so the evaluator handles them itself.
FUNCTIONS = {
    "if": Function(lambda condition, yes, no: yes if truth(condition) else no, 3, 3),
    "not": Function(lambda value: not truth(value), 1, 1),
    "true": Function(lambda: True, 0, 0),
    "false": Function(lambda: False, 0, 0),
    "selected": Function(lambda value, option: text(option) in chosen(value), 2, 2),
    "count-selected": Function(lambda value: len(chosen(value)), 1, 1),
    "coalesce": Function(lambda first, second: second if text(first) == "" else first, 2, 2),
    "count": Function(lambda value: len(members(value)), 1, 1),
    "sum": Function(total, 1, MANY),
    "min": Function(extreme(min), 1, MANY),
    "max": Function(extreme(max), 1, MANY),
    "join": Function(joined, 2, MANY),
    "concat": Function(lambda *values: joined("", *values), 1, MANY),
    "string-length": Function(lambda value: len(text(value)), 1, 1),
    "number": Function(number, 1, 1),
    "round": Function(rounded, 1, 2),
    "int": Function(whole, 1, 1),
}

OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "=": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: number(left) < number(right),
    "<=": lambda left, right: number(left) <= number(right),
    ">": lambda left, right: number(left) > number(right),
    ">=": lambda left, right: number(left) >= number(right),
    "+": lambda left, right: number(left) + number(right),
    "-": lambda left, right: number(left) - number(right),
    "*": multiply,
    "div": divide,
    "mod": modulo,
}
