"""An OpenID Connect provider on this machine, honest or hostile as a test wants it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey


@cache
def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


@cache
def _other_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class IdentityProvider:
    issuer: str = ""
    client_id: str = "portal"
    secret: str = "the secret of the client"
    #: The person at the keyboard.
    claims: dict[str, Any] = field(default_factory=dict)
    #: What to lie about: claims to put in place of the right ones.
    lies: dict[str, Any] = field(default_factory=dict)
    #: "none", "secret" (HS256 with the client's secret), "other" (a key that is not published) or "" for the right key.
    signs_with: str = ""
    #: What discovery says the issuer is, if not the truth.
    says_issuer: str = ""
    #: Code -> what was asked for with it.
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorise(self, address: str) -> tuple[str, str]:
        """What the provider's own page does after the person signed in there: return code and state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["response_type"], asked["client_id"]) == ("code", self.client_id)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return code, asked["state"]

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        expected = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        if asked is None or authorization != f"Basic {expected}" or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        now = int(time.time())
        right = {"iss": self.issuer, "aud": self.client_id, "exp": now + 300, "iat": now, "auth_time": now}
        right["nonce"] = asked["nonce"]
        assert asked["max_age"] == "600"
        return {"id_token": self._signed(right | self.claims | self.lies), "token_type": "Bearer", "access_token": "x"}

    def _signed(self, claims: dict[str, Any]) -> str:
        match self.signs_with:
            case "none":
                parts = [json.dumps({"alg": "none"}).encode(), json.dumps(claims).encode(), b""]
                return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
            case "secret":
                return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(self.secret * 2), algorithms=["HS256"])
            case "other":
                return jwt.encode({"alg": "RS256", "kid": "one"}, claims, _other_key())
            case _:
                return jwt.encode({"alg": "RS256", "kid": "one"}, claims, _key())


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        provider: IdentityProvider = self.server.provider  # type: ignore[attr-defined]
        if self.path == "/.well-known/openid-configuration":
            self._answer(
                {
                    "issuer": provider.says_issuer or provider.issuer,
                    "authorization_endpoint": f"{provider.issuer}/authorize",
                    "token_endpoint": f"{provider.issuer}/token",
                    "jwks_uri": f"{provider.issuer}/keys",
                }
            )
        elif self.path == "/keys":
            self._answer({"keys": [_key().as_dict(private=False)]})
        else:
            self._answer(None)

    def do_POST(self) -> None:
        provider: IdentityProvider = self.server.provider  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(provider.token(form, self.headers.get("Authorization", "")))

    def _answer(self, content: dict[str, Any] | None) -> None:
        written = json.dumps(content or {"error": "invalid"}).encode()
        self.send_response(200 if content else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_arguments: object) -> None:
        """Tests say what they want to know."""


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        provider = IdentityProvider(issuer=f"http://127.0.0.1:{server.server_address[1]}")
        server.provider = provider  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
