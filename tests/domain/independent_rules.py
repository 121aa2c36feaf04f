"""The rules of the profile and of the tables, written down a second time from the content design, in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

JSON = dict[str, Any]


def rows_of(profile: JSON, name: str) -> list[JSON]:
    return [row for row in profile.get(name, []) if any(cell != "" for cell in row.values())]


def number(profile: JSON, name: str) -> float:
    found = profile.get(name, 0)
    return sum(found.values()) if isinstance(found, dict) else found


def chosen(profile: JSON, name: str) -> set[str]:
    return set(profile.get(name, []))


def activities(profile: JSON) -> set[str]:
    found = profile.get("PRO-06", [])
    return {
        code[0] if code[0].isalpha() else SECTION_OF[code] for code in ([found] if isinstance(found, str) else found)
    }


#: Only the divisions that the random profiles use.
SECTION_OF = {"03": "A", "10": "C", "41": "F"}


def anything_but_none(profile: JSON, name: str) -> bool:
    return bool(chosen(profile, name) - {"none"})


RULES: dict[str, Callable[[JSON], bool]] = {
    "always": lambda p: True,
    "medium_plus": lambda p: number(p, "PRO-07") + number(p, "PRO-08") >= 50,
    "has_suppliers": lambda p: number(p, "PRO-18") >= 1,
    "uses_security": lambda p: p.get("PRO-19") == "yes",
    "land_footprint": lambda p: p.get("PRO-20") == "yes",
    "conflict_ctx": lambda p: p.get("PRO-21") == "yes",
    "employs_refugees": lambda p: p.get("PRO-17") == "yes",
    "has_migrants": lambda p: number(p, "PRO-11") >= 1 or bool(rows_of(p, "PRO-12")),
    "few_arrivals": lambda p: sum(row.get("arrived") or 0 for row in rows_of(p, "PRO-12")) < 20,
    "uses_recruiters": lambda p: (
        number(p, "PRO-14") >= 1 or any(row.get("channel") == "private_recruiter" for row in rows_of(p, "PRO-12"))
    ),
    "agency_workers": lambda p: number(p, "PRO-08") >= 1,
    "provides_housing": lambda p: p.get("PRO-16") == "yes",
    "overseas_recruit": lambda p: any(
        row.get("origin", "") != row.get("destination", "") for row in rows_of(p, "PRO-12")
    ),
    "subagents": lambda p: p.get("PRO-15") in ("yes", "dont_know"),
    "dispatches_own": lambda p: p.get("ERR-PRE-01") == "yes",
    "collects_online": lambda p: p.get("ERR-PRE-02") == "yes",
    "vessel_fishing": lambda p: "fishing" in chosen(p, "PRO-22"),
    "vessel_merchant": lambda p: bool(chosen(p, "PRO-22") & {"merchant", "passenger", "offshore"}),
    "vessel_any": lambda p: anything_but_none(p, "PRO-22"),
    "buys_seafood": lambda p: p.get("PRO-23") == "yes",
    "platform_any": lambda p: anything_but_none(p, "PRO-24"),
    "platform_jobs": lambda p: bool(chosen(p, "PRO-24") & {"job_adverts", "recruitment_matching", "gig_work"}),
    "construction_or_manufacturing": lambda p: bool(activities(p) & {"C", "F"}),
    "agri": lambda p: anything_but_none(p, "PRO-25"),
    "pesticides": lambda p: "pesticides" in chosen(p, "PRO-25"),
    "smallholders": lambda p: "smallholders" in chosen(p, "PRO-25"),
}


def filled(rows: list[JSON]) -> list[JSON]:
    return [row for row in rows if any(cell != "" for cell in row.values())]


def complete(row: JSON, question: JSON) -> bool:
    needed = [column["id"] for column in question["columns"] if column.get("required", True)]
    return all(row.get(column, "") != "" for column in needed)


def three_risks(question: JSON, rows: list[JSON]) -> int:
    """3 complete rows = 4; 2 = 3; 1 = 2; rows without ratings = 1; empty = 0."""
    whole = [row for row in rows if complete(row, question)]
    return min(len(whole), 3) + 1 if whole else int(bool(filled(rows)))


def salient_risks(question: JSON, rows: list[JSON]) -> int:
    """3 or more complete rows with the views of those affected = 4, 3 complete = 3, 1 or 2 = 2, rows = 1, empty = 0."""
    whole = [row for row in rows if complete(row, question)]
    heard = [row for row in whole if row.get("view") == "yes"]
    if len(whole) >= 3:
        return 4 if len(heard) >= 3 else 3
    return 2 if whole else int(bool(filled(rows)))


FEES = {"f1", "f2", "f3", "f4"}
LINES = FEES | {"c1", "c2", "c3", "c4", "c5", "c6", "c7", "x"}
WORKER = {"worker", "worker_repaid"}


def who_pays(question: JSON, rows: list[JSON]) -> int:
    """All lines paid by the employer with proof in every corridor = 4, as declared = 3; at most two lines of a corridor
    paid by workers and soon repaid = 2; some not repaid or not known = 1; empty, or a fee for the job paid = 0.
    """
    rows = filled(rows)
    told = [row for row in rows if row.get("payer", "") != ""]
    if not told or any(row["payer"] in WORKER and row.get("item") in FEES for row in told):
        return 0
    corridors = {(row.get("origin", ""), row.get("destination", "")) for row in rows}
    payers = {row["payer"] for row in told}
    settled = all(
        {row.get("item") for row in told if (row.get("origin", ""), row.get("destination", "")) == corridor} >= LINES
        for corridor in corridors
    )
    if not settled or payers & {"worker", "not_known"}:
        return 1
    repaid = [row for row in told if row["payer"] == "worker_repaid"]
    most = max(
        sum((row.get("origin", ""), row.get("destination", "")) == corridor for row in repaid) for corridor in corridors
    )
    if payers <= {"employer", "none"}:
        proved = all(row["payer"] == "none" or row.get("proof") == "yes" for row in told)
        return 4 if proved else 3
    return 2 if most <= 2 else 1


TABLES = {
    "HRS-KNO-04": three_risks,
    "HRC-IDA-05": salient_risks,
    "ERE-FEE-02": who_pays,
    "ERR-FEE-02": who_pays,
}


def options_level(question: JSON, value: str) -> int:
    return int(next(option["level"] for option in question["options"] if option["id"] == value))


def multi_level(question: JSON, value: list[str]) -> int:
    if any(option.get("exclusive") and option["id"] in value for option in question["options"]):
        return 0
    for step in question["rule"]:
        if len(value) >= step.get("at_least", 0) and set(step.get("all_of", [])) <= set(value):
            return int(step["level"])
    return 0


def number_level(question: JSON, value: str | float, profile: JSON) -> int:
    if isinstance(value, str):
        return options_level(question, value)
    for step in question["rule"]:
        raised = [other for rule, other in step.get("instead", {}).items() if RULES[rule](profile)]
        if value >= (raised[0] if raised else step["at_least"]):
            return int(step["level"])
    return 0


def computed_level(question: JSON, value: Any, profile: JSON) -> int:
    """The level of every type but incident."""
    match question["type"]:
        case "maturity":
            return int(value)
        case "yesno" | "choice":
            return options_level(question, value)
        case "multi":
            return multi_level(question, value)
        case "number":
            return number_level(question, value, profile)
        case "table":
            return TABLES[question["id"]](question, value)
    raise NotImplementedError(question["type"])
