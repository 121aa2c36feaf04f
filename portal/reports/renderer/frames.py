"""The wire between the portal and its renderer: a JSON head and binary bodies, each with its length in front."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

LENGTH = struct.Struct(">I")


def write_frame(stream: IO[bytes], head: dict[str, Any], *bodies: bytes) -> None:
    packed = json.dumps({**head, "bodies": len(bodies)}).encode()
    for part in (packed, *bodies):
        stream.write(LENGTH.pack(len(part)))
        stream.write(part)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], list[bytes]] | None:
    """Return head and bodies, or None once the other side has gone, in the middle of a frame or before it."""
    packed = _read_part(stream)
    if packed is None:
        return None
    head: dict[str, Any] = json.loads(packed)
    bodies = []
    for _ in range(head.pop("bodies")):
        body = _read_part(stream)
        if body is None:
            return None
        bodies.append(body)
    return head, bodies


def _read_part(stream: IO[bytes]) -> bytes | None:
    length = stream.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    part = stream.read(size := LENGTH.unpack(length)[0])
    return part if len(part) == size else None
