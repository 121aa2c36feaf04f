"""The page that asks once more who one is, and for whom passkeys are made."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.models import AuthenticatorKind
from portal.services import factors, passkeys
from portal.settings import Mode
from portal.web import current
from portal.web.held import Held


def site() -> passkeys.Site | None:
    """For whom passkeys are made; none where browsers allow none: at an address in figures, or without HTTPS.

    In a demonstration people reach the portal by different names, and a passkey belongs to one of them.
    """
    demonstration = current.settings().mode is Mode.DEMONSTRATION
    parts = urlsplit(request.host_url if demonstration else current.settings().address)
    host = parts.hostname or ""
    if _is_figures(host) or (parts.scheme != "https" and host != "localhost"):
        return None
    return passkeys.Site(id=host, name=current.settings().name, origin=f"{parts.scheme}://{parts.netloc}")


def has_passkey() -> bool:
    """Whether the person may prove themselves with a passkey on this page."""
    known = factors.authenticators_of(current.session(), current.actor())
    return site() is not None and any(one.kind is AuthenticatorKind.PASSKEY for one in known)


def is_sample() -> bool:
    """Whether the account belongs to everybody who tries the demonstration."""
    return current.principal().is_demonstration and current.settings().mode is Mode.DEMONSTRATION


def proof_page(held: Held | None, error: str, status: int) -> ResponseReturnValue:
    """Ask for what the person has: a factor, else the password; a sample account is asked for nothing."""
    if is_sample():
        asked = "button"
    elif factors.authenticators_of(current.session(), current.actor()):
        asked = "factor"
    else:
        asked = "password"
    page = render_template("account/prove.html", held=held, asked=asked, passkey=has_passkey(), error=error)
    return page, status


def _is_figures(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
