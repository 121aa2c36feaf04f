"""Files made from our own data and kept until something newer has another name; the folder may be emptied at any time.

Making one can be asked for by anybody, so what is asked for is a file too: asking twice changes nothing, and there can
be no more of them than there are names. Names come from our own versions and languages, never from an address.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: Seconds after which something that could not be made may be asked for again.
REFUSED_FOR = 600
_NAME = re.compile(r"[A-Za-z0-9_@-][A-Za-z0-9._@-]{0,150}")


@dataclass(frozen=True, slots=True)
class Shelf:
    folder: Path

    def find(self, name: str) -> bytes | None:
        """The file, or nothing if it was not made yet."""
        try:
            return self._place(name).read_bytes()
        except OSError:
            return None

    def keep(self, name: str, content: bytes) -> None:
        """Put the file there whole, and take back that it was asked for. A full disk keeps nothing and says nothing."""
        place = self._place(name)
        unfinished = place.with_name(f"{place.name}.{os.getpid()}.unfinished")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            unfinished.replace(place)
        except OSError:
            _remove(unfinished)
        _remove(self._wanted(name))
        _remove(self._refused(name))

    def ask(self, name: str) -> bool:
        """Ask for the file; True if that is new, so that somebody should be told."""
        wanted = self._wanted(name)
        wanted.parent.mkdir(parents=True, exist_ok=True)
        try:
            wanted.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def wanted(self) -> list[str]:
        """What was asked for and not made, the oldest first."""
        files = [(_written(path), path.name) for path in self.folder.glob("*.wanted")]
        return [name.removesuffix(".wanted") for _at, name in sorted(files)]

    def refuse(self, name: str, code: str) -> None:
        """It could not be made, for a reason in one word; those who wait are told."""
        with suppress(OSError):
            self._refused(name).write_text(code, encoding="ascii")
        _remove(self._wanted(name))

    def refusal(self, name: str) -> str:
        """Why it could not be made lately; empty if it may be asked for."""
        refused = self._refused(name)
        if time.time() - _written(refused) > REFUSED_FOR:
            return ""
        try:
            return refused.read_text(encoding="ascii")
        except OSError:
            return ""

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("not a name of ours")
        return self.folder / name

    def _wanted(self, name: str) -> Path:
        return self._place(f"{name}.wanted")

    def _refused(self, name: str) -> Path:
        return self._place(f"{name}.refused")


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
