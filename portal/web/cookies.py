"""Flask's session cookie: signed, timeless, holding nothing secret (form token, language, notices)."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from flask import Flask
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Request


class TimelessCookies(SecureCookieSessionInterface):
    """Flask signs the time too, and refuses cookies "from the future" when a clock steps back; who is signed in is
    not in this cookie but in the login table, so nothing is gained by the time."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        value = request.cookies.get(self.get_cookie_name(app))
        if not value:
            return self.session_class()
        try:
            return self.session_class(self._serializer(app).loads(value))
        except BadSignature:
            return self.session_class()

    def get_signing_serializer(self, app: Flask) -> URLSafeSerializer:  # type: ignore[override]
        return self._serializer(app)

    def _serializer(self, app: Flask) -> URLSafeSerializer:
        return _serializer_of(app.secret_key or "")


@lru_cache(maxsize=4)
def _serializer_of(secret: str | bytes) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret,
        salt="portal.cookie",
        serializer=TaggedJSONSerializer(),
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
