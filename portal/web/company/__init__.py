"""Pages for companies."""

from portal.web.company import assessments, evidence, profiles, scores, sections, signing, submissions
from portal.web.company.blueprint import bp

__all__ = ["assessments", "bp", "evidence", "profiles", "scores", "sections", "signing", "submissions"]
