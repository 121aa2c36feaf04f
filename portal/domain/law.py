"""A law under which companies report, as data: who is meant, and how sure a profile can be of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Law:
    """A law under which a company may have to report; a hint worked out from the profile, never advice."""

    #: An option of the profile field that asks which laws a company reports under.
    id: str
    name: str
    #: XLSForm expression over the profile: whether the company may be one of those meant.
    expression: str
    #: Whom the law means, in words, with its thresholds.
    threshold: str
    #: What the profile says that speaks for it: ends "It may apply because ...".
    because: str
    #: What the portal cannot know, or what is about to change.
    caution: str
    #: Day on which the thresholds were looked up, and where.
    as_of: str
    url: str
    #: Code in references.csv.
    reference: str = ""
