"""Random bundles of any questionnaire: honest, odd and contradictory companies alike, but always valid."""

from __future__ import annotations

from random import Random
from typing import Any

from portal.domain.answers import INCIDENT_OPTIONS

JSON = dict[str, Any]
STATES = ("open", "remediating", "unknown", "none")
YES_NO_FIELDS = ("PRO-16", "PRO-17", "PRO-19", "PRO-20", "PRO-21", "PRO-23", "ERR-PRE-01", "ERR-PRE-02")
PLAN_ENDS = ("2026-11-22", "2026-11-23", "2026-11-24", "2027-06-30")


def random_bundle(random: Random, definition: JSON) -> JSON:
    """A company of one temper: `careful` decides how often it answers, attaches and reaches for high levels."""
    careful = random.choice((random.random(), random.uniform(0.9, 1), 1))
    share = random.choice((1, 1, 1, 0.2))
    questions = [question for section in definition["sections"] for question in section["questions"]]
    answers = {}
    for question in random.sample(questions, round(share * len(questions))):
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
        "PRO-06": random.choice(("C", "10", "03", ["A", "10"], "F", ["41", "J"])),
        "PRO-07": random.choice((0, 7, 40, 1000)),
        "PRO-08": random.choice((0, 0, 3, 60)),
        "PRO-11": random.choice((0, 0.5, 1, 12)),
        "PRO-12": random.choice(([], [{}], [{"origin": ""}], [random_corridor(random) for _ in range(2)])),
        "PRO-14": random.choice((0, 3, {"origin": 1, "destination": 2}, {"origin": 0})),
        "PRO-15": random.choice(("yes", "no", "dont_know")),
        **{name: random.choice(("yes", "no")) for name in YES_NO_FIELDS},
        "PRO-18": random.choice((0, 0.9, 1, 30)),
        "PRO-22": random.choice((["none"], several(random, "fishing", "merchant", "passenger", "offshore", "yacht"))),
        "PRO-24": random.choice((["none"], several(random, "job_adverts", "messaging", "gig_work", "social_network"))),
        "PRO-25": random.choice((["none"], several(random, "palm_oil", "pesticides", "smallholders", "livestock"))),
    }
    return {key: value for key, value in profile.items() if random.random() < 0.7}


def several(random: Random, *names: str) -> list[str]:
    return random.sample(names, random.randint(0, len(names)))


def random_corridor(random: Random) -> JSON:
    row = {
        "origin": random.choice(("MM", "BD", "TH")),
        "destination": random.choice(("TH", "MY")),
        "arrived": random.choice((0, 4, 19, 300)),
        "channel": random.choice(("direct", "private_recruiter", "informal")),
    }
    return {name: cell for name, cell in row.items() if random.random() < 0.8}


def random_answer(random: Random, question: JSON, ids: list[str], careful: float) -> JSON:
    answer: JSON = {}
    if random.random() < 0.3 + 0.7 * careful:
        answer["evidence"] = random.choice(("attached", "accepted") if random.random() < careful else ("none",))
    if random.random() < 0.1:
        answer["comment"] = "Something to add."
    chance = random.random()
    if chance < 0.1 * (1 - careful):
        return answer
    if chance < 0.01 + 0.15 * (1 - careful):
        return answer | {"dont_know": True}
    if chance < 0.2 and question["flag"] is None:
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
        case "yesno" | "choice":
            return {"value": random.choice(question["options"])["id"]}
        case "multi":
            return {"value": random_choices(random, question, careful)}
        case "number":
            words = [option["id"] for option in question["options"]]
            return {"value": random.choice((*words, 0, 1, 9.99, 10, 39.5, 40, 50, 69, 70, 79.9, 80, 89, 90, 99, 100))}
        case "table" if any(column["id"] == "payer" for column in question["columns"]):
            return {"value": random_costs(random, question, careful)}
        case "table":
            return {"value": [random_row(random, question, ids, careful) for _ in range(random.randint(0, 4))]}
    raise NotImplementedError(question["type"])


def random_choices(random: Random, question: JSON, careful: float) -> list[str]:
    exclusive = [option["id"] for option in question["options"] if option.get("exclusive")]
    others = [option["id"] for option in question["options"] if not option.get("exclusive")]
    if exclusive and random.random() < 0.1 * (1 - careful):
        return exclusive
    left_out = random.choice((0, 0, 1, 2, 3, 5, random.randint(0, len(others))))
    if random.random() < 0.4:  # an author lists what matters most first
        return others[: len(others) - left_out]
    return random.sample(others, len(others) - left_out)


def random_costs(random: Random, question: JSON, careful: float) -> list[JSON]:
    """The lines of one or two corridors, mostly all of them, in the manner of one company."""
    columns = {column["id"]: column for column in question["columns"]}
    items = [option["id"] for option in columns["item"]["options"]]
    payers = [option["id"] for option in columns["payer"]["options"]]
    usual = random.choice(("employer", "employer", "none", "recruiter"))
    slips = random.choice((0, 0, 0.03, 0.1, 0.5)) if random.random() < 0.3 + careful else 1
    proof = random.choice(("yes", "yes", "no"))
    rows: list[JSON] = []
    for origin in random.choice((["BD"], ["BD", "MM"], [""])):
        for item in items:
            payer = random.choice(["", "worker_repaid", *payers]) if random.random() < slips else usual
            rows.append({"origin": origin, "destination": "MY", "item": item, "payer": payer, "proof": proof})
    rows = [row for row in rows if random.random() > slips / 5]
    return [{name: cell for name, cell in row.items() if cell != "" or random.random() < 0.5} for row in rows]


def random_row(random: Random, question: JSON, ids: list[str], careful: float) -> JSON:
    row = {column["id"]: random_cell(random, column, ids) for column in question["columns"]}
    kept = {name: cell for name, cell in row.items() if random.random() < 0.6 + 0.4 * careful}
    return kept | {name: "" for name in row if name not in kept and random.random() < 0.5}


def random_cell(random: Random, column: JSON, ids: list[str]) -> Any:
    match column["kind"]:
        case "integer":
            return random.randint(1, 5)
        case "choice":
            return random.choice(column["options"])["id"]
        case "question":
            return random.choice([*ids, ""])
        case "text":
            return "Night shift"
    raise NotImplementedError(column["kind"])


def random_determination(random: Random, question: JSON) -> JSON:
    judged: JSON = {"reason": "Seen on site."}
    if question["flag"] == "red_flag" and random.random() < 0.6:
        judged["state"] = random.choice(STATES)
    if "state" not in judged or random.random() < 0.5:
        judged["level"] = random.randint(0, 4)
    return judged
