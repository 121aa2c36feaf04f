"""Checkpoints of the log as signed notes (C2SP signed-note and tlog-checkpoint): text, key names and signatures."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

#: Ed25519 in the registry of signed-note.
_ED25519 = b"\x01"
_DASH = "\u2014 "


class InvalidNote(ValueError):
    """Not a checkpoint in the form we write."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    #: Which log it is about.
    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_hash(name: str, public_key: bytes) -> bytes:
    return hashlib.sha256(f"{name}\n".encode() + _ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """The public key in the form verifiers take: name, short hash and key."""
    encoded = base64.b64encode(_ED25519 + public_key).decode()
    return f"{name}+{key_hash(name, public_key).hex()}+{encoded}"


def signed_note(checkpoint: Checkpoint, public_key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Return the checkpoint with one signature, named after its origin."""
    signature = key_hash(checkpoint.origin, public_key) + sign(checkpoint.body.encode())
    return f"{checkpoint.body}\n{_DASH}{checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def read_note(note: str) -> Checkpoint:
    """Return what a note says, whether or not its signature is good. Raises InvalidNote."""
    lines = note.split("\n")
    try:
        return Checkpoint(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True))
    except (IndexError, ValueError):
        raise InvalidNote from None
