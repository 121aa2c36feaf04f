"""Memory of what is worked out once for each version of a questionnaire or profile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Protocol, TypeVar


class Version(Protocol):
    @property
    def reference(self) -> str: ...

    @property
    def version(self) -> str: ...


V = TypeVar("V", bound=Version)
T = TypeVar("T")


def once_per_version(build: Callable[[V], T]) -> Callable[[V], T]:
    """Remember the result for each reference; another object under the same reference replaces it."""
    memory: dict[str, tuple[V, T]] = {}

    @wraps(build)
    def remembered(version: V) -> T:
        entry = memory.get(version.reference)
        if entry is None or entry[0] is not version:
            entry = memory[version.reference] = (version, build(version))
        return entry[1]

    return remembered


def numbers_of(version: str) -> tuple[tuple[int, str], ...]:
    """What to sort versions by, so that "2026.10" comes after "2026.9"."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in version.split("."))


def newest_of(versions: Iterable[V]) -> V:
    """The newest of several versions of the same thing. Raises ValueError where there is none."""
    return max(versions, key=lambda item: numbers_of(item.version))
