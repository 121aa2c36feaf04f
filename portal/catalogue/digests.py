"""The digest of what a version means: the same for the same meaning, whatever the layout of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
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
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        name = type(value).__name__
        return {
            item.name: meaning(getattr(value, item.name))
            for item in fields(value)
            if (name, item.name) not in _OUTSIDE and getattr(value, item.name) != _default(item)
        }
    if isinstance(value, Mapping):
        return {key: meaning(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [meaning(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _default(item: Field[Any]) -> object:
    if item.default_factory is not MISSING:
        return item.default_factory()
    return item.default
