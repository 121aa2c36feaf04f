"""The account of OWASP ASVS 5.0.0: whole, and every test and document it names exists."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.sources import ROOT

ACCOUNT = ROOT / "docs" / "asvs.csv"
COLUMNS = ["id", "level", "chapter", "topic", "status", "evidence", "note"]
STATUSES = {"met", "partly", "open", "not_applicable"}
CHAPTERS = {
    1: "Encoding and sanitization",
    2: "Validation and business logic",
    3: "Web frontend",
    4: "API and web service",
    5: "Files",
    6: "Authentication",
    7: "Sessions",
    8: "Authorization",
    9: "Self-contained tokens",
    10: "OAuth and OpenID Connect",
    11: "Cryptography",
    12: "Communication",
    13: "Configuration",
    14: "Data protection",
    15: "Secure coding",
    16: "Logging and errors",
    17: "WebRTC",
}
#: Section of the standard -> the level of each of its requirements, in order: 1.5 holds 1.5.1 (level 1), 1.5.2 (2) and
#: 1.5.3 (3). Level 3 stands here so that the numbers can be compared with the standard; it is not accounted for.
LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223",
    "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222", "10.6": "22",
    "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip
#: Sections that ask for something in writing; everywhere else only a test shows that a requirement is met.
WRITTEN = {"2.1", "3.1", "5.1", "6.1", "7.1", "8.1", "11.1", "13.1", "14.1", "15.1", "16.1"}

Row = dict[str, str]


@cache
def rows() -> tuple[Row, ...]:
    with ACCOUNT.open(encoding="utf-8", newline="") as file:
        found = tuple(csv.DictReader(file))
    assert found, "no requirements"
    return found


def standard() -> dict[str, str]:
    """Every requirement of levels 1 and 2 with its level, in the order of the standard."""
    return {
        f"{section}.{place}": level
        for section, levels in LEVELS.items()
        for place, level in enumerate(levels, start=1)
        if level in "12"
    }


def faults(row: Row) -> list[str]:
    """What is wrong with one row, each as a few words that begin with its id."""
    named, said = row["evidence"].split(), []
    if row["status"] not in STATUSES:
        said.append(f"unknown status {row['status']!r}")
    if row["status"] in ("met", "partly") and not named:
        said.append("claims something and names nothing that shows it")
    if row["status"] in ("open", "not_applicable") and named:
        said.append("names evidence of what is not claimed")
    if row["status"] != "met" and not row["note"].strip():
        said.append("gives no reason")
    section = row["id"].rpartition(".")[0]
    if row["status"] == "met" and section not in WRITTEN and not any("::" in entry for entry in named):
        said.append("is called met without a test")
    said += [f"names {entry}, which does not exist" for entry in named if not exists(entry)]
    return [f"{row['id']} {fault}" for fault in said]


def exists(entry: str) -> bool:
    """Whether there is such a test (file::function), document, or heading of one (file#heading)."""
    place, _, test = entry.partition("::")
    if test:
        return test in functions_in(place)
    place, _, heading = entry.partition("#")
    return (ROOT / place).is_file() and (not heading or heading in headings_of(place))


@cache
def functions_in(place: str) -> frozenset[str]:
    path = ROOT / place
    if not (place.startswith("tests/") and path.is_file()):
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=place)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return frozenset(function.name for function in functions if function.name.startswith("test_"))


@cache
def headings_of(place: str) -> frozenset[str]:
    lines = re.findall(r"^#+ (.+)$", (ROOT / place).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return frozenset(re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in lines)


def test_the_standard_has_as_many_requirements_as_it_says() -> None:
    assert Counter("".join(LEVELS.values())) == {"1": 70, "2": 183, "3": 92}
    assert {int(section.partition(".")[0]) for section in LEVELS} == CHAPTERS.keys()


def test_every_requirement_of_levels_one_and_two_has_one_row_in_order() -> None:
    assert {row["id"]: row["level"] for row in rows()} == standard()
    assert [row["id"] for row in rows()] == list(standard())


def test_every_row_is_filled_in() -> None:
    wrong = [
        row["id"]
        for row in rows()
        if list(row) != COLUMNS
        or row["chapter"] != CHAPTERS[int(row["id"].partition(".")[0])]
        or not 5 <= len(row["topic"].split()) <= 12
        or any(value != " ".join(value.split()) for value in row.values())
    ]

    assert wrong == []


def test_what_is_claimed_is_shown_and_what_is_not_has_a_reason() -> None:
    assert [fault for row in rows() for fault in faults(row)] == []


def test_somebody_has_looked_at_every_chapter() -> None:
    claimed = {row["chapter"] for row in rows() if row["status"] in ("met", "partly")}

    assert claimed == set(CHAPTERS.values()) - {"WebRTC"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"status": "done"}, "unknown status 'done'"),
        ({"evidence": ""}, "claims something and names nothing that shows it"),
        ({"evidence": "docs/operations.md"}, "is called met without a test"),
        ({"evidence": "tests/test_asvs.py::test_of_nothing"}, "names tests/test_asvs.py::test_of_nothing, which"),
        ({"evidence": "tests/nowhere.py::test_a"}, "names tests/nowhere.py::test_a, which does not exist"),
        ({"status": "partly", "evidence": "docs/nowhere.md", "note": "x"}, "names docs/nowhere.md, which"),
        ({"status": "partly", "evidence": "docs/operations.md#no-such", "note": "x"}, "names docs/operations.md#no"),
        ({"status": "partly"}, "gives no reason"),
        ({"status": "not_applicable", "evidence": ""}, "gives no reason"),
        ({"status": "open", "note": "later"}, "names evidence of what is not claimed"),
    ],
)
def test_a_row_that_claims_too_much_is_noticed(change: Row, fault: str) -> None:
    test = f"tests/{Path(__file__).name}::{test_every_row_is_filled_in.__name__}"
    sound = {"id": "3.4.1", "level": "1", "topic": "a", "status": "met", "evidence": test, "note": ""}

    assert faults(sound) == []
    assert any(said.startswith(f"3.4.1 {fault}") for said in faults(sound | change))
