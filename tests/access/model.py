"""Who may see which assessment and which submission, as a small pure model of companies, governments and shares."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Sharing:
    until: int | None
    ended: bool = False


@dataclass
class Model:
    """Ids are opaque. A merged company's rows belong to the company it was merged into."""

    day: int = 0
    works_for: dict[str, str] = field(default_factory=dict)
    contributors: set[str] = field(default_factory=set)
    merged: dict[str, str] = field(default_factory=dict)
    begun_by: dict[object, str] = field(default_factory=dict)
    submitted: dict[object, object] = field(default_factory=dict)
    erased: set[object] = field(default_factory=set)
    shares: dict[tuple[object, str], Sharing] = field(default_factory=dict)
    given: set[tuple[str, object]] = field(default_factory=set)

    def holder(self, company: str) -> str:
        return self.merged.get(company, company)

    def is_open(self, submission: object, government: str) -> bool:
        share = self.shares.get((submission, government))
        return share is not None and not share.ended and (share.until is None or share.until >= self.day)

    def assessments(self, who: str) -> set[object]:
        own = {one for one, company in self.begun_by.items() if self.holder(company) == self.works_for.get(who)}
        return {one for one in own if (who, one) in self.given} if who in self.contributors else own

    def submissions(self, who: str) -> set[object]:
        mine = self.works_for.get(who)
        if who in self.contributors or mine is None:
            return set()
        own = {one for one, draft in self.submitted.items() if self.holder(self.begun_by[draft]) == mine}
        shared = {one for one in self.submitted if self.is_open(one, mine)}
        return (own | shared) - self.erased

    def merge(self, taken: str, into: str) -> None:
        for submission, draft in self.submitted.items():
            if self.holder(self.begun_by[draft]) == taken:
                for (shared, _government), share in self.shares.items():
                    share.ended |= shared == submission
        self.merged |= {company: into for company, holder in self.merged.items() if holder == taken} | {taken: into}
        self.dismiss({who for who, company in self.works_for.items() if company == taken})

    def erase_company(self, company: str) -> None:
        self.erased |= {one for one, draft in self.submitted.items() if self.holder(self.begun_by[draft]) == company}
        self.dismiss({who for who, works_for in self.works_for.items() if works_for == company})

    def dismiss(self, people: set[str]) -> None:
        self.works_for = {who: company for who, company in self.works_for.items() if who not in people}
        self.given = {(who, one) for who, one in self.given if who not in people}
