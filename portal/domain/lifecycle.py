"""The steps an assessment may take, and no others."""

from __future__ import annotations

from enum import StrEnum


class AssessmentStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class IllegalTransition(ValueError):
    """A step that an assessment in this status may not take."""

    def __init__(self, step: str, status: AssessmentStatus) -> None:
        super().__init__(f"cannot {step} an assessment that is {status}")
        self.step = step
        self.status = status


TRANSITIONS = {
    ("submit", AssessmentStatus.DRAFT): AssessmentStatus.SUBMITTED,
    ("submit", AssessmentStatus.RETURNED): AssessmentStatus.SUBMITTED,
    ("return", AssessmentStatus.SUBMITTED): AssessmentStatus.RETURNED,
    ("accept", AssessmentStatus.SUBMITTED): AssessmentStatus.ACCEPTED,
    # The company opens it again by itself, to correct it or because it withdrew the submission.
    ("correct", AssessmentStatus.SUBMITTED): AssessmentStatus.DRAFT,
    ("correct", AssessmentStatus.ACCEPTED): AssessmentStatus.DRAFT,
}


def next_status(status: AssessmentStatus, step: str) -> AssessmentStatus:
    """Return the status after `step` ("submit", "return", "accept", "correct"). Raises IllegalTransition."""
    try:
        return TRANSITIONS[step, status]
    except KeyError:
        raise IllegalTransition(step, status) from None


def allowed_steps(status: AssessmentStatus) -> tuple[str, ...]:
    return tuple(step for step, before in TRANSITIONS if before is status)


def is_editable(status: AssessmentStatus) -> bool:
    """A draft, or one a government returned, may be changed; a submitted one may not."""
    return ("submit", status) in TRANSITIONS
