"""The digest of what a version means: the same for the same meaning, whatever the layout of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from portal.domain.canonical import canonical, digest_of

#: Not meaning: the digest itself, and the names of files, which only appear in addresses.
_OUTSIDE = {("Questionnaire", "digest"), ("Profile", "digest"), ("Section", "slug")}


def digest_of_meaning(version: object) -> str:
    """Return "sha256:<hex>" over the canonical JSON of `version`, labels included.

    A field at its default value is left out, so that a field added to the format later leaves the digests of
    published versions as they are.
    """
    return digest_of(canonical(meaning(version)))


def meaning(value: Any) -> Any:
    """The content of a frozen dataclass as plain JSON values."""
    kind: Any = type(value)
    if kind in (str, int, bool) or value is None:
        return value
    if kind is tuple or kind is list:
        return [meaning(item) for item in value]
    if is_dataclass(value):
        held = ((name, getattr(value, name), default) for name, default in _fields(kind))
        return {name: meaning(item) for name, item, default in held if item != default}
    if isinstance(value, Mapping):
        return {key: meaning(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


@cache
def _fields(kind: Any) -> list[tuple[str, object]]:
    """The fields of a dataclass that carry meaning, each with its default."""
    return [(item.name, _default(item)) for item in fields(kind) if (kind.__name__, item.name) not in _OUTSIDE]


def _default(item: Field[Any]) -> object:
    if item.default_factory is not MISSING:
        return item.default_factory()
    return item.default
