"""What is wrong with a questionnaire file, gathered so that an author sees everything at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong, as `file:line: where: what`."""

    file: str
    line: int
    where: str
    what: str

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}", self.where, self.what) if part)


class InvalidCatalogue(Exception):
    """Questionnaires the portal refuses to start with; `faults` holds all of them, sorted by file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(slots=True)
class Faults:
    """Collects the faults of one file; copies for other files share the same list."""

    file: Path
    found: list[Fault] = field(default_factory=list)

    def add(self, line: int, where: str, what: str) -> None:
        self.found.append(Fault(shown(self.file), line, where, printable(what)))

    def within(self, file: Path) -> Faults:
        return Faults(file, self.found)


def shown(path: Path) -> str:
    """The path as an author would type it: relative to where they stand, if it is below."""
    try:
        return printable(str(path.resolve().relative_to(Path.cwd())))
    except ValueError:
        return printable(str(path))


def printable(text: str) -> str:
    """`text` without anything that could rewrite a terminal or forge a second line of output."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
