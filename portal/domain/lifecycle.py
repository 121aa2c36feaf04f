"""The steps an assessment may take, and no others."""

from __future__ import annotations

from enum import StrEnum


class AssessmentStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class IllegalTransition(Exception):
    """The step is not one the assessment may take now."""


TRANSITIONS = {
    ("submit", AssessmentStatus.DRAFT): AssessmentStatus.SUBMITTED,
    ("submit", AssessmentStatus.RETURNED): AssessmentStatus.SUBMITTED,
    ("return", AssessmentStatus.SUBMITTED): AssessmentStatus.RETURNED,
    ("accept", AssessmentStatus.SUBMITTED): AssessmentStatus.ACCEPTED,
}


def next_status(status: AssessmentStatus, step: str) -> AssessmentStatus:
    """Return the status after `step` ("submit", "return", "accept"). Raises IllegalTransition."""
    try:
        return TRANSITIONS[step, status]
    except KeyError:
        raise IllegalTransition(f"cannot {step} an assessment that is {status}") from None


def is_editable(status: AssessmentStatus) -> bool:
    """A draft, or one a government returned, may be changed; a submitted one may not."""
    return ("submit", status) in TRANSITIONS
