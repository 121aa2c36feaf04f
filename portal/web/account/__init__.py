"""Pages about one's own account."""

from portal.web.account import erasure, factors, logins, proving, security
from portal.web.account.blueprint import bp

__all__ = ["bp", "erasure", "factors", "logins", "proving", "security"]
