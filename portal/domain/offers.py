"""Which questionnaires a company is offered, whether or not this installation has them yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.domain.applicability import expression_values, rule_values
from portal.domain.expressions import compiled, parse
from portal.domain.functions import truth
from portal.domain.questionnaire import ApplicableQuestionnaire, Profile


def offered_questionnaires(profile: Profile, values: Mapping[str, Any]) -> tuple[ApplicableQuestionnaire, ...]:
    """Return those that apply to a company with these profile `values`, in the order of the profile.

    Of entries that share `one_of` the company answers one; the first of them is the one to propose.
    """
    known, rules = expression_values(profile, values), rule_values(profile, values)
    return tuple(
        entry
        for entry in profile.applicable
        if (rules[entry.rule] if entry.rule else truth(compiled(parse(entry.expression))(known, None)))
    )
