"""cases.yaml: answers with the score their authors expect, compared with what the method gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.catalogue.faults import Faults
from portal.catalogue.questionnaire_reader import open_file
from portal.catalogue.reader import Fields, unique
from portal.catalogue.yaml_nodes import Node
from portal.domain.bundle import InvalidBundle, read_bundle
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.domain.scorecard import scorecard_json
from portal.domain.scoring import score_bundle

FILE = "cases.yaml"
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})")
EXPECTED = ("score", "band", "raw", "declared", "caps", "sections", "stages", "red_flags")


@dataclass(frozen=True, slots=True)
class Case:
    """A company made up by the authors. `expected` holds the keys of a scorecard, with numbers as shown."""

    name: str
    tells: str
    line: int
    bundle: Mapping[str, Any]
    expected: Mapping[str, Any]


def read_cases(folder: Path, questionnaire: Questionnaire, faults: Faults) -> list[Case]:
    """Return the cases in `folder`; none where the file is missing, which is a fault too."""
    fields = open_file(folder / FILE, faults)
    if fields is None:
        return []
    items = fields.items("cases", name="name")
    unique(items, "case", "name")
    fields.close()
    return [_case(item, questionnaire) for item in items]


def _case(item: Fields, questionnaire: Questionnaire) -> Case:
    bundle = {"format": "submission/1", "questionnaire": questionnaire.reference}
    parts = {key: _json(item.entries[key][1]) for key in ("as_of", "profile", "answers", "review") if item.has(key)}
    expected = item.mapping("expected")
    found: dict[str, Any] = {}
    for key, (line, node) in expected.entries.items() if expected else ():
        if key in EXPECTED:
            found[key] = _words(node)
        elif expected:
            expected.fault(f"is not compared; compared are {', '.join(EXPECTED)}", key, line)
    case = Case(item.text("name"), item.prose("tells"), item.line, bundle | parts, found)
    item.close()
    return case


def differing(case: Case, catalogue: Catalogue) -> Iterator[str]:
    """Yield one sentence for every expected value that the method does not give."""
    try:
        bundle = read_bundle(json.dumps(case.bundle), catalogue)
    except InvalidBundle as error:
        yield f"cannot be scored: {error}"
        return
    card = scorecard_json(score_bundle(bundle, catalogue))
    for key, expected in case.expected.items():
        given = _comparable(card, key)
        for name, one, other in _unlike(key, expected, given):
            yield f"expects {name} {_shown(one)}, but the method gives {_shown(other)}"


def _unlike(key: str, expected: Any, given: Any) -> Iterator[tuple[str, Any, Any]]:
    """What differs, entry by entry where there are entries: nobody should have to compare two lists by eye."""
    if isinstance(expected, Mapping) and isinstance(given, Mapping):
        for name in dict.fromkeys([*expected, *given]):
            if expected.get(name, "nothing") != given.get(name, "nothing"):
                yield f"{key}.{name}", expected.get(name, "nothing"), given.get(name, "nothing")
    elif expected != given:
        yield key, expected, given


def check_cases(folder: Path, questionnaire: Questionnaire, catalogue: Catalogue, faults: Faults) -> int:
    """Record every case that is wrong; return how many there are."""
    cases = read_cases(folder, questionnaire, faults)
    if not faults.found:
        for case in cases:
            for difference in differing(case, catalogue):
                faults.within(folder / FILE).add(case.line, case.name, difference)
    return len(cases)


def _comparable(card: Mapping[str, Any], key: str) -> Any:
    match key:
        case "caps":
            return [cap["code"] for cap in card["caps"]]
        case "sections":
            return {name: section and section["score"] for name, section in card["sections"].items()}
        case _:
            return card[key]


def _json(node: Node) -> Any:
    """Bundles are JSON: whole numbers are numbers there, and `true` is a truth value."""
    match node.value:
        case str(text):
            return True if text == "true" else int(text) if WHOLE.fullmatch(text) else text
        case tuple(items):
            return [_json(item) for item in items]
        case entries:
            return {key: _json(child) for key, (_, child) in entries.items()}


def _words(node: Node) -> Any:
    """Scorecards hold numbers as text, so only `none` is not what it says."""
    match node.value:
        case str(text):
            return None if text == "none" else text
        case tuple(items):
            return [_words(item) for item in items]
        case entries:
            return {key: _words(child) for key, (_, child) in entries.items()}


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
