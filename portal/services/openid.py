"""Speak OpenID Connect with an identity provider: find it, send people there, check what comes back."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

#: Seconds an identity provider may take for an answer.
PATIENCE = 5
#: Longest answer taken, in bytes.
LONGEST = 256 * 1024
#: Clocks may differ by so much.
TOLERANCE = timedelta(seconds=60)
#: Seconds for which the addresses and keys of a provider are remembered.
REMEMBERED = 600
#: Signatures taken: all of them need the provider's private key. "none" and shared secrets are not among them.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_LOCAL = ("localhost", "127.0.0.1", "::1")


class ProviderFailed(Exception):
    """The provider cannot be reached, or what it says cannot be trusted. The message is one word for the log."""


@dataclass(frozen=True, slots=True)
class Client:
    """How this portal is known at a provider."""

    issuer: str
    client_id: str
    secret: str
    #: Where the provider sends people back to.
    redirect_uri: str
    #: How old a proof of identity there may be to serve as one here.
    proof: timedelta
    #: Whether a provider on this machine may be spoken to without TLS: in demonstration mode only.
    allow_local: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """The way to the provider, and what has to be known when the person comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for."""

    subject: str
    #: Only an address the provider has verified; else empty.
    email: str
    name: str
    two_factors: bool
    #: Whether the person proved themselves there within the time for which a proof serves here.
    fresh: bool


def begin(client: Client) -> Start:
    """Return where to send the person (authorization code with PKCE). Raises ProviderFailed."""
    metadata = _metadata(client)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "max_age": str(int(client.proof.total_seconds())),
    }
    address = metadata["authorization_endpoint"]
    return Start(f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", state, nonce, verifier)


def finish(client: Client, code: str, *, sent_by: str, nonce: str, verifier: str, at: datetime) -> Identity:
    """Trade the code for a signed statement about the person, and check every part of it. Raises ProviderFailed.

    `sent_by` is who says to have sent the person back (RFC 9207): another provider's code is shown to none but it.
    """
    metadata = _metadata(client)
    if sent_by != client.issuer and (sent_by or metadata.get("authorization_response_iss_parameter_supported")):
        raise ProviderFailed("mixed_up")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": verifier,
    }
    answer = _ask(client, metadata["token_endpoint"], data=form, auth=(client.client_id, client.secret))
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise ProviderFailed("no_token")
    return _identity(_claims(client, token, metadata), client, nonce, at)


def _identity(claims: dict[str, Any], client: Client, nonce: str, at: datetime) -> Identity:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    now, leeway = at.timestamp(), TOLERANCE.total_seconds()
    checks = {
        "issuer": claims.get("iss") == client.issuer,
        "audience": client.client_id in audiences and (len(audiences) == 1 or claims.get("azp") == client.client_id),
        "expired": _number(claims.get("exp")) > now - leeway,
        "issued": _number(claims.get("iat")) < now + leeway,
        "early": "nbf" not in claims or _number(claims["nbf"]) < now + leeway,
        "nonce": secrets.compare_digest(str(claims.get("nonce", "")), nonce),
        "subject": isinstance(claims.get("sub"), str) and 0 < len(claims.get("sub", "")) <= 255,
    }
    if wrong := [name for name, right in checks.items() if not right]:
        raise ProviderFailed(wrong[0])
    verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
    ways = claims.get("amr")
    return Identity(
        subject=claims["sub"],
        email=claims["email"] if verified else "",
        name=str(claims.get("name") or "")[:200],
        two_factors=isinstance(ways, list) and "mfa" in ways,
        fresh=_number(claims.get("auth_time")) > now - client.proof.total_seconds() - leeway,
    )


def _claims(client: Client, token: str, metadata: dict[str, Any]) -> dict[str, Any]:
    try:
        keys = KeySet.import_key_set(_ask(client, metadata["jwks_uri"]))  # type: ignore[arg-type]
        return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError, KeyError, TypeError):
        raise ProviderFailed("signature") from None


_remembered: dict[str, tuple[float, dict[str, Any]]] = {}


def _metadata(client: Client) -> dict[str, Any]:
    """What the provider says of itself; it must be the issuer that was asked."""
    kept = _remembered.get(client.issuer)
    if kept and time.monotonic() - kept[0] < REMEMBERED:
        return kept[1]
    found = _ask(client, client.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != client.issuer:
        raise ProviderFailed("issuer")
    if not all(isinstance(found.get(name), str) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
        raise ProviderFailed("metadata")
    _checked_address(client, found["authorization_endpoint"])
    _remembered[client.issuer] = (time.monotonic(), found)
    return found


def _ask(client: Client, address: str, **form: Any) -> dict[str, Any]:
    """One request, no redirects, a short answer. Raises ProviderFailed."""
    _checked_address(client, address)
    method = "POST" if form else "GET"
    try:
        with requests.request(method, address, timeout=PATIENCE, allow_redirects=False, stream=True, **form) as answer:
            content = answer.raw.read(LONGEST + 1, decode_content=True)
            if answer.status_code != requests.codes.ok or len(content) > LONGEST:
                raise ProviderFailed("answer")
            found = json.loads(content)
    except (requests.RequestException, OSError, ValueError):
        raise ProviderFailed("unreachable") from None
    if not isinstance(found, dict):
        raise ProviderFailed("answer")
    return found


def _checked_address(client: Client, address: str) -> None:
    parts = urlsplit(address)
    local = client.allow_local and parts.scheme == "http" and parts.hostname in _LOCAL
    if not (parts.scheme == "https" or local) or parts.username or not parts.hostname:
        raise ProviderFailed("address")


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")
