"""A folder of files named by the SHA-256 of their content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
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
