"""Files on their way: what has arrived so far, under a random name of ours, until all of it is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from portal.storage.folder import PIECES, make_folder, sync_folder

#: Bytes of one piece: what a broken line costs at most.
PIECE = 1024 * 1024


class PiecesLost(Exception):
    """Less is there than was said to have arrived: the file must be sent again from its start."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """`root` is the folder of the store: its sweep also removes pieces that no row names any more."""

    root: Path

    def append(self, upload_id: UUID, offset: int, piece: bytes) -> None:
        """Put a piece where it belongs, over what a cut-off attempt left there. Raises PiecesLost.

        After this returns, a power cut loses nothing: the row that says so is written afterwards.
        """
        place = self._place(upload_id)
        make_folder(place.parent)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            if os.fstat(handle).st_size < offset:
                raise PiecesLost
            with os.fdopen(os.dup(handle), "wb") as file:
                file.seek(offset)
                file.write(piece)
            os.fsync(handle)
        finally:
            os.close(handle)
        if not offset:
            sync_folder(place.parent)

    def read(self, upload_id: UUID, size: int) -> Iterator[bytes]:
        """Everything that has arrived, to be copied before it is looked at: what is inspected must not change any more.

        Raises PiecesLost.
        """
        try:
            with self._place(upload_id).open("rb") as file:
                while size > 0 and (chunk := file.read(min(size, PIECE))):
                    size -= len(chunk)
                    yield chunk
        except FileNotFoundError:
            raise PiecesLost from None
        if size:
            raise PiecesLost

    def drop(self, upload_id: UUID) -> None:
        with suppress(FileNotFoundError):
            self._place(upload_id).unlink()

    def _place(self, upload_id: UUID) -> Path:
        return self.root / PIECES / upload_id.hex
