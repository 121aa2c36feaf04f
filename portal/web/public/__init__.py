"""Pages for everyone."""

from portal.web.public import health, home, method, questionnaires, releases
from portal.web.public.blueprint import bp

__all__ = ["bp", "health", "home", "method", "questionnaires", "releases"]
