"""Checks of rule expressions: that they parse, name fields that exist, and compare with options that exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from portal.catalogue.reader import Fields
from portal.domain.expressions import AST, ExpressionError, parse, references

#: Name -> its options where it has some, else None: "PRO-22" -> {"fishing", ...}, "PRO-12-channel" -> {...}.
Names = Mapping[str, Collection[str] | None]


def check_expression(fields: Fields, names: Names, key: str = "expression") -> None:
    """Record what is wrong with the expression under `key`, if it is there."""
    written = fields.text(key, required=False)
    if not written:
        return
    try:
        tree = parse(written)
    except ExpressionError as error:
        fields.fault(str(error), key)
        return
    for name in sorted(references(tree) - set(names)):
        near = get_close_matches(name, names, n=1)
        fields.fault(f"${{{name}}} is not a field" + (f"; did you mean ${{{near[0]}}}?" if near else ""), key)
    for name, option in _comparisons(tree):
        options = names.get(name)
        if options is not None and option not in options:
            fields.fault(f"{option!r} is not an option of ${{{name}}}", key)


def _comparisons(tree: AST) -> Iterator[tuple[str, str]]:
    """Every (field, text) that the expression compares: selected(), = and !=, also through join()."""
    match tree:
        case ("call", "selected", left, ("text", option)) | ("=" | "!=", left, ("text", option)) if option:
            match left:
                case ("reference", name) | ("call", "join", _, ("reference", name)):
                    yield name, option
        case ("=" | "!=", ("text", option), ("reference", name)) if option:
            yield name, option
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from _comparisons(part)
