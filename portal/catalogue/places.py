"""Where each text of a version stands: path -> file and line, for remarks about texts and for translators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from portal.catalogue.yaml_nodes import Node, Unreadable, parse, read_bytes

#: Lists whose items are known by their id alone, wherever they stand.
ALONE = ("questions", "fields", "screening")


class Place(NamedTuple):
    file: Path
    line: int


def places_in(folder: Path) -> dict[str, Place]:
    """Return the place of every key of every YAML file in `folder`, by the paths of `domain.wording`.

    A file that cannot be read has no places; its faults are the loader's to tell.
    """
    found: dict[str, Place] = {}
    for file in sorted(folder.glob("*.yaml")):
        if file.name == "cases.yaml":
            continue
        with suppress(Unreadable):
            tree = parse(read_bytes(file))
            for path, line in _paths(tree, _beginning(tree)):
                found.setdefault(path, Place(file, line))
    return found


def _beginning(tree: Node) -> str:
    """A section file is known by the id of the section; a main file needs no name."""
    named = tree.value.get("id") if isinstance(tree.value, dict) and "questions" in tree.value else None
    return f"{named[1].value}." if named and isinstance(named[1].value, str) else ""


def _paths(node: Node, above: str) -> Iterator[tuple[str, int]]:
    match node.value:
        case dict(entries):
            for key, (line, child) in entries.items():
                yield above + key, line
                if isinstance(child.value, tuple):
                    yield from _items(child.value, "" if key in ALONE else f"{above}{key}.")
                else:
                    yield from _paths(child, f"{above}{key}.")


def _items(items: tuple[Node, ...], above: str) -> Iterator[tuple[str, int]]:
    """An item without an id, such as a step of a rule, is known by its number."""
    for number, item in enumerate(items, 1):
        named = item.value.get("id") if isinstance(item.value, dict) else None
        name = named[1].value if named and isinstance(named[1].value, str) else str(number)
        yield above + name, item.line
        yield from _paths(item, f"{above}{name}.")
