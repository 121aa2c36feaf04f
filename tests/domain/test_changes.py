"""What changed between two versions, and whether the same answers can give another score."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from portal.domain.changes import Change, VersionChanges, compare_versions
from portal.domain.questionnaire import (
    Flag,
    MultiStep,
    NumberStep,
    Option,
    Question,
    Questionnaire,
    QuestionType,
    Section,
    Stage,
)
from tests.versions import NEW, OLD, two_versions

RULES = {"always": "true()", "some": "${PRO-07} > 1"}
QUESTION = Question(
    "A-1", QuestionType.MULTI, "Which?", 2, Stage.ACT, options=(Option("a", "One"), Option("b", "Two", hint="Or more")),
    rule=(MultiStep(4, 2), MultiStep(2, 1)), references=("UNGP-17",),
)  # fmt: skip


def version(*questions: Question, weight: int = 10, title: str = "First") -> Questionnaire:
    return Questionnaire("A", "a", "1", "Title", (Section("S", title, weight, questions),), "sha256:0")


def changes(new: Question, old: Question = QUESTION) -> tuple[Change, ...]:
    found = compare_versions(version(old), version(new), RULES, RULES)
    return found.changed[0].changes if found.changed else ()


@pytest.mark.parametrize(
    ("new", "path", "scored"),
    [
        (replace(QUESTION, ask="Which ones?"), "ask", False),
        (replace(QUESTION, why="Because."), "why", False),
        (replace(QUESTION, references=("UNGP-17", "UNGP-18")), "references", False),
        (replace(QUESTION, evidence="A list."), "evidence", False),
        (replace(QUESTION, weight=3), "weight", True),
        (replace(QUESTION, flag=Flag.CRITICAL), "flag", True),
        (replace(QUESTION, stage=Stage.TRACK), "stage", True),
        (replace(QUESTION, evidence_exempt=True), "evidence_exempt", True),
        (replace(QUESTION, options=(Option("a", "First"), QUESTION.options[1])), "options.a.label", False),
        (replace(QUESTION, options=(QUESTION.options[0], Option("b", "Two"))), "options.b.hint", False),
        (replace(QUESTION, options=(*QUESTION.options, Option("c", "Three"))), "options.c.label", True),
        (replace(QUESTION, options=(QUESTION.options[0],)), "options.b.label", True),
        (replace(QUESTION, rule=(MultiStep(4, 3), MultiStep(2, 1))), "rule.4", True),
    ],
)
def test_a_change_is_named_and_weighed(new: Question, path: str, scored: bool) -> None:
    found = {change.path: change for change in changes(new)}

    assert found[path].scored is scored
    assert any(change.scored for change in found.values()) is scored


def test_an_option_with_another_level_changes_the_score() -> None:
    choice = replace(QUESTION, type=QuestionType.CHOICE, options=(Option("a", "One", 2),), rule=())

    (found,) = changes(replace(choice, options=(Option("a", "One", 3),)), choice)

    assert (found.path, found.old, found.new, found.scored) == ("options.a.level", "2", "3", True)


def test_another_threshold_for_some_companies_changes_the_score() -> None:
    number = replace(QUESTION, type=QuestionType.NUMBER, options=(), rule=(NumberStep(4, 80),))

    (found,) = changes(replace(number, rule=(NumberStep(4, 80, instead={"some": 100}),)), number)

    assert found.scored
    assert "some: 100" in found.new


def test_the_same_rule_name_with_another_meaning_changes_the_score() -> None:
    question = replace(QUESTION, applies="some")

    found = compare_versions(version(question), version(question), RULES, RULES | {"some": "${PRO-07} > 5"})

    assert [(change.path, change.scored) for change in found.changed[0].changes] == [("condition", True)]


def test_sections_added_questions_and_moves_change_the_score() -> None:
    other = replace(QUESTION, id="A-2")

    assert compare_versions(version(QUESTION), version(QUESTION, other), RULES, RULES).scored
    assert compare_versions(version(QUESTION, other), version(QUESTION), RULES, RULES).scored
    assert compare_versions(version(QUESTION), version(QUESTION, weight=11), RULES, RULES).scored
    assert not compare_versions(version(QUESTION), version(QUESTION, title="Second"), RULES, RULES).scored
    moved = Questionnaire("A", "a", "2", "Title", (Section("T", "Other", 10, (QUESTION,)),), "sha256:1")
    found = compare_versions(version(QUESTION), moved, RULES, RULES)
    assert [change.path for change in found.changed[0].changes] == ["section"]


def test_order_within_a_section_is_no_change() -> None:
    other = replace(QUESTION, id="A-2")

    assert compare_versions(version(QUESTION, other), version(other, QUESTION), RULES, RULES).is_empty


def test_every_field_of_a_question_is_compared() -> None:
    """A field that the format gains later is seen too, and taken for one that counts."""
    values = {"why": "x", "levels": ("a",), "unit": "kg", "counts_as": "x", "evidence": "x", "remedial": "x",
              "same_as": ("B-1",), "short": "x", "minimum": 1, "maximum": 2, "applies": "some", "evidence_exempt": True,
              "columns": (), "flag": Flag.RED_FLAG}  # fmt: skip
    plain = Question("A-1", QuestionType.NUMBER, "Which?", 2, Stage.ACT)

    for item in fields(Question):
        value = values.get(item.name)
        if value:
            assert changes(replace(plain, **{item.name: value}), plain), item.name


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> VersionChanges:
    catalogue = two_versions(tmp_path_factory.mktemp("versions"))
    old, new = catalogue.questionnaires[OLD], catalogue.questionnaires[NEW]
    return compare_versions(old, new, RULES, RULES)


def test_two_versions_of_the_short_form_are_told_apart(edited: VersionChanges) -> None:
    assert [change.path for change in edited.head] == ["who"]
    assert [(one.new and one.new.title, one.scored) for one in edited.sections] == [
        ("Promise", True),
        ("Check and tell", True),
    ]
    assert [question.id for _section, question in edited.added] == ["HRS-CHK-03"]
    assert [question.id for _section, question in edited.removed] == ["HRS-CHK-02"]
    assert [(one.question.id, one.scored) for one in edited.changed] == [("HRS-COM-01", False), ("HRS-COM-02", True)]
    assert edited.same == 17
    assert edited.scored


def test_a_version_compared_with_itself_has_no_changes(tmp_path: Path) -> None:
    version = two_versions(tmp_path).questionnaires[OLD]

    found = compare_versions(version, version, RULES, RULES)

    assert found.is_empty
    assert not found.scored
    assert found.same == 20
