"""A small XForms engine apart from ours: instances filled in, calculations and conditions worked out by lxml.

It knows nothing of our expressions. It sees only the XForm that the converter wrote, and answers by name of node.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

XFORMS = "{http://www.w3.org/2002/xforms}"
TEMPLATE = "{http://openrosa.org/javarosa}template"

Element = Any


def strings(value: Any) -> list[str]:
    return [node.text or "" for node in value] if isinstance(value, list) else [text(value)]


def text(value: Any) -> str:
    match value:
        case list():
            return (value[0].text or "") if value else ""
        case bool():
            return "true" if value else "false"
        case float():
            return "NaN" if math.isnan(value) else str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def number(value: Any) -> float:
    try:
        return float(text(value)) if not isinstance(value, bool) else float(value)
    except ValueError:
        return math.nan


def truth(value: Any) -> bool:
    return bool(value) and value == value


def single(value: Any) -> Any:
    """A node set as the text of its first node, which is what every engine makes of an argument."""
    return text(value) if isinstance(value, list) else value


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "selected": lambda _, value, option: text(option) in text(value).split(),
    "count-selected": lambda _, value: float(len(text(value).split())),
    "coalesce": lambda _, first, second: single(second) if text(first) == "" else single(first),
    "if": lambda _, condition, yes, no: single(yes) if truth(condition) else single(no),
    "join": lambda _, separator, *values: text(separator).join(part for value in values for part in strings(value)),
    "min": lambda _, *values: min((number(part) for value in values for part in strings(value)), default=math.nan),
    "max": lambda _, *values: max((number(part) for value in values for part in strings(value)), default=math.nan),
}


class Form:
    """The model of one XForm."""

    def __init__(self, xform: str) -> None:
        model = etree.fromstring(xform.encode()).find(f".//{XFORMS}model")
        self.blank = bare(model.find(f"{XFORMS}instance")[0])
        for template in list(self.blank.iter()):
            if template.get("template") == "":
                template.getparent().remove(template)
        binds = list(model.iter(f"{XFORMS}bind"))
        self.paths = {bind.get("nodeset").rpartition("/")[2]: bind.get("nodeset") for bind in binds}
        self.relevant = {
            bind.get("nodeset").rpartition("/")[2]: bind.get("relevant") for bind in binds if bind.get("relevant")
        }
        self.calculate = {bind.get("nodeset"): bind.get("calculate") for bind in binds if bind.get("calculate")}
        self.names = {node.tag for node in self.blank.iter()}
        self.compiled: dict[str, Any] = {}

    def evaluate(self, expression: str, context: Element) -> Any:
        if expression not in self.compiled:
            known = {(None, name): function for name, function in FUNCTIONS.items()}
            self.compiled[expression] = etree.XPath(expression, extensions=known)
        return self.compiled[expression](context)

    def filled(self, answers: Mapping[str, str], tables: Mapping[str, list[dict[str, str]]]) -> Element:
        """An instance with these answers by name, one repeat for each row, and all calculations done."""
        instance = deepcopy(self.blank)
        for name, value in answers.items():
            instance.find(f".//{name}").text = value
        for name, rows in tables.items():
            first = instance.find(f".//{name}")
            for row in rows:
                repeat = deepcopy(first)
                for column, value in row.items():
                    repeat.find(column).text = value
                first.addprevious(repeat)
            first.getparent().remove(first)
        for path, expression in self.calculate.items():
            for node in instance.xpath(path):
                node.text = text(self.evaluate(expression, node))
        return instance

    def shown(self, instance: Element, name: str) -> bool:
        expression = self.relevant.get(name)
        return expression is None or truth(self.evaluate(expression, instance.find(f".//{name}")))


def bare(node: Element) -> Element:
    """The same tree without namespaces, so that paths read as they are written."""
    copy = etree.Element(etree.QName(node).localname)
    copy.text = node.text
    if TEMPLATE in node.attrib:
        copy.set("template", "")
    copy.extend(list(_children(node)))
    return copy


def _children(node: Element) -> Iterator[Element]:
    return (bare(child) for child in node)
