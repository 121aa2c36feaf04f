"""Pages about one's own account."""

from portal.web.account import (
    demonstration,
    erasure,
    factors,
    logins,
    passkeys,
    passwords,
    proving,
    resets,
    security,
    sessions,
)
from portal.web.account.blueprint import bp

__all__ = [
    "bp",
    "demonstration",
    "erasure",
    "factors",
    "logins",
    "passkeys",
    "passwords",
    "proving",
    "resets",
    "security",
    "sessions",
]
