"""The limits of disclosure control, which a deployment may tighten and never loosen."""

from __future__ import annotations

from dataclasses import dataclass, fields

#: The one sign for every reason a number is not shown (D13): a second sign would tell the reasons apart.
SUPPRESSED = ":c"


class LimitTooLow(ValueError):
    """A limit below what the method promises to companies."""


@dataclass(frozen=True, slots=True)
class DisclosureSettings:
    """The defaults are the floor: each value may be raised, and a lower one refuses to start (D4)."""

    #: Groups needed for any statistic on answers.
    threshold: int = 10
    #: Groups needed to show how many took part, and nothing else.
    participation: int = 5
    #: From so many groups on, a distribution may be one-sided (D5), and questions and red flags are shown.
    large: int = 30
    #: Days a submission must be old at the snapshot (D2).
    minimum_age: int = 30

    def __post_init__(self) -> None:
        for limit in fields(self):
            if getattr(self, limit.name) < int(str(limit.default)):
                raise LimitTooLow(f"{limit.name} may not be lower than {limit.default}")
