"""What our own forms keep in columns that XLSForm does not know, read back."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from portal.catalogue.yaml_nodes import Node, Unreadable, parse
from portal.xlsform.notation import Value
from portal.xlsform.remarks import Remark
from portal.xlsform.sheets import Line

LIMIT = re.compile(
    r"\s*(?:\.\s*>=\s*(?P<least>-?[0-9]+(?:\.[0-9]+)?))?"
    r"(?:\s*(?:and)?\s*\.\s*<=\s*(?P<most>-?[0-9]+(?:\.[0-9]+)?))?\s*"
)


def yaml_in(line: Line, key: str, remarks: list[Remark]) -> Any:
    """Return what our column `key` holds, as text, lists and mappings; None where there is nothing to be read."""
    text = line.own(key)
    if not text:
        return None
    try:
        return _plain(parse(text.encode()))
    except Unreadable as error:
        remarks.append(Remark(line.sheet, line.number, f"portal_{key}", f"line {error.line} of the cell {error.what}"))
        return None


def _plain(node: Node) -> Value:
    match node.value:
        case str(text):
            return text
        case tuple(items):
            return [_plain(item) for item in items]
        case entries:
            return {key: _plain(item) for key, (_, item) in entries.items()}


def more_in(line: Line, placed: Collection[str], remarks: list[Remark]) -> dict[str, Value]:
    """Keys that have no column of their own."""
    found = yaml_in(line, "more", remarks)
    if found is None:
        return {}
    if not isinstance(found, dict) or not found.keys().isdisjoint(placed):
        what = "must be a mapping of keys that have no column of their own; left out"
        remarks.append(Remark(line.sheet, line.number, "portal_more", what))
        return {}
    return found


def limits_in(line: Line, remarks: list[Remark]) -> dict[str, Value]:
    """Minimum and maximum out of a constraint or the parameters of a range; anything else becomes a remark."""
    parameters = dict(re.findall(r"(start|end)\s*=\s*(-?[0-9.]+)", line.get("parameters")))
    found = {"minimum": parameters.get("start"), "maximum": parameters.get("end")}
    if constraint := line.get("constraint"):
        if limit := LIMIT.fullmatch(" ".join(constraint.replace("(", " ").replace(")", " ").split())):
            found = {"minimum": limit["least"] or found["minimum"], "maximum": limit["most"] or found["maximum"]}
        else:
            remarks.append(Remark(line.sheet, line.number, "constraint", f"{constraint[:100]!r} is not carried"))
    return {key: value for key, value in found.items() if value is not None}
