"""The profile is the designed one: its fields, its options, and its rules, tried against rules written apart."""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from portal.catalogue import load_catalogue
from portal.domain.applicability import rule_values
from portal.domain.offers import offered_questionnaires
from portal.domain.questionnaire import ProfileField

HERE = Path(__file__).parent
DESIGN = json.loads((HERE / "design.json").read_text(encoding="utf-8"))
FIELDS = {item["id"]: item for item in DESIGN["profile"]}
INTENDED = tomllib.loads((HERE / "intended/profile.toml").read_text(encoding="utf-8"))
PROFILE = load_catalogue(HERE.parents[1] / "questionnaires").profiles["profile@2026.1"]
Values = Mapping[str, Any]


def test_every_designed_field_is_asked_and_others_have_their_reason():
    live = set(PROFILE.by_id)

    assert set(FIELDS) - live == set()
    assert live - set(FIELDS) == set(INTENDED["fields"])


def test_every_field_is_of_the_designed_kind_or_has_its_reason():
    differing = {name for name, item in FIELDS.items() if item["type"] != PROFILE.by_id[name].kind}

    assert differing == set(INTENDED["kinds"])


def designed_options(ask: str) -> list[str]:
    """The options stand in brackets or behind a colon, with a semicolon between two."""
    listed = re.findall(r"\(([^()]*;[^()]*)\)", ask) or [re.sub(r"\([^()]*\)", "", ask).partition(":")[2]]
    return [part.strip() for part in listed[0].split(";") if part.strip()]


def live_options(field: ProfileField) -> list[str]:
    if field.kind == "table":
        choices = [column for column in field.columns if column.options]
        return [option.label for column in choices for option in column.options]
    return [option.label for option in field.options]


LISTED = {name for name, item in FIELDS.items() if ";" in item["ask"] and name != "PRO-06"}


@pytest.mark.parametrize("name", sorted(LISTED - {"PRO-10"}))
def test_every_designed_option_is_offered(name):
    designed, live = designed_options(FIELDS[name]["ask"]), live_options(PROFILE.by_id[name])
    answers = [option for option in designed if "counts as" not in option or "don't know" in option]

    assert len(live) == len(answers)
    if [text.casefold() for text in answers] != [text.casefold() for text in live]:
        assert name in INTENDED["options"]


def test_the_table_of_the_workforce_has_the_designed_rows_and_columns():
    field = PROFILE.by_id["PRO-10"]

    assert [row.id for row in field.rows] == ["employees", "agency", "seasonal"]
    assert [column.id for column in field.columns] == ["women", "men", "other", "under_18"]


def test_corridors_have_the_designed_columns():
    columns = [column.id for column in PROFILE.by_id["PRO-12"].columns if column.kind != "calculate"]

    assert columns == ["origin", "destination", "arrived", "channel", "women_share"]


def test_all_reasons_explain_something():
    assert set(INTENDED["options"]) <= LISTED
    assert set(INTENDED["kinds"]) <= set(FIELDS)
    assert all(len(reason) > 10 for part in INTENDED.values() for reason in part.values())


def amount(values: Values, name: str) -> float:
    return values.get(name) or 0


def people(values: Values) -> float:
    return amount(values, "PRO-07") + amount(values, "PRO-08")


def ways(values: Values) -> list[dict[str, Any]]:
    return values.get("PRO-12") or []


def chose(values: Values, name: str, *options: str) -> bool:
    return any(option in (values.get(name) or []) for option in options)


def chose_any(values: Values, name: str) -> bool:
    return bool(set(values.get(name) or []) - {"none"})


#: The design's words, once more and apart from the expressions.
RULES: dict[str, Callable[[Values], bool]] = {
    "always": lambda v: True,
    "medium_plus": lambda v: people(v) >= 50,
    "has_suppliers": lambda v: amount(v, "PRO-18") >= 1,
    "uses_security": lambda v: v.get("PRO-19") == "yes",
    "land_footprint": lambda v: v.get("PRO-20") == "yes",
    "conflict_ctx": lambda v: v.get("PRO-21") == "yes",
    "employs_refugees": lambda v: v.get("PRO-17") == "yes",
    "has_migrants": lambda v: amount(v, "PRO-11") >= 1 or bool(ways(v)),
    "uses_recruiters": lambda v: (
        sum((v.get("PRO-14") or {}).values()) >= 1 or any(way["channel"] == "private_recruiter" for way in ways(v))
    ),
    "agency_workers": lambda v: amount(v, "PRO-08") >= 1,
    "provides_housing": lambda v: v.get("PRO-16") == "yes",
    "overseas_recruit": lambda v: any(way["origin"] != way["destination"] for way in ways(v)),
    "subagents": lambda v: v.get("PRO-15") in ("yes", "dont_know"),
    "dispatches_own": lambda v: v.get("ERR-PRE-01") == "yes",
    "collects_online": lambda v: v.get("ERR-PRE-02") == "yes",
    "vessel_fishing": lambda v: chose(v, "PRO-22", "fishing"),
    "vessel_merchant": lambda v: chose(v, "PRO-22", "merchant", "passenger", "offshore"),
    "vessel_any": lambda v: chose_any(v, "PRO-22"),
    "buys_seafood": lambda v: v.get("PRO-23") == "yes",
    "platform_any": lambda v: chose_any(v, "PRO-24"),
    "platform_jobs": lambda v: chose(v, "PRO-24", "job_adverts", "recruitment_matching", "gig_work"),
    "construction_or_manufacturing": lambda v: any(code[0] in "CF" for code in v.get("PRO-06") or []),
    "agri": lambda v: chose_any(v, "PRO-25"),
    "pesticides": lambda v: chose(v, "PRO-25", "pesticides"),
    "smallholders": lambda v: chose(v, "PRO-25", "smallholders"),
    "few_arrivals": lambda v: sum(way["arrived"] for way in ways(v)) < 20,
    "high_risk_small": lambda v: (
        people(v) < 50
        and (
            chose(v, "PRO-13", "recruiter")
            or chose(v, "PRO-22", "fishing")
            or chose_any(v, "PRO-24")
            or amount(v, "PRO-11") > people(v) / 2
        )
    ),
}
OFFERS: dict[str, Callable[[Values], bool]] = {
    "HRS": lambda v: people(v) < 250,
    "HRC": RULES["medium_plus"],
    "ERE": RULES["has_migrants"],
    "ERR": lambda v: chose(v, "PRO-13", "recruiter"),
    "SEA": lambda v: RULES["vessel_fishing"](v) or RULES["buys_seafood"](v),
    "SHP": lambda v: chose(v, "PRO-22", "merchant", "passenger", "offshore", "yacht") or v.get("PRO-32") == "yes",
    "PLT": RULES["platform_any"],
    "CMF": RULES["construction_or_manufacturing"],
    "AGR": RULES["agri"],
}


def test_the_rules_are_the_designed_ones_and_two_more():
    assert set(PROFILE.rules) == set(DESIGN["applicability"]) | set(INTENDED["rules"]) == set(RULES)


def made(chance: random.Random) -> dict[str, Any]:
    """A profile in which any field may be missing, with numbers around the borders."""
    values: dict[str, Any] = {}
    for field in PROFILE.fields:
        if chance.random() < 0.25:
            continue
        ids = [option.id for option in field.options]
        match field.kind:
            case "integer":
                values[field.id] = chance.choice([0, 1, 2, 24, 25, 26, 48, 49, 50, 51, 199, 200, 249, 250])
            case "yesno" | "choice":
                values[field.id] = chance.choice(ids)
            case "multi":
                apart = [option.id for option in field.options if option.exclusive]
                some = chance.sample([one for one in ids if one not in apart], chance.randint(0, 3))
                values[field.id] = some or apart[:1]
            case "integers":
                values[field.id] = {part: chance.choice([0, 0, 1, 3]) for part in field.parts}
            case "isic":
                values[field.id] = chance.sample(["A01", "C13", "F41", "G46", "H50", "N78"], chance.randint(1, 3))
            case "table" if field.id == "PRO-12":
                values[field.id] = [
                    {
                        "origin": chance.choice(["MM", "TH", "KH"]),
                        "destination": "TH",
                        "arrived": chance.choice([0, 1, 9, 10, 19, 20]),
                        "channel": chance.choice(["direct", "private_recruiter", "informal"]),
                    }
                    for _ in range(chance.randint(0, 3))
                ]
    return values


def test_rules_and_offers_agree_with_the_design_on_profiles_of_every_kind():
    chance, seen, offered = random.Random(26), set(), set()
    for _ in range(1500):
        values = made(chance)
        expected = {name: holds(values) for name, holds in RULES.items()}
        offers = [name for name, holds in OFFERS.items() if holds(values)]

        assert rule_values(PROFILE, values) == expected, values
        assert [entry.id for entry in offered_questionnaires(PROFILE, values)] == offers, values
        seen |= set(expected.items())
        offered |= set(offers)

    assert seen == {(name, holds) for name in RULES for holds in (True, False)} - {("always", False)}
    assert offered == set(OFFERS)
