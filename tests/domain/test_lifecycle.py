"""The steps of an assessment, all of them and no others."""

from __future__ import annotations

import pytest

from portal.domain.lifecycle import AssessmentStatus, IllegalTransition, allowed_steps, is_editable, next_status

DRAFT, SUBMITTED, RETURNED, ACCEPTED = AssessmentStatus
STEPS = ("submit", "return", "accept", "correct")
ALLOWED = {
    (DRAFT, "submit"): SUBMITTED,
    (RETURNED, "submit"): SUBMITTED,
    (SUBMITTED, "return"): RETURNED,
    (SUBMITTED, "accept"): ACCEPTED,
    (SUBMITTED, "correct"): DRAFT,
    (ACCEPTED, "correct"): DRAFT,
}


@pytest.mark.parametrize("status", AssessmentStatus)
@pytest.mark.parametrize("step", STEPS)
def test_an_assessment_takes_the_steps_of_the_table_only(status: AssessmentStatus, step: str) -> None:
    if (status, step) in ALLOWED:
        assert next_status(status, step) is ALLOWED[status, step]
        assert step in allowed_steps(status)
    else:
        with pytest.raises(IllegalTransition, match=f"cannot {step} an assessment that is {status}"):
            next_status(status, step)
        assert step not in allowed_steps(status)


def test_only_what_the_company_still_holds_can_be_changed() -> None:
    assert [status for status in AssessmentStatus if is_editable(status)] == [DRAFT, RETURNED]
