"""Which laws a company may have to report under, as its profile hints; compared with those it names itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.applicability import expression_values
from portal.domain.expressions import rule
from portal.domain.functions import chosen, truth
from portal.domain.law import Law
from portal.domain.questionnaire import Profile

#: The profile field that asks under which laws a company reports.
REPORTED = "PRO-26"


@dataclass(frozen=True, slots=True)
class Hint:
    law: Law
    #: Whether the company says that it reports under it already.
    reported: bool


def hints(laws: Iterable[Law], profile: Profile, values: Mapping[str, Any]) -> tuple[Hint, ...]:
    """Return the laws that may apply to a company with these profile `values`, in the order of the file."""
    known = expression_values(profile, values)
    named = set(chosen(values.get(REPORTED) or ()))
    return tuple(Hint(law, law.id in named) for law in laws if truth(rule(law.expression)(known, None)))
