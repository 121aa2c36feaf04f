"""Pages for governments."""

from portal.web.government import reading, reviews, submissions
from portal.web.government.blueprint import bp

__all__ = ["bp", "reading", "reviews", "submissions"]
