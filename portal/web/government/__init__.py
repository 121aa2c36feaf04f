"""Pages for governments."""

from portal.web.government import reviews, submissions
from portal.web.government.blueprint import bp

__all__ = ["bp", "reviews", "submissions"]
