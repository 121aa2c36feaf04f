"""Pages about one's own account."""

from portal.web.account import factors, logins, proving, security
from portal.web.account.blueprint import bp

__all__ = ["bp", "factors", "logins", "proving", "security"]
