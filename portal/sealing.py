"""Seal short secrets before they are stored (authenticator keys, links in mails): a stolen table opens nothing."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: Bytes of the random number that makes each sealed text different, and of the mark that shows any change.
_NONCE, _TAG = 12, 16


class Unsealable(Exception):
    """Sealed with a key this installation does not have, or altered."""


class Sealer:
    """AES-256-GCM with a key of its own; seals with the first key and opens with any, so that keys can be changed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._boxes = [AESGCM(_derived(key)) for key in keys]

    def seal(self, text: str) -> str:
        nonce = secrets.token_bytes(_NONCE)
        return base64.urlsafe_b64encode(nonce + self._boxes[0].encrypt(nonce, text.encode(), None)).decode()

    def open(self, sealed: str) -> str:
        """Return the text. Raises Unsealable."""
        try:
            raw = base64.b64decode(sealed, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise Unsealable from None
        if len(raw) < _NONCE + _TAG:
            raise Unsealable
        for box in self._boxes:
            try:
                return box.decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
            except InvalidTag:
                continue
        raise Unsealable


def _derived(key: bytes) -> bytes:
    """The secret that signs cookies must not be the one that seals."""
    return HKDF(SHA256(), 32, salt=None, info=b"portal sealing 1").derive(key)
