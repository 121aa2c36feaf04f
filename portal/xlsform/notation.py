"""Our YAML, written: plain where that is safe, folded where it is long, quoted where anything could be misread."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WIDTH = 120
LONGEST_COMMENT = 500
WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
#: Printable for JSON, but a line break or nothing at all for YAML.
UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Undecided:
    """A value that only an author can give. It is written empty, so that the check refuses it until then."""

    choice: str


Value = str | Undecided | Sequence["Value"] | Mapping[str, "Value"]


def written(values: Mapping[str, Value], remark: str = "") -> str:
    """Return the file with these keys, under a remark."""
    head = [f"# {line}".rstrip() for line in remark.splitlines()]
    return "\n".join([*head, *_block(values, 0)]) + "\n"


def flow(value: Value) -> str:
    """Return the value in one line."""
    match value:
        case str():
            return value if WORD.fullmatch(value) else _quoted(value)
        case Undecided():
            return '""'
        case Mapping():
            return "{" + ", ".join(f"{_key(key)}: {flow(item)}" for key, item in value.items()) + "}"
    return f"[{', '.join(flow(item) for item in value)}]"


def steps(values: Sequence[Value]) -> str:
    """Return a list with one line for each entry."""
    return "\n".join(f"- {flow(value)}" for value in values)


def undecided(value: Value) -> bool:
    """Whether something in it is left to an author."""
    match value:
        case Undecided():
            return True
        case str():
            return False
        case Mapping():
            return any(undecided(item) for item in value.values())
    return any(undecided(item) for item in value)


def _block(values: Mapping[str, Value], indent: int) -> Iterator[str]:
    for key, value in values.items():
        yield from _entry(f"{' ' * indent}{_key(key)}:", value, indent)


def _entry(head: str, value: Value, indent: int) -> Iterator[str]:
    match value:
        case str():
            yield from _text(head, value, indent)
        case Undecided():
            yield f'{head} ""  # {_comment(value.choice)}'
        case Mapping() if value:
            yield head
            yield from _block(value, indent + 2)
        case Mapping():
            yield f"{head} {{}}"
        case _ if not any(isinstance(item, Mapping) for item in value):
            yield from _words(head, value, indent)
        case _:
            yield head
            for item in value:
                yield from _item(item, indent + 2)


def _words(head: str, values: Sequence[Value], indent: int) -> Iterator[str]:
    line = f"{head} {flow(values)}"
    if not values or len(line) <= WIDTH:
        yield line
        return
    yield head
    yield from (f"{' ' * (indent + 2)}- {flow(value)}" for value in values)


def _item(value: Value, indent: int) -> Iterator[str]:
    line = f"{' ' * indent}- {flow(value)}"
    if not isinstance(value, Mapping) or (len(line) <= WIDTH and not _open(value)):
        yield line
        return
    first, *rest = _block(value, indent + 2)
    yield f"{' ' * indent}- {first.lstrip()}"
    yield from rest


def _open(value: Mapping[str, Value]) -> bool:
    """Whether something in it needs a line of its own."""
    return undecided(value) or "type" in value or "columns" in value


def _text(head: str, value: str, indent: int) -> Iterator[str]:
    if _plain(value) and len(head) + 1 + len(value) <= WIDTH:
        yield f"{head} {value}"
    elif _tame(value) and len(head) + 3 + len(value) > WIDTH:
        yield f"{head} >-"
        yield from _folded(value, " " * (indent + 2))
    else:
        yield f"{head} {_quoted(value)}"


def _folded(value: str, margin: str) -> Iterator[str]:
    line = margin
    for word in value.split(" "):
        if line != margin and len(line) + 1 + len(word) > WIDTH:
            yield line
            line = margin
        line += word if line == margin else f" {word}"
    yield line


def _tame(value: str) -> bool:
    """Whether the text is one line of words with single spaces between them."""
    return bool(value) and value.isprintable() and value.split() == value.split(" ") and not UNSAFE.search(value)


def _plain(value: str) -> bool:
    return (
        _tame(value)
        and (value[0].isalpha() or value.isdecimal())
        and not value.endswith(":")
        and ": " not in value
        and " #" not in value
    )


def _key(key: str) -> str:
    return key if WORD.fullmatch(key) else _quoted(key)


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:LONGEST_COMMENT]


def _quoted(value: str) -> str:
    return UNSAFE.sub(lambda hit: f"\\u{ord(hit[0]):04x}", json.dumps(value, ensure_ascii=False))
