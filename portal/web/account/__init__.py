"""Pages about one's own account."""

from portal.web.account import (
    demonstration,
    erasure,
    factors,
    invitations,
    logins,
    members,
    passkeys,
    passwords,
    preferences,
    providers,
    proving,
    registrations,
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
    "invitations",
    "logins",
    "members",
    "passkeys",
    "passwords",
    "preferences",
    "providers",
    "proving",
    "registrations",
    "resets",
    "security",
    "sessions",
]
