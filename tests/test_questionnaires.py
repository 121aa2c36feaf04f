"""All questionnaires here: sound, complete, frozen where published, and scored as their authors expect."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from portal.catalogue import Faults, load_catalogue, load_version
from portal.catalogue.cases import check_cases, differing, read_cases
from portal.catalogue.digests import meaning
from portal.domain.applicability import rule_values
from portal.domain.offers import offered_questionnaires
from portal.domain.questionnaire import Questionnaire, QuestionType, Stage

FOLDER = Path(__file__).parents[1] / "questionnaires"
CATALOGUE = load_catalogue(FOLDER)
VERSIONS = list(CATALOGUE.questionnaires.values())
QUESTIONS = [question for version in VERSIONS for question in version.questions]
CASES = [
    (version.reference, case)
    for version in VERSIONS
    for case in read_cases(FOLDER / version.slug / version.version, version, Faults(FOLDER))
]
PROFILE = CATALOGUE.profiles["profile@2026.1"]
HRS = CATALOGUE.questionnaires["hrdd-short@2026.1"]


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[f"{where}-{case.name}" for where, case in CASES])
def test_the_method_gives_what_the_authors_expect(case):
    assert list(differing(case, CATALOGUE)) == []


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.reference)
def test_every_version_has_cases_that_expect_a_score(version):
    expected = [case.expected for reference, case in CASES if reference == version.reference]

    assert len(expected) >= 4
    assert all({"score", "band", "caps", "sections", "red_flags"} <= set(item) for item in expected)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.reference)
def test_a_wrong_expectation_would_be_noticed(version):
    _, case = next(item for item in CASES if item[0] == version.reference)

    [difference] = differing(replace(case, expected=case.expected | {"score": "0.1"}), CATALOGUE)

    assert difference.startswith('expects score "0.1", but the method gives "')


def test_published_versions_are_what_they_were():
    listed = tomllib.loads((FOLDER / "PUBLISHED.toml").read_text(encoding="utf-8"))
    digests = {item.reference: item.digest for item in [*VERSIONS, *CATALOGUE.profiles.values()]}

    assert listed == {reference: digests[reference] for reference in listed}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_text_is_a_text(question):
    texts = [question.ask, question.why, question.remedial, *question.levels, question.counts_as, question.evidence]
    for text in filter(None, texts):
        assert text[0].isupper() or not text[0].isalpha(), text
        assert text[-1] in ".?", text
        assert "  " not in text and "\n" not in text, text


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_question_says_why_and_cites_something(question):
    assert 1 <= len(re.findall(r"[.?](?: |$)", question.why)) <= 3
    assert question.references


def test_every_question_gives_a_reason_of_its_own():
    """Of all versions of a questionnaire, a question may keep its reason."""
    reasons = {(question.why, question.id) for question in QUESTIONS}

    assert len({why for why, _ in reasons}) == len(reasons)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.reference)
def test_the_weakest_stage_limits_the_core_forms_only(version):
    assert version.weakest_stage_cap == (version.kind == "core")
    assert version.kind == KINDS[version.id]


KINDS = {"HRC": "core", "HRS": "core", "ERE": "recruitment", "ERR": "recruitment"} | dict.fromkeys(
    ("SEA", "SHP", "PLT", "CMF", "AGR"), "sector"
)


def test_three_worst_risks_are_judged_by_how_many_lines_are_complete():
    question = HRS.by_id["HRS-KNO-04"]

    assert question.type is QuestionType.TABLE
    assert question.evidence_exempt
    assert [(step.level, step.conditions[0].complete, step.conditions[0].at_least) for step in question.rule] == [
        (4, True, 3), (3, True, 2), (2, True, 1), (1, False, 1),
    ]  # fmt: skip
    ratings = [column for column in question.columns if column.anchors]
    assert [column.id for column in ratings] == ["scale", "scope", "irremediability", "likelihood"]
    assert all(list(column.anchors) == ["1", "2", "3", "4", "5"] for column in ratings)


def test_each_stage_of_the_method_is_asked_about_in_every_core_questionnaire():
    core = [version for version in VERSIONS if version.kind == "core"]
    assert core
    for version in core:
        assert {question.stage for question in version.questions} == set(Stage)


RULES = [
    "always", "medium_plus", "has_suppliers", "uses_security", "land_footprint", "conflict_ctx", "employs_refugees",
    "has_migrants", "few_arrivals", "uses_recruiters", "agency_workers", "provides_housing", "overseas_recruit",
    "subagents", "dispatches_own", "collects_online", "vessel_fishing", "vessel_merchant", "vessel_any", "buys_seafood",
    "platform_any", "platform_jobs", "construction_or_manufacturing", "agri", "pesticides", "smallholders",
    "high_risk_small",
]  # fmt: skip


def test_the_profile_asks_the_designed_fields_four_of_vessels_and_two_of_recruiters():
    ids = {field.id for field in PROFILE.fields}

    assert ids == {f"PRO-{number:02}" for number in range(1, 34)} | {"ERR-PRE-01", "ERR-PRE-02"}
    assert {field.id for field in PROFILE.fields if field.asked_in} == {"ERR-PRE-01", "ERR-PRE-02"}
    assert {field.group for field in PROFILE.fields} - {""} == set(PROFILE.groups)


def test_the_profile_has_every_rule_in_words():
    assert list(PROFILE.rules) == RULES
    assert list(PROFILE.rule_labels) == RULES
    assert all(PROFILE.rule_labels.values())


def corridor(origin: str, destination: str, channel: str = "direct") -> dict[str, object]:
    return {"origin": origin, "destination": destination, "arrived": 3, "channel": channel}


# A profile, and every rule beside `always` that must hold for it.
HOLDING = [
    ({}, ""),
    ({"PRO-07": 49, "PRO-08": 0}, ""),
    ({"PRO-07": 50}, "medium_plus"),
    ({"PRO-07": 49, "PRO-08": 1}, "medium_plus agency_workers"),
    ({"PRO-08": 1}, "agency_workers"),
    ({"PRO-18": 0}, ""),
    ({"PRO-18": 1}, "has_suppliers"),
    ({"PRO-19": "yes"}, "uses_security"),
    ({"PRO-19": "no", "PRO-20": "no", "PRO-21": "no", "PRO-16": "no", "PRO-23": "no"}, ""),
    ({"PRO-20": "yes"}, "land_footprint"),
    ({"PRO-21": "yes"}, "conflict_ctx"),
    ({"PRO-17": "yes"}, "employs_refugees"),
    ({"PRO-17": "dont_know"}, ""),
    ({"PRO-11": 0, "PRO-12": []}, ""),
    ({"PRO-11": 1}, "has_migrants"),
    ({"PRO-12": [corridor("TH", "TH")]}, "has_migrants"),
    ({"PRO-12": [corridor("MM", "TH")]}, "has_migrants overseas_recruit"),
    ({"PRO-12": [corridor("MM", "TH") | {"arrived": 19}]}, "has_migrants overseas_recruit"),
    ({"PRO-12": [corridor("MM", "TH") | {"arrived": 17}, corridor("TH", "TH")]}, "has_migrants overseas_recruit"),
    ({"PRO-12": [corridor("TH", "TH", "private_recruiter")]}, "has_migrants uses_recruiters"),
    ({"PRO-14": {"origin": 0, "destination": 0}}, ""),
    ({"PRO-14": {"origin": 0, "destination": 2}}, "uses_recruiters"),
    ({"PRO-15": "yes"}, "subagents"),
    ({"PRO-15": "dont_know"}, "subagents"),
    ({"PRO-15": "no"}, ""),
    ({"PRO-16": "yes"}, "provides_housing"),
    ({"ERR-PRE-01": "yes"}, "dispatches_own"),
    ({"ERR-PRE-02": "yes"}, "collects_online"),
    ({"PRO-22": ["none"]}, ""),
    ({"PRO-22": ["fishing"]}, "vessel_fishing vessel_any"),
    ({"PRO-22": ["merchant"]}, "vessel_merchant vessel_any"),
    ({"PRO-22": ["passenger"]}, "vessel_merchant vessel_any"),
    ({"PRO-22": ["offshore", "fishing"]}, "vessel_merchant vessel_fishing vessel_any"),
    ({"PRO-22": ["yacht"]}, "vessel_any"),
    ({"PRO-23": "yes"}, "buys_seafood"),
    ({"PRO-24": ["none"]}, ""),
    ({"PRO-24": ["messaging"]}, "platform_any"),
    ({"PRO-24": ["gig_work"]}, "platform_any platform_jobs"),
    ({"PRO-24": ["job_adverts"]}, "platform_any platform_jobs"),
    ({"PRO-24": ["recruitment_matching"]}, "platform_any platform_jobs"),
    ({"PRO-06": ["C10"]}, "construction_or_manufacturing"),
    ({"PRO-06": ["G46", "F41"]}, "construction_or_manufacturing"),
    ({"PRO-06": ["A03"]}, ""),
    ({"PRO-25": ["none"]}, ""),
    ({"PRO-25": ["rubber"]}, "agri"),
    ({"PRO-25": ["pesticides"]}, "agri pesticides"),
    ({"PRO-25": ["smallholders"]}, "agri smallholders"),
]


def _arrived(values: dict[str, object]) -> int:
    return sum(row["arrived"] for row in values.get("PRO-12", []))


@pytest.mark.parametrize(("values", "rules"), HOLDING, ids=[str(values) for values, _ in HOLDING])
def test_the_rules_hold_as_designed(values, rules):
    held = rule_values(PROFILE, values)
    few = set() if _arrived(values) >= 20 else {"few_arrivals"}

    assert {rule for rule, holds in held.items() if holds} - {"high_risk_small"} == {"always", *rules.split(), *few}


# Who is small (fewer than 50) and does work that can harm people gravely.
HIGH_RISK = [
    ({"PRO-07": 49}, False),
    ({"PRO-07": 49, "PRO-13": ["recruiter"]}, True),
    ({"PRO-07": 49, "PRO-08": 1, "PRO-13": ["recruiter"]}, False),
    ({"PRO-13": ["recruiter", "employer_of_migrants"]}, True),
    ({"PRO-13": ["employer_of_migrants"]}, False),
    ({"PRO-07": 9, "PRO-22": ["fishing"]}, True),
    ({"PRO-07": 9, "PRO-22": ["yacht"]}, False),
    ({"PRO-07": 9, "PRO-24": ["job_adverts"]}, True),
    ({"PRO-07": 9, "PRO-24": ["none"]}, False),
    ({"PRO-07": 9, "PRO-08": 1, "PRO-11": 5}, False),
    ({"PRO-07": 9, "PRO-08": 1, "PRO-11": 6}, True),
]


@pytest.mark.parametrize(("values", "holds"), HIGH_RISK, ids=[str(values) for values, _ in HIGH_RISK])
def test_a_small_firm_of_high_risk_is_known_as_such(values, holds):
    assert rule_values(PROFILE, values)["high_risk_small"] is holds


#: Rules with tables or conditions of their own above.
OF_THEIR_OWN = {"always", "few_arrivals", "high_risk_small"}


def test_every_rule_is_tried_both_ways():
    assert {rule for _, rules in HOLDING for rule in rules.split()} == set(RULES) - OF_THEIR_OWN
    assert {holds for _, holds in HIGH_RISK} == {True, False}


# Size and risk decide between the short form and the core; the thematic ones come beside either.
OFFERED = [
    ({}, "HRS"),
    ({"PRO-07": 0, "PRO-08": 0}, "HRS"),
    ({"PRO-07": 49}, "HRS"),
    ({"PRO-07": 49, "PRO-08": 1}, "HRS HRC"),
    ({"PRO-07": 50}, "HRS HRC"),
    ({"PRO-07": 200, "PRO-08": 49}, "HRS HRC"),
    ({"PRO-07": 200, "PRO-08": 50}, "HRC"),
    ({"PRO-08": 250}, "HRC"),
    ({"PRO-11": 1}, "HRS ERE"),
    ({"PRO-12": [{"origin": "MM", "destination": "TH", "arrived": 3}]}, "HRS ERE"),
    ({"PRO-07": 40, "PRO-11": 21}, "HRS ERE"),
    ({"PRO-07": 400, "PRO-11": 0}, "HRC"),
    ({"PRO-13": ["recruiter"]}, "HRS ERR"),
    ({"PRO-07": 12, "PRO-13": ["recruiter"], "PRO-11": 2}, "HRS ERE ERR"),
    ({"PRO-07": 300, "PRO-13": ["recruiter"]}, "HRC ERR"),
    ({"PRO-07": 9, "PRO-22": ["fishing"]}, "HRS SEA"),
    ({"PRO-23": "yes"}, "HRS SEA"),
    ({"PRO-22": ["yacht"]}, "HRS SHP"),
    ({"PRO-22": ["none"]}, "HRS"),
    ({"PRO-22": ["none"], "PRO-32": "yes"}, "HRS SHP"),
    ({"PRO-22": ["fishing"], "PRO-32": "no"}, "HRS SEA"),
    ({"PRO-22": ["fishing"], "PRO-32": "yes"}, "HRS SEA SHP"),
    ({"PRO-22": ["fishing", "merchant"]}, "HRS SEA SHP"),
    ({"PRO-07": 9, "PRO-24": ["messaging"]}, "HRS PLT"),
    ({"PRO-06": ["F41"]}, "HRS CMF"),
    ({"PRO-06": ["G46", "C10"]}, "HRS CMF"),
    ({"PRO-25": ["palm_oil"]}, "HRS AGR"),
    (
        {"PRO-07": 120, "PRO-11": 9, "PRO-13": ["recruiter"], "PRO-22": ["fishing", "yacht"], "PRO-24": ["gig_work"],
         "PRO-06": ["C10"], "PRO-25": ["livestock"]},
        "HRS HRC ERE ERR SEA SHP PLT CMF AGR",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("values", "ids"), OFFERED, ids=[str(values) for values, _ in OFFERED])
def test_questionnaires_are_offered_as_designed(values, ids):
    assert [entry.id for entry in offered_questionnaires(PROFILE, values)] == ids.split()


def test_the_two_core_forms_are_alternatives():
    assert {entry.id for entry in PROFILE.applicable if entry.one_of == "core"} == {"HRS", "HRC"}
    assert all(entry.because for entry in PROFILE.applicable)


def test_references_say_whether_they_were_checked_at_the_source():
    assert len(CATALOGUE.references) >= 570
    assert CATALOGUE.references["UNGP-17"].title
    assert not CATALOGUE.references["ILO-GP13"].verified


#: What the data says for the program, and for links: ids and codes.
NO_TEXTS = {"id", "same_as", "references", "basis", "expression", "prefill"}


def test_nothing_internal_is_shown():
    """Ids of questions, and "as in ...", are for the data; a person gets the sentence."""
    shown = [text for version in VERSIONS for text in _texts(meaning(version))]
    assert len(shown) > 100
    assert [text for text in shown if re.search(r"[A-Z]{3}-[A-Z]+-\d|\bmaps to\b|\bPRO-\d", text)] == []


def _texts(value: object, key: str = "") -> list[str]:
    if isinstance(value, dict):
        return [text for name, item in value.items() for text in _texts(item, name)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item, key)]
    return [value] if isinstance(value, str) and key not in NO_TEXTS else []


def readme_blocks() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (FOLDER / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_example_in_the_readme_is_a_sound_questionnaire(tmp_path):
    """Its blocks, put together as the text says, load, and their case has the score it claims."""
    main, *section, cases = readme_blocks()
    folder = tmp_path / "trial/2026.1"
    folder.mkdir(parents=True)
    for name, content in {"questionnaire": main, "everything": "".join(section), "cases": cases}.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")

    version = load_version(folder, CATALOGUE)

    assert isinstance(version, Questionnaire)
    assert {question.type for question in version.questions} == set(QuestionType)
    catalogue = replace(CATALOGUE, questionnaires={version.reference: version})
    faults = Faults(folder)
    assert (check_cases(folder, version, catalogue, faults), faults.found) == (1, [])
