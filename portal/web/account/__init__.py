"""Pages about one's own account."""

from portal.web.account import logins
from portal.web.account.blueprint import bp

__all__ = ["bp", "logins"]
