"""Pages for governments."""

from portal.web.government import companies, reading, reviews, submissions, trail
from portal.web.government.blueprint import bp

__all__ = ["bp", "companies", "reading", "reviews", "submissions", "trail"]
