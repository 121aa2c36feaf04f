"""A folder of files named by the SHA-256 of their content."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

#: Below the root: files that arrive in pieces (portal.storage.pieces).
PIECES = "pieces"


class StoredFileDamaged(Exception):
    """The content no longer has the hash it was stored under, or is gone."""


@dataclass(frozen=True, slots=True)
class FileStore:
    root: Path

    def put(self, path: Path) -> str:
        """Move a finished temporary file in, and return its hash. After this returns, a power cut loses nothing."""
        digest = _digest(path)
        place = self._place(digest)
        if place.exists() and _digest(place) == digest:
            path.unlink()
            os.utime(place)  # whoever sweeps files that no row names must see that this one was just put in
            return digest
        make_folder(place.parent)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(place)
        sync_folder(place.parent)
        return digest

    def put_bytes(self, content: bytes) -> str:
        return self.put(self.receive([content]))

    def receive(self, chunks: Iterable[bytes]) -> Path:
        """Write chunks to a temporary file beside the store, so that `put` only has to rename it.

        Where the chunks break off, nothing stays.
        """
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
        except BaseException:
            Path(name).unlink()
            raise
        return Path(name)

    def path(self, digest: str) -> Path:
        """Where the content lies, for a program that reads it by itself."""
        return self._place(digest)

    def read(self, digest: str) -> bytes:
        """Return the content, checked against its hash. Raises StoredFileDamaged."""
        try:
            content = self._place(digest).read_bytes()
        except FileNotFoundError:
            raise StoredFileDamaged(digest) from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise StoredFileDamaged(digest)
        return content

    def sweep(self, kept: Collection[str], *, untouched: timedelta) -> int:
        """Remove files that are not among the kept and were not put in of late; return how many.

        "Of late" covers an upload whose row is not committed yet.
        """
        oldest = time.time() - untouched.total_seconds()
        removed = 0
        places = (("sha256", "*/*"), ("incoming", "*"), (PIECES, "*"))
        for path in (found for folder, pattern in places for found in (self.root / folder).glob(pattern)):
            with suppress(FileNotFoundError):
                if path.name not in kept and path.stat().st_mtime < oldest:
                    path.unlink()
                    removed += 1
        return removed

    def _place(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self.root / "sha256" / digest[:2] / digest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_folder(folder: Path) -> None:
    """Make a folder that a power cut does not take away again."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
