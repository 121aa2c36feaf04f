"""A company of the crowd: its line in crowd.csv, and the profile that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.services.demonstration.values import Choices, draw

#: Which core questionnaire a company answers: the long one from so many people on.
LONG, SHORT, LARGE = "HRC", "HRS", 250
#: From so many migrants on, workers come from one country more.
CORRIDORS = (1, 20, 100)
CHANNELS = ("private_recruiter", "private_recruiter", "direct", "government", "informal", "transfer")
VESSELS = {"03": "fishing", "50": "merchant"}


@dataclass(frozen=True, slots=True)
class Company:
    """One line of crowd.csv."""

    key: str
    name: str
    local_name: str
    country: str
    activity: str
    own: int
    agency: int
    migrants: int
    roles: list[str]
    parent: str
    is_verified: bool
    published_own: bool
    maturity: int
    days: int
    review: str
    #: Other questionnaires than the core -> their reviews; the review of one that is shared with nobody is empty.
    also: Mapping[str, str]

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Company:
        return cls(
            key=row["key"],
            name=row["name"],
            local_name=row["local_name"],
            country=row["country"],
            activity=row["activity"],
            own=int(row["own"]),
            agency=int(row["agency"]),
            migrants=int(row["migrants"]),
            roles=row["roles"].split(),
            parent=row["parent"],
            is_verified=row["verified"] == "yes",
            published_own=row["published"] == "yes",
            maturity=int(row["maturity"]),
            days=int(row["days"]),
            review=row["review"],
            also={name: review for name, _, review in (item.partition(":") for item in row["also"].split())},
        )

    @property
    def questionnaires(self) -> dict[str, str]:
        """Questionnaire -> its review, in the order of answering."""
        core = LONG if self.own + self.agency >= LARGE else SHORT
        return {core: self.review, **self.also}

    def draw(self, about: str) -> int:
        return draw(self.key, about)


def profile_of(company: Company, choices: Choices) -> dict[str, Any]:
    """Return the answers to the profile, but for the period; `[profiles]` of crowd.toml has the last word."""
    is_platform = "online_platform" in company.roles
    return {
        "PRO-01": company.name,
        "PRO-03": company.country,
        "PRO-04": [company.country],
        "PRO-06": [company.activity],
        "PRO-07": company.own,
        "PRO-08": company.agency,
        "PRO-11": company.migrants,
        "PRO-13": company.roles,
        "PRO-16": "yes" if company.migrants > 20 else "no",
        "PRO-18": company.draw("suppliers") % 25,
        "PRO-19": "yes" if company.draw("guards") < 30 else "no",
        "PRO-20": "yes" if company.activity == "A01" else "no",
        "PRO-21": "no",
        "PRO-23": "yes" if company.activity == "C10" and company.draw("seafood") < 50 else "no",
        "PRO-24": ["job_adverts", "recruitment_matching"] if is_platform else ["none"],
        "PRO-25": ["other_crops" if company.activity == "A01" else "none"],
        "PRO-29": "yes",
        **_recruitment(company, choices),
        **_vessels(company),
        **choices.data["profiles"].get(company.key, {}),
    }


def _recruitment(company: Company, choices: Choices) -> dict[str, Any]:
    """Corridors of those with migrants, and what recruiters are asked at the start of their questionnaire."""
    facts: dict[str, Any] = {}
    if "recruiter" in company.roles:
        facts |= {
            "ERR-PRE-01": "yes" if company.draw("employs") < 30 else "no",
            "ERR-PRE-02": "yes" if company.draw("online") < 60 else "no",
        }
    if not company.migrants:
        return facts
    count = sum(company.migrants >= least for least in CORRIDORS)
    origins = choices.data["origins"][company.country][:count]
    brokers = company.draw("brokers")
    return facts | {
        "PRO-12": [_corridor(company, origin) for origin in origins],
        "PRO-14": {"origin": company.draw("agents") % (count + 1), "destination": company.draw("agency") % 2},
        "PRO-15": "dont_know" if brokers < 30 else "yes" if brokers < 50 else "no",
    }


def _corridor(company: Company, origin: str) -> dict[str, Any]:
    chance = company.draw(f"corridor|{origin}")
    return {
        "origin": origin,
        "destination": company.country,
        "arrived": 1 + company.migrants * chance // 500,
        "channel": CHANNELS[chance % len(CHANNELS)],
    }


def _vessels(company: Company) -> dict[str, Any]:
    kind = VESSELS.get(company.activity[1:]) if "vessel_operator" in company.roles else None
    if kind is None:
        return {"PRO-22": ["none"]}
    people = company.own + company.agency
    return {
        "PRO-22": [kind],
        "PRO-30": max(1, people // 14),
        "PRO-31": [company.country],
        "PRO-33": (40 if kind == "fishing" else 1_200) + 3 * company.draw("tonnage"),
    }
