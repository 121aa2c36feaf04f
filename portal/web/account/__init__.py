"""Pages about one's own account."""

from portal.web.account import erasure, factors, logins, passkeys, proving, resets, security
from portal.web.account.blueprint import bp

__all__ = ["bp", "erasure", "factors", "logins", "passkeys", "proving", "resets", "security"]
