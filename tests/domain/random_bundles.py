"""Random bundles of the short form: honest, odd and contradictory companies alike, but always valid."""

from __future__ import annotations

from random import Random
from typing import Any

from portal.domain.answers import INCIDENT_OPTIONS

JSON = dict[str, Any]
STATES = ("open", "remediating", "unknown", "none")
PLAN_ENDS = ("2026-11-22", "2026-11-23", "2026-11-24", "2027-06-30")


def random_bundle(random: Random, definition: JSON) -> JSON:
    """A company of one temper: `careful` decides how often it answers, attaches and reaches for high levels."""
    careful = random.choice((random.random(), random.uniform(0.9, 1)))
    questions = [question for section in definition["sections"] for question in section["questions"]]
    answers = {}
    for question in random.sample(questions, len(questions)):
        if answer := random_answer(random, question, [item["id"] for item in questions], careful):
            answers[question["id"]] = answer
    reviewed = random.sample(questions, random.choice((0, 0, 2, 6)))
    bundle = {
        "format": "submission/1",
        "questionnaire": definition["reference"],
        "as_of": "2026-11-23",
        "profile": random_profile(random),
        "answers": answers,
        "review": {question["id"]: random_determination(random, question) for question in reviewed},
    }
    if random.random() < 0.5:
        bundle["digest"] = definition["digest"]
    return bundle


def random_profile(random: Random) -> JSON:
    profile: JSON = {
        "PRO-03": random.choice(("TH", "VN", "ZZ")),
        "PRO-06": random.choice(("C", "C13", "03", ["A", "C10"])),
        "PRO-07": random.choice((0, 7, 40, 1000)),
        "PRO-11": random.choice((0, 0.5, 1, 12)),
        "PRO-12": random.choice(([], [{}], [{"origin": ""}], [{"origin": "MM", "channel": "private_recruiter"}])),
        "PRO-14": random.choice((0, 3, {"origin": 1, "destination": 2}, {"origin": 0})),
        "PRO-16": random.choice(("yes", "no")),
        "PRO-18": random.choice((0, 0.9, 1, 30)),
        "PRO-22": random.choice((["none"], ["fishing", "yacht"], [])),
    }
    return {key: value for key, value in profile.items() if random.random() < 0.7}


def random_answer(random: Random, question: JSON, ids: list[str], careful: float) -> JSON:
    answer: JSON = {}
    if random.random() < 0.3 + 0.7 * careful:
        answer["evidence"] = random.choice(("attached", "accepted") if random.random() < careful else ("none",))
    if random.random() < 0.1:
        answer["comment"] = "Something to add."
    chance = random.random()
    if chance < 0.1 * (1 - careful):
        return answer
    if chance < 0.1 + 0.05 * (1 - careful):
        return answer | {"dont_know": True}
    if chance < 0.25 and question["flag"] is None:
        review = {"na_review": random.choice(("pending", "confirmed", "rejected"))} if random.random() < 0.7 else {}
        return answer | {"not_applicable": "We have none of this."} | review
    return answer | random_value(random, question, ids, careful)


def random_value(random: Random, question: JSON, ids: list[str], careful: float) -> JSON:
    match question["type"]:
        case "maturity":
            return {"value": max(random.randint(0, 4) if random.random() > careful else 4, random.randint(0, 4))}
        case "incident":
            good = random.random() < careful
            honest = ("checked_not_found", "checked_not_found", "found_remedied", "found_remediating")
            plan = {"plan_end": random.choice(PLAN_ENDS)} if random.random() < 0.8 else {}
            return {"value": random.choice(honest if good else INCIDENT_OPTIONS), **plan}
        case "table":
            return {"value": [random_row(random, ids, careful) for _ in range(random.randint(0, 4))]}
    raise NotImplementedError(question["type"])


def random_row(random: Random, ids: list[str], careful: float) -> JSON:
    row: JSON = {"risk": "Debt", "who": "Night shift", "question": random.choice([*ids, ""])}
    row |= {name: random.randint(1, 5) for name in ("scale", "scope", "irremediability", "likelihood")}
    kept = {name: cell for name, cell in row.items() if random.random() < 0.6 + 0.4 * careful}
    return kept | {name: "" for name in row if name not in kept and random.random() < 0.5}


def random_determination(random: Random, question: JSON) -> JSON:
    judged: JSON = {"reason": "Seen on site."}
    if question["flag"] == "red_flag" and random.random() < 0.6:
        judged["state"] = random.choice(STATES)
    if "state" not in judged or random.random() < 0.5:
        judged["level"] = random.randint(0, 4)
    return judged
