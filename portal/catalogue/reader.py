"""Typed reading of a mapping in a YAML file: each value asked for by key, each fault recorded with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from portal.catalogue.faults import Faults
from portal.catalogue.yaml_nodes import Node

WORD = re.compile(r"[a-z][a-z0-9_]*")
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
#: Ids of questions and profile fields belong in data (`same_as`, expressions), never in a text people read.
INTERNAL = re.compile(r"\b[A-Z]{3}-(?:[A-Z]{1,4}-)?[0-9]{1,2}\b|\bmaps to\b")
#: How alike a word must be to be taken for the one that was meant.
CLOSE = 0.75
TRUTH = {"yes": True, "true": True, "no": False, "false": False}
Choice = TypeVar("Choice", bound=StrEnum)


class Fields:
    """The keys of one mapping. Reading never raises: a missing or wrong value is a fault and reads as empty."""

    def __init__(self, node: Node, where: str, faults: Faults) -> None:
        self.node, self.line, self.where, self.faults = node, node.line, where, faults
        self.asked: set[str] = set()
        self.entries: dict[str, tuple[int, Node]] = {}
        if isinstance(node.value, dict):
            self.entries = node.value
        else:
            self.fault("must be a mapping of keys to values")

    def fault(self, what: str, key: str = "", line: int | None = None) -> None:
        """Record a fault at `key`, where it stands, or at the mapping."""
        where = f"{self.where}.{key}" if self.where and key else self.where or key
        self.faults.add(line or self.line_of(key), where, what)

    def line_of(self, key: str) -> int:
        return self.entries[key][0] if key in self.entries else self.line

    def has(self, key: str) -> bool:
        self.asked.add(key)
        return key in self.entries

    def close(self) -> None:
        """Record every key nobody asked for, with the one that was probably meant."""
        for key, (line, _node) in self.entries.items():
            if key not in self.asked:
                near = get_close_matches(key, self.asked, n=1, cutoff=CLOSE)
                self.fault("is not a key here" + (f"; did you mean {near[0]}?" if near else ""), key, line)

    def _get(self, key: str, required: bool) -> Node | None:
        self.asked.add(key)
        if key in self.entries:
            return self.entries[key][1]
        if required:
            self.fault(f"needs the key {key}")
        return None

    def text(self, key: str, *, required: bool = True) -> str:
        """A text that people read or that names something; not empty where the key is there."""
        node = self._get(key, required)
        if node is None:
            return ""
        if not isinstance(node.value, str):
            self.fault("must be text", key)
            return ""
        if not node.value:
            self.fault("must not be empty", key)
        return node.value

    def prose(self, key: str, *, required: bool = True) -> str:
        """A text that people read: it must not name questions by their ids."""
        found = self.text(key, required=required)
        self.readable(found, key)
        return found

    def readable(self, text: str, key: str, line: int | None = None) -> None:
        if hit := INTERNAL.search(text):
            self.fault(f"names {hit[0]!r}; write out what is meant, and put ids into same_as", key, line)

    def matching(self, key: str, pattern: re.Pattern[str], what: str, *, required: bool = True) -> str:
        found = self.text(key, required=required)
        if found and not pattern.fullmatch(found):
            self.fault(f"must be {what}, is {found!r}", key)
        return found

    def word(self, key: str) -> str:
        return self.matching(key, WORD, "a word in lower case (letters, digits, _)")

    def yes(self, key: str, default: bool = False) -> bool:
        found = self.text(key, required=False)
        if found and found not in TRUTH:
            self.fault(f"must be yes or no, is {found!r}", key)
        return TRUTH.get(found, default)

    def number(self, key: str, *, required: bool = True) -> int | float | None:
        found = self.text(key, required=required)
        if not found:
            return None
        if not NUMBER.fullmatch(found):
            self.fault(f"must be a number, is {found!r}", key)
            return None
        return float(found) if "." in found and not float(found).is_integer() else int(float(found))

    def whole(self, key: str, least: int, most: int, *, required: bool = True) -> int | None:
        found = self.number(key, required=required)
        if found is None:
            return None
        if not isinstance(found, int) or not least <= found <= most:
            self.fault(f"must be a whole number from {least} to {most}, is {found}", key)
            return None
        return found

    def one_of(self, key: str, allowed: Iterable[str], *, required: bool = True) -> str:
        found, known = self.text(key, required=required), list(allowed)
        if found and found not in known:
            near = get_close_matches(found, known, n=1, cutoff=CLOSE)
            hint = f"did you mean {near[0]}?" if near else "one of: " + ", ".join(known[:12])
            self.fault(f"{found!r} is not known; {hint}", key)
            return ""
        return found

    def choice(self, key: str, kinds: type[Choice], *, required: bool = True) -> Choice | None:
        found = self.one_of(key, [kind.value for kind in kinds], required=required)
        return kinds(found) if found else None

    def texts(self, key: str, *, required: bool = False) -> dict[str, int]:
        """A list of different words, each with its line, in order."""
        node = self._get(key, required)
        found: dict[str, int] = {}
        for item in self._items(node, key):
            if not isinstance(item.value, str) or not item.value:
                self.fault("must be a list of words", key, item.line)
            elif item.value in found:
                self.fault(f"says {item.value!r} twice", key, item.line)
            else:
                found[item.value] = item.line
        return found

    def _items(self, node: Node | None, key: str) -> tuple[Node, ...]:
        if node is None:
            return ()
        if not isinstance(node.value, tuple):
            self.fault("must be a list", key)
            return ()
        return node.value

    def items(self, key: str, *, name: str = "id", required: bool = True) -> list[Fields]:
        """A list of mappings; `where` of each ends in the value of its key `name`, or in its number."""
        found = []
        for index, node in enumerate(self._items(self._get(key, required), key), 1):
            label = node.value.get(name) if isinstance(node.value, dict) else None
            own = label[1].value if label and isinstance(label[1].value, str) and label[1].value else f"{key} {index}"
            prefix = f"{self.where}." if self.where else ""
            found.append(Fields(node, prefix + own, self.faults))
        return found

    def mapping(self, key: str, *, required: bool = True) -> Fields | None:
        node = self._get(key, required)
        return None if node is None else Fields(node, f"{self.where}.{key}" if self.where else key, self.faults)

    def labels(self, key: str, *, required: bool = False) -> dict[str, str]:
        """A mapping of keys to texts that people read."""
        inner = self.mapping(key, required=required)
        return {} if inner is None else {name: inner.prose(name) for name in inner.entries}


def unique(items: Iterable[Fields], what: str, key: str = "id") -> None:
    """Record every item whose `key` an earlier one has already."""
    first: dict[str, int] = {}
    for item in items:
        value = item.entries[key][1].value if key in item.entries else None
        if isinstance(value, str) and value:
            if value in first:
                item.fault(f"{what} {value!r} is there already, on line {first[value]}", key)
            first.setdefault(value, item.line_of(key))
