"""The submission bundle: what is read, and every refusal with the key at fault."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from portal.catalogue import definition
from portal.domain.bundle import InvalidBundle, bundle_json, canonical, read_bundle
from portal.domain.questionnaire import Catalogue
from tests.domain.random_bundles import random_bundle

SHORT_FORM = "hrdd-short@2026.1"
RISK = {"risk": "Debt", "who": "Night shift", "scale": 4, "scope": 2, "irremediability": 3, "likelihood": 4}
FILE = {"name": "list.pdf", "sha256": "0" * 64, "bytes": 12, "type": "application/pdf"}
GOOD: dict[str, Any] = {
    "format": "submission/1",
    "questionnaire": SHORT_FORM,
    "as_of": "2026-11-23",
    "profile": {
        "PRO-01": "บริษัท ทะเลใส",
        "PRO-03": "TH",
        "PRO-04": ["TH", "MM"],
        "PRO-06": ["C10", "03"],
        "PRO-07": 40,
        "PRO-08": 0,
        "PRO-10": [{"row": "employees", "women": 12}],
        "PRO-11": 12,
        "PRO-12": [{"origin": "MM", "destination": "TH", "arrived": 3, "channel": "direct"}],
        "PRO-14": {"origin": 1, "destination": 2},
        "PRO-16": "yes",
        "PRO-22": ["fishing"],
        "PRO-27": {"start": "2025-01-01", "end": "2025-12-31"},
        "PRO-28": {"filled_by": "owner", "signed_by": "A. Person, director"},
    },
    "answers": {
        "HRS-COM-01": {"value": 3, "evidence": "attached", "files": [FILE], "comment": "Signed.\nOn the wall."},
        "HRS-DO-02": {"value": "checked_not_found", "evidence": "accepted"},
        "HRS-DO-03": {"value": "found_remediating", "evidence": "attached", "plan_end": "2027-01-31"},
        "HRS-KNO-04": {"value": [RISK | {"question": "HRS-DO-03"}]},
        "HRS-CHK-01": {"dont_know": True},
        "HRS-CHK-02": {"not_applicable": "We have no customers yet.", "na_review": "confirmed"},
    },
    "review": {
        "HRS-COM-01": {"level": 2, "reason": "Not signed."},
        "HRS-DO-03": {"state": "open", "reason": "No repayment yet."},
    },
    "reference": "S-2026-0001",
    "company": {"name": "Clear Sea", "local_name": "ทะเลใส", "country": "TH"},
    "period": {"start": "2025-01-01", "end": "2025-12-31"},
    "signed": {"name": "A. Person", "position": "Director", "on": "2026-11-23"},
    "submitted_at": "2026-11-23T18:00:00Z",
    "shared_with": ["Thailand"],
    "joins_aggregates": True,
    "worker_statements": [{"body": "Works council", "words": "We read the answers."}],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good bundle with one value changed; a path is keys joined by slashes."""
    bundle = deepcopy(GOOD)
    *parents, last = path.split("/")
    place: Any = bundle
    for key in parents:
        place = place.setdefault(key, {})
    place[last] = value
    return bundle


def test_a_bundle_is_read_and_written_again_unchanged(catalogue: Catalogue) -> None:
    bundle = read_bundle(json.dumps(GOOD), catalogue)

    assert bundle_json(bundle) == GOOD
    assert read_bundle(canonical(bundle_json(bundle)), catalogue) == bundle


def test_random_bundles_survive_the_round_trip(catalogue: Catalogue) -> None:
    published = definition(catalogue.questionnaires[SHORT_FORM], catalogue)
    for seed in range(50):
        bundle = read_bundle(json.dumps(random_bundle(Random(seed), published)), catalogue)
        assert read_bundle(canonical(bundle_json(bundle)), catalogue) == bundle


def test_the_smallest_bundle_says_nothing(catalogue: Catalogue) -> None:
    smallest = {key: GOOD[key] for key in ("format", "questionnaire", "as_of")}

    bundle = read_bundle(json.dumps(smallest), catalogue)

    assert (bundle.profile, bundle.answers, bundle.review, bundle.digest) == ({}, {}, {}, None)


@pytest.mark.parametrize("answer", [{}, {"dont_know": False}, {"value": 2, "dont_know": False}, {"comment": "Later."}])
def test_an_answer_may_say_little(catalogue: Catalogue, answer: dict[str, Any]) -> None:
    bundle = read_bundle(json.dumps(changed("answers/HRS-COM-02", answer)), catalogue)

    assert bundle.answers["HRS-COM-02"].value == answer.get("value")


@pytest.mark.parametrize("key", ["format", "questionnaire", "as_of"])
def test_a_bundle_says_what_it_is(catalogue: Catalogue, key: str) -> None:
    with pytest.raises(InvalidBundle, match=f"^{key}: is missing$"):
        read_bundle(json.dumps({name: value for name, value in GOOD.items() if name != key}), catalogue)


REFUSED = [
    # the whole
    ("format", "submission/2", "format"),
    ("format", ["submission/1"], "format"),
    ("questionnaire", "hrdd-short", "questionnaire"),
    ("questionnaire", ["hrdd-short@2026.1"], "questionnaire"),
    ("digest", "sha256:0", "digest"),
    ("digest", None, "digest"),
    ("as_of", "23.11.2026", "as_of"),
    ("as_of", "2026-02-30", "as_of"),
    ("as_of", "20261123", "as_of"),
    ("as_of", "٢٠٢٦-١١-٢٣", "as_of"),
    ("as_of", 20261123, "as_of"),
    ("extra", 1, "extra"),
    ("two\nlines", 1, '"two\\nlines"'),
    ("answers", [], "answers"),
    ("profile", None, "profile"),
    ("review", "none", "review"),
    # answers
    ("answers/HRC-GOV-02", {"value": []}, "answers.HRC-GOV-02"),
    ("answers/HRS-COM-01", 3, "answers.HRS-COM-01"),
    ("answers/HRS-COM-01", None, "answers.HRS-COM-01"),
    ("answers/HRS-COM-01/level", 3, "answers.HRS-COM-01.level"),
    *[
        ("answers/HRS-COM-01/value", value, "answers.HRS-COM-01.value")
        for value in (5, -1, 2.5, "3", True, None, [3], {"level": 3})
    ],
    *[("answers/HRS-DO-02/value", value, "answers.HRS-DO-02.value") for value in ("yes", 4, None, ["not_checked"])],
    ("answers/HRS-COM-01/evidence", "exempt", "answers.HRS-COM-01.evidence"),
    ("answers/HRS-COM-01/evidence", None, "answers.HRS-COM-01.evidence"),
    ("answers/HRS-COM-01/dont_know", True, "answers.HRS-COM-01.dont_know"),
    ("answers/HRS-COM-01/dont_know", "yes", "answers.HRS-COM-01.dont_know"),
    ("answers/HRS-COM-01/not_applicable", "None.", "answers.HRS-COM-01.not_applicable"),
    ("answers/HRS-KNO-01", {"not_applicable": "None."}, "answers.HRS-KNO-01.not_applicable"),
    ("answers/HRS-DO-02", {"not_applicable": "None."}, "answers.HRS-DO-02.not_applicable"),
    ("answers/HRS-CHK-02/not_applicable", " \n", "answers.HRS-CHK-02.not_applicable"),
    ("answers/HRS-CHK-02/not_applicable", True, "answers.HRS-CHK-02.not_applicable"),
    ("answers/HRS-CHK-02/value", 2, "answers.HRS-CHK-02.not_applicable"),
    ("answers/HRS-CHK-02/dont_know", True, "answers.HRS-CHK-02.dont_know"),
    ("answers/HRS-CHK-02/na_review", "maybe", "answers.HRS-CHK-02.na_review"),
    ("answers/HRS-DO-03/plan_end", "2027-1-31", "answers.HRS-DO-03.plan_end"),
    ("answers/HRS-DO-03/plan_end", None, "answers.HRS-DO-03.plan_end"),
    ("answers/HRS-COM-01/comment", "x" * 10_001, "answers.HRS-COM-01.comment"),
    ("answers/HRS-COM-01/comment", "bell \x07", "answers.HRS-COM-01.comment"),
    ("answers/HRS-COM-01/files", {}, "answers.HRS-COM-01.files"),
    ("answers/HRS-COM-01/files", [FILE] * 201, "answers.HRS-COM-01.files"),
    ("answers/HRS-COM-01/files", [{}], "answers.HRS-COM-01.files[0].bytes"),
    ("answers/HRS-COM-01/files", [FILE | {"path": "/"}], "answers.HRS-COM-01.files[0].path"),
    ("answers/HRS-COM-01/files", [FILE, FILE | {"sha256": "A" * 64}], "answers.HRS-COM-01.files[1].sha256"),
    ("answers/HRS-COM-01/files", [FILE | {"bytes": -1}], "answers.HRS-COM-01.files[0].bytes"),
    # tables
    *[("answers/HRS-KNO-04/value", value, "answers.HRS-KNO-04.value") for value in ({}, "rows", 3, [RISK] * 501)],
    ("answers/HRS-KNO-04/value", [RISK, "row"], "answers.HRS-KNO-04.value[1]"),
    ("answers/HRS-KNO-04/value", [RISK | {"colour": "red"}], "answers.HRS-KNO-04.value[0]"),
    *[
        ("answers/HRS-KNO-04/value", [{"scale": value}], "answers.HRS-KNO-04.value[0].scale")
        for value in (0, 6, 2.5, "4", True, None)
    ],
    ("answers/HRS-KNO-04/value", [{"risk": 4}], "answers.HRS-KNO-04.value[0].risk"),
    ("answers/HRS-KNO-04/value", [{}, {"question": "ERE-1"}], "answers.HRS-KNO-04.value[1].question"),
    # profile
    ("profile/PRO-99", 1, "profile.PRO-99"),
    *[("profile/PRO-03", value, "profile.PRO-03") for value in ("th", "THA", "", 66, None, ["TH"])],
    ("profile/PRO-04", "TH", "profile.PRO-04"),
    ("profile/PRO-04", ["TH", "mm"], "profile.PRO-04[1]"),
    ("profile/PRO-05", ["TH"] * 11, "profile.PRO-05"),
    *[("profile/PRO-06", value, "profile.PRO-06") for value in ("Z", "04", "A13", "", 13, "c")],
    ("profile/PRO-06", ["C", "A99"], "profile.PRO-06[1]"),
    *[("profile/PRO-07", value, "profile.PRO-07") for value in (-1, "40", True, None, [40])],
    ("profile/PRO-02", "gmbh", "profile.PRO-02"),
    ("profile/PRO-12", [{"origin": "Myanmar"}], "profile.PRO-12[0].origin"),
    ("profile/PRO-12", [{"crossing": 1}], "profile.PRO-12[0]"),
    ("profile/PRO-10", [{"row": "robots"}], "profile.PRO-10[0].row"),
    ("profile/PRO-14", {"moon": 1}, "profile.PRO-14"),
    ("profile/PRO-14", {"origin": -1}, "profile.PRO-14.origin"),
    ("profile/PRO-14", "three", "profile.PRO-14"),
    ("profile/PRO-16", True, "profile.PRO-16"),
    ("profile/PRO-16", "maybe", "profile.PRO-16"),
    ("profile/PRO-22", ["fishing", "fishing"], "profile.PRO-22"),
    ("profile/PRO-22", ["submarine"], "profile.PRO-22[0]"),
    ("profile/PRO-27", {"start": "2026-01-01"}, "profile.PRO-27"),
    ("profile/PRO-27", {"start": "2026-01-01", "end": "2025-12-31"}, "profile.PRO-27.end"),
    ("profile/PRO-28", {"filled_by": "a friend"}, "profile.PRO-28.filled_by"),
    ("profile/PRO-28", "a friend", "profile.PRO-28"),
    # review
    ("review/HRS-COM-01", {}, "review.HRS-COM-01"),
    ("review/HRS-COM-01", {"reason": "Hm."}, "review.HRS-COM-01"),
    ("review/HRS-COM-01/level", 5, "review.HRS-COM-01.level"),
    ("review/HRS-COM-01/state", "open", "review.HRS-COM-01.state"),
    ("review/HRS-COM-01/by", "me", "review.HRS-COM-01.by"),
    ("review/HRS-COM-01/reason", 3, "review.HRS-COM-01.reason"),
    ("review/HRS-DO-03/state", "closed", "review.HRS-DO-03.state"),
    ("review/HRC-GOV-01", {"level": 1}, "review.HRC-GOV-01"),
    # the envelope
    ("reference", "", "reference"),
    ("company", {"local_name": "X"}, "company.name"),
    ("company", {"name": "X", "tax": 1}, "company.tax"),
    ("company/country", "Thailand", "company.country"),
    ("period", {"start": "2026-01-01", "end": "2025-01-01"}, "period.end"),
    ("signed/on", "today", "signed.on"),
    ("submitted_at", "2026-11-23 18:00", "submitted_at"),
    ("submitted_at", "2026-11-23T25:00:00Z", "submitted_at"),
    ("submitted_at", "2026-11-23T18:00:00+07:00", "submitted_at"),
    ("shared_with", "Thailand", "shared_with"),
    ("shared_with", ["Thailand", 2], "shared_with[1]"),
    ("joins_aggregates", "yes", "joins_aggregates"),
    ("worker_statements", "We agree", "worker_statements"),
    ("worker_statements", [{"body": "Union"}], "worker_statements[0].words"),
    ("worker_statements", [{"body": "", "words": "x"}], "worker_statements[0].body"),
    ("worker_statements", [{"body": "Union", "words": "x", "name": "A. Person"}], "worker_statements[0].name"),
]


@pytest.mark.parametrize(
    ("path", "value", "key"), REFUSED, ids=[f"{path}={json.dumps(value)[:40]}" for path, value, _ in REFUSED]
)
def test_a_bundle_at_fault_is_refused_by_its_key(catalogue: Catalogue, path: str, value: Any, key: str) -> None:
    with pytest.raises(InvalidBundle) as refusal:
        read_bundle(json.dumps(changed(path, value)), catalogue)

    assert refusal.value.key == key
    assert str(refusal.value).startswith(f"{key}: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["[]", "3", "null", '"submission/1"'])
def test_a_bundle_is_an_object(catalogue: Catalogue, text: str) -> None:
    with pytest.raises(InvalidBundle, match=r"^bundle: must be an object$"):
        read_bundle(text, catalogue)


def test_what_is_not_json_is_refused_in_the_same_way(catalogue: Catalogue) -> None:
    with pytest.raises(InvalidBundle, match="line 1 column 2: not JSON"):
        read_bundle("{", catalogue)


def test_the_digest_of_the_published_version_is_taken(catalogue: Catalogue) -> None:
    digest = catalogue.questionnaires[SHORT_FORM].digest

    assert read_bundle(json.dumps(changed("digest", digest)), catalogue).digest == digest
