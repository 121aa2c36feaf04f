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


class StoredFileDamaged(Exception):
    """The content no longer has the hash it was stored under, or is gone."""


@dataclass(frozen=True, slots=True)
class FileStore:
    root: Path

    def put(self, path: Path) -> str:
        """Move a finished temporary file in, and return its hash. After this returns, a power cut loses nothing."""
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        place = self._place(digest)
        if place.exists():
            path.unlink()
            os.utime(place)  # whoever sweeps files that no row names must see that this one was just put in
            return digest
        place.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(place)
        _sync_folder(place.parent)
        return digest

    def put_bytes(self, content: bytes) -> str:
        return self.put(self.receive([content]))

    def receive(self, chunks: Iterable[bytes]) -> Path:
        """Write chunks to a temporary file beside the store, so that `put` only has to rename it."""
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=incoming)
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        return Path(name)

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
        for path in [*(self.root / "sha256").glob("*/*"), *(self.root / "incoming").glob("*")]:
            with suppress(FileNotFoundError):
                if path.name not in kept and path.stat().st_mtime < oldest:
                    path.unlink()
                    removed += 1
        return removed

    def _place(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self.root / "sha256" / digest[:2] / digest


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
