"""Pages for companies."""

from portal.web.company import (
    assessments,
    crosswalks,
    erasures,
    evidence,
    grants,
    mergers,
    organisation,
    profiles,
    scores,
    screening,
    sections,
    signing,
    submissions,
    trail,
    workbooks,
)
from portal.web.company.blueprint import bp

__all__ = [
    "assessments",
    "bp",
    "crosswalks",
    "erasures",
    "evidence",
    "grants",
    "mergers",
    "organisation",
    "profiles",
    "scores",
    "screening",
    "sections",
    "signing",
    "submissions",
    "trail",
    "workbooks",
]
