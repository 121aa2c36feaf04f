"""What earlier releases showed, and when a new value would betray who changed (rule D9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.disclosure.merging import Members


@dataclass(frozen=True, slots=True)
class PastRelease:
    """A release that is still online: its public document, and who stood in the cells it showed for the first time."""

    snapshot_on: date
    document: Mapping[str, Any]
    members: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PastCell:
    table: str
    key: str
    statistics: tuple[str, ...]
    members: Members
    row: Mapping[str, Any]


def changed_groups(old: Members, new: Members) -> int:
    """Count the groups that joined, left or answered again."""
    return len({group for group, _version in old ^ new})


def is_held(old: Members, new: Members, threshold: int) -> bool:
    """Say whether the old value must stay: too few changed for the step between two values to hide each of them."""
    return 0 < changed_groups(old, new) < threshold


def past_cells(previous: Iterable[PastRelease], published_own: Collection[str]) -> Iterator[PastCell]:
    """Yield every cell shown so far, newest release first, less those groups whose own result is public by now."""
    for release in sorted(previous, key=lambda past: past.snapshot_on, reverse=True):
        rows = {(table["id"], row["key"]): row for table in release.document["tables"] for row in table["rows"]}
        for cell in release.members["cells"]:
            yield PastCell(
                table=cell["table"],
                key=cell["key"],
                statistics=tuple(cell["statistics"]),
                members=frozenset((group, version) for group, version in cell["members"] if group not in published_own),
                row=rows.get((cell["table"], cell["key"]), {}),
            )
