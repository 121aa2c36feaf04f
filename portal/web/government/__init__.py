"""Pages for governments."""

from portal.web.government import companies, declarations, reading, reviews, submissions, trail
from portal.web.government.blueprint import bp

__all__ = ["bp", "companies", "declarations", "reading", "reviews", "submissions", "trail"]
