"""Seal short secrets before they are stored (authenticator keys, links in mails): a stolen table opens nothing."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unsealable(Exception):
    """Sealed with a key this installation does not have, or altered."""


class Sealer:
    """Seals with the first key and opens with any, so that the secret key can be changed without loss."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._box = MultiFernet([Fernet(_derived(key)) for key in keys])

    def seal(self, text: str) -> str:
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return the text. Raises Unsealable."""
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken:
            raise Unsealable from None


def _derived(key: bytes) -> bytes:
    """A key of its own: the secret that signs cookies must not be the one that seals."""
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=b"portal sealing 1").derive(key))
