"""Whether any company can come to what a rule asks for: rules tried on a small, finite set of made-up profiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import islice, product
from math import prod
from typing import Any

from portal.domain.applicability import expression_values
from portal.domain.expressions import AST, compiled, parse, references
from portal.domain.functions import truth
from portal.domain.questionnaire import Profile
from portal.domain.trial_values import constants_of, trial_values

#: Profiles tried for one rule, at most. Half a second; whatever is not settled by then counts as reachable.
MOST_TRIED = 50_000
#: Arithmetic between answers: the constants alone no longer say which values matter.
INEXACT = frozenset(
    {"+", "-", "*", "div", "mod", "negate", "round", "int", "concat", "string-length", "sum", "min", "max"}
)


class Reach(StrEnum):
    YES = "yes"
    #: No profile makes it hold.
    NEVER = "never"
    #: None of the profiles tried makes it hold; the rule calculates, so another one might.
    HARDLY = "hardly"


def reach(profile: Profile, expressions: Iterable[str]) -> Reach:
    """Return whether some profile makes all `expressions` hold at once."""
    left = list(dict.fromkeys(expressions))
    found = Reach.YES
    while left:
        together = _sharing(profile, left)
        left = [text for text in left if text not in together]
        match _together(profile, [parse(text) for text in together]):
            case Reach.NEVER:
                return Reach.NEVER
            case Reach.HARDLY:
                found = Reach.HARDLY
    return found


def _sharing(profile: Profile, expressions: Sequence[str]) -> list[str]:
    """The first and all that share a field with it, directly or through others: only these can contradict it."""
    together, fields = [expressions[0]], _fields(profile, parse(expressions[0]))
    grown = True
    while grown:
        grown = False
        for text in expressions:
            looked_at = _fields(profile, parse(text))
            if text not in together and looked_at & fields:
                together.append(text)
                fields |= looked_at
                grown = True
    return together


def _fields(profile: Profile, tree: AST) -> set[str]:
    """The fields an expression looks at, whole or in part: `${PRO-12-channel}` is a column of PRO-12."""
    return {field.id for field in profile.fields for name in references(tree) if f"{name}-".startswith(f"{field.id}-")}


def _together(profile: Profile, trees: Sequence[AST]) -> Reach:
    known = constants_of([*trees, *_formulas(profile, trees)])
    fields = sorted(set().union(*(_fields(profile, tree) for tree in trees)))
    domains = [trial_values(profile.by_id[name], known) for name in fields]
    rules = [compiled(tree) for tree in trees]
    for values in islice(product(*domains), MOST_TRIED):
        seen = expression_values(profile, _answered(fields, values))
        if all(truth(rule(seen, None)) for rule in rules):
            return Reach.YES
    if prod(map(len, domains)) > MOST_TRIED:
        return Reach.YES
    return Reach.HARDLY if any(map(_calculates, trees)) else Reach.NEVER


def _formulas(profile: Profile, trees: Sequence[AST]) -> list[AST]:
    """What calculated columns of the tables compare with matters as much as what the rules say."""
    fields = set().union(*(_fields(profile, tree) for tree in trees))
    return [parse(column.expression) for name in fields for column in profile.by_id[name].columns if column.expression]


def _answered(fields: Sequence[str], values: Sequence[Any]) -> Mapping[str, Any]:
    return {name: value for name, value in zip(fields, values, strict=True) if value is not None}


def _calculates(tree: AST) -> bool:
    named = tree[1] if tree[0] == "call" else tree[0]
    if named in INEXACT:
        return True
    return any(_calculates(part) for part in tree[1:] if isinstance(part, tuple))
