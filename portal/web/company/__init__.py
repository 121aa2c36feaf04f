"""Pages for companies."""

from portal.web.company import (
    assessments,
    crosswalks,
    evidence,
    grants,
    profiles,
    scores,
    screening,
    sections,
    signing,
    submissions,
    workbooks,
)
from portal.web.company.blueprint import bp

__all__ = [
    "assessments",
    "bp",
    "crosswalks",
    "evidence",
    "grants",
    "profiles",
    "scores",
    "screening",
    "sections",
    "signing",
    "submissions",
    "workbooks",
]
