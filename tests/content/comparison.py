"""What differs between the questionnaires and their design, field by field; used by test_design.py and by authors.

python -m tests.content.comparison HRC      prints every difference that intended/hrdd-core.toml does not explain
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portal.catalogue import load_catalogue
from portal.domain.questionnaire import Question, Questionnaire, QuestionType

HERE = Path(__file__).parent
FLAGS = {"C": "critical", "RF": "red_flag", None: None}
PLAIN = str.maketrans({"–": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " "})


def designs() -> dict[str, Any]:
    """Questionnaire id -> its design."""
    read = json.loads((HERE / "design.json").read_text(encoding="utf-8"))
    return {item["id"]: item for item in read["questionnaires"]}


def intended(questionnaire: Questionnaire) -> dict[str, str]:
    """Where a difference is meant -> why. A key ending in `*` stands for every place that begins so."""
    path = HERE / "intended" / f"{questionnaire.slug}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["differences"] if path.exists() else {}


def differences(questionnaire: Questionnaire, design: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Place -> (designed, live), for every place where they differ."""
    return {
        place: (designed, live)
        for place, designed, live in _places(questionnaire, design)
        if _plain(designed) != _plain(live)
    }


def explained_by(place: str, reasons: Mapping[str, str]) -> str | None:
    """The key that explains a difference at `place`, or None."""
    if place in reasons:
        return place
    return next((key for key in reasons if key.endswith("*") and place.startswith(key[:-1])), None)


def _places(live: Questionnaire, design: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    yield "title", design["title"], live.title
    yield "purpose", design["purpose"], live.purpose
    yield "who", design["who"], live.who
    yield (
        "sections",
        [(item["id"], item["title"], item["weight"]) for item in design["sections"]],
        [(item.id, item.title, item.weight) for item in live.sections],
    )
    yield "questions", [item["id"] for item in design["questions"]], [item.id for item in live.questions]
    for item in design["questions"]:
        question = live.by_id.get(item["id"])
        if question is not None:
            for name, designed, written in _fields(item, question, live.section_of[question.id].id):
                yield f"{question.id}.{name}", designed, written


def _fields(design: Mapping[str, Any], live: Question, section: str) -> Iterator[tuple[str, Any, Any]]:
    yield "section", design["section"], section
    yield "type", design["type"], live.type.value
    yield "weight", design["weight"], live.weight
    yield "flag", FLAGS[design["flag"]], live.flag.value if live.flag else None
    yield "stage", design["stage"], live.stage.value
    yield "applies", design["applies"], live.applies
    yield "references", sorted(design["refs"]), sorted(live.references)
    yield "evidence_exempt", design["evidence_exempt"], live.evidence_exempt
    yield "evidence", "" if design["evidence_exempt"] else design["evidence"], live.evidence
    yield "ask", design["ask"], live.ask
    yield "remedial", design["remedial"], live.remedial
    yield "counts_as", design.get("counts_as", ""), live.counts_as
    for level, text in design["levels"].items():
        yield f"levels.{level}", text, live.levels[int(level)] if live.levels else None
    if live.type is QuestionType.MULTI:
        offered = [option.label for option in live.options if not option.exclusive]
        yield "options", design["options"].split("; "), offered


def _plain(value: Any) -> Any:
    """A capital at the start, a full stop at the end and the kind of quotes and dashes are no difference."""
    match value:
        case str():
            text = value.translate(PLAIN).strip().removesuffix(".")
            return text[:1].upper() + text[1:]
        case list():
            return [_plain(item) for item in value]
        case tuple():
            return tuple(_plain(item) for item in value)
        case _:
            return value


def main(wanted: list[str]) -> None:
    catalogue = load_catalogue(HERE.parents[1] / "questionnaires")
    for live in catalogue.questionnaires.values():
        if live.id in wanted or not wanted:
            reasons = intended(live)
            for place, (designed, written) in differences(live, designs()[live.id]).items():
                key = explained_by(place, reasons)
                print(
                    f"{place}\n  design: {designed}\n  live:   {written}\n  reason: {reasons[key] if key else 'NONE'}"
                )


if __name__ == "__main__":
    main(sys.argv[1:])
