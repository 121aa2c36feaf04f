"""YAML text to a tree of lines and strings, refusing whatever an author of questionnaires has no use for.

Security rule R21: no aliases (they can grow a small file without bound), no anchors, no tags (they can name Python
objects), no duplicate keys (the last would win in silence), limits on size, depth and number of values. Every scalar
stays the text that was written: the code `NO` is a country here, not a denial.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

import yaml
from yaml import events as ev
from yaml.reader import ReaderError

#: R21 asks for 2 MB at most. Ten times the longest section is enough, and keeps any refusal well under two seconds.
MAXIMUM_BYTES = 256 * 1024
MAXIMUM_DEPTH = 20
MAXIMUM_VALUES = 10_000
#: Characters no text needs: controls, halves of characters, and overrides that make text read other than it is.
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

#: Only its events are used, so YAML's notions of truth and numbers never come in. libyaml where the platform has it: it
#: is forty times as fast as Python.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NO_TEXT = "holds a character that does not belong in text"


class Unreadable(Exception):
    """The file cannot be read as questionnaire YAML; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line it starts on: text, a list of nodes, or a mapping of key to (line of the key, node)."""

    line: int
    value: str | tuple[Node, ...] | dict[str, tuple[int, Node]]


def read_bytes(path: Path, limit: int = MAXIMUM_BYTES) -> bytes:
    """Return the content of a plain file. Raises Unreadable; never follows a link, never waits for a device."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        reason = "is a link; put the file itself here" if path.is_symlink() else f"cannot be read: {error.strerror}"
        raise Unreadable(1, reason) from None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Unreadable(1, "is not a plain file")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise Unreadable(1, f"is larger than {limit // 1024} KB")
    return content


def decode(content: bytes) -> str:
    """Return `content` as text in Unicode's composed form (NFC), so that equal words are equal text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(content.count(b"\n", 0, error.start) + 1, "is not UTF-8 text") from None
    if "\0" in text:
        raise Unreadable(text.count("\n", 0, text.index("\0")) + 1, "holds a NUL character")
    return normalize("NFC", text)


def parse(content: bytes) -> Node:
    """Return the one document in `content` as a tree. Raises Unreadable with the line of the first fault."""
    text = decode(content)
    if hit := UNFIT.search(text.replace("\r", "\n")):
        raise Unreadable(text.count("\n", 0, hit.start()) + 1, NO_TEXT)
    try:
        return _document(yaml.parse(text, Loader=LOADER), suspect="\\" in text)
    except Unreadable:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(mark.line + 1 if mark else 1, f"is not valid YAML: {error.problem}") from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable(line, NO_TEXT) from None
    # Whatever a hostile file provokes inside the parser, the author gets a line and not a traceback.
    except (yaml.YAMLError, ValueError, ArithmeticError, LookupError, AttributeError, AssertionError) as error:
        raise Unreadable(1, f"is not valid YAML: {type(error).__name__}") from None


def _document(events: Iterator[ev.Event], suspect: bool) -> Node:
    builder = _Builder(events, suspect)
    node: Node | None = None
    for event in events:
        if isinstance(event, ev.DocumentStartEvent) and node is not None:
            raise Unreadable(event.start_mark.line + 1, "holds a second document (---); use one file each")
        if isinstance(event, ev.NodeEvent):
            node = builder.node(event, 0)
    if node is None:
        raise Unreadable(1, "is empty")
    return node


class _Builder:
    """Nodes from events, with every check on the way. `suspect`: escapes may hide characters that do not belong."""

    def __init__(self, events: Iterator[ev.Event], suspect: bool) -> None:
        self.events, self.suspect, self.values = events, suspect, 0

    def node(self, event: ev.Event, depth: int) -> Node:
        line = event.start_mark.line + 1
        self.values += 1
        if self.values > MAXIMUM_VALUES:
            raise Unreadable(line, f"holds more than {MAXIMUM_VALUES:,} values; split it into sections")
        if event.anchor is not None:
            if isinstance(event, ev.AliasEvent):
                raise Unreadable(line, "uses an alias (*name); write the value out")
            raise Unreadable(line, "uses an anchor (&name); write the value out")
        if event.tag is not None:
            raise Unreadable(line, "uses a tag (!name); write plain values")
        if isinstance(event, ev.ScalarEvent):
            return Node(line, self.text(event, line).strip())
        if depth == MAXIMUM_DEPTH:
            raise Unreadable(line, f"is nested more than {MAXIMUM_DEPTH} deep")
        if isinstance(event, ev.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self.events), ev.SequenceEndEvent):
                items.append(self.node(event, depth + 1))
            return Node(line, tuple(items))
        return Node(line, self.entries(depth))

    def entries(self, depth: int) -> dict[str, tuple[int, Node]]:
        found: dict[str, tuple[int, Node]] = {}
        while not isinstance(event := next(self.events), ev.MappingEndEvent):
            line = event.start_mark.line + 1
            key = self.node(event, depth + 1)
            if not isinstance(key.value, str):
                raise Unreadable(line, "has a key that is not a word")
            if event.value in found:
                raise Unreadable(line, f"says {event.value!r} twice; the first is on line {found[event.value][0]}")
            found[event.value] = (line, self.node(next(self.events), depth + 1))
        return found

    def text(self, event: ev.Event, line: int) -> str:
        if self.suspect and UNFIT.search(event.value):
            raise Unreadable(line, NO_TEXT)
        text: str = event.value
        return text
