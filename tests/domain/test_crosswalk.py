"""Which questions speak to which code: complete, in the order of the framework, and only what was asked."""

from __future__ import annotations

import pytest

from portal.domain.crosswalk import FRAMEWORKS, crosswalks, find_crosswalk
from portal.domain.questionnaire import Catalogue, Reference
from tests.domain.made import question, questionnaire, section


def reference(code: str, scheme: str, *, verified: bool = True) -> Reference:
    return Reference(code, scheme, code, "", "https://example.org", verified)


REFERENCES = {
    one.code: one
    for one in (
        reference("GRI-2-23", "GRI"),
        reference("GRI-3-1", "GRI", verified=False),
        reference("ESRS-S1-1", "ESRS"),
        reference("ESRS-G1-1", "ESRS"),
        reference("UKMSA-54", "UK-MSA"),
        reference("UNGP-1", "UNGP"),
    )
}
MADE = questionnaire(
    section(
        "A",
        question("Q-A-01", references=("GRI-2-23", "ESRS-G1-1")),
        question("Q-A-02", references=("GRI-2-23", "ESRS-S1-1")),
        question("Q-A-03", references=("GRI-3-1",)),
    )
)


def lines(framework: str, asked: set[str]) -> dict[str, list[str]]:
    found = find_crosswalk(crosswalks(MADE, REFERENCES, asked), framework)
    assert found
    return {line.reference.code: [match.question.id for match in line.matches] for line in found.lines}


def test_each_code_names_the_questions_that_cite_it():
    assert lines("gri", {"Q-A-01", "Q-A-02", "Q-A-03"}) == {"GRI-2-23": ["Q-A-01", "Q-A-02"], "GRI-3-1": ["Q-A-03"]}


def test_what_was_not_asked_speaks_to_nothing_and_the_gap_is_shown():
    assert lines("gri", {"Q-A-01"}) == {"GRI-2-23": ["Q-A-01"], "GRI-3-1": []}


def test_what_the_same_question_elsewhere_cites_counts_and_is_told_apart():
    longer = questionnaire(
        section("L", question("L-A-01", references=("GRI-3-1", "GRI-2-23"), same_as=("Q-A-01",))), slug="longer"
    )

    [gri] = [one for one in crosswalks(MADE, REFERENCES, {"Q-A-01"}, [MADE, longer]) if one.framework.id == "gri"]

    assert {line.reference.code: [(m.question.id, m.through) for m in line.matches] for line in gri.lines} == {
        "GRI-2-23": [("Q-A-01", "")],
        "GRI-3-1": [("Q-A-01", "L-A-01")],
    }


def test_of_the_european_standards_those_on_people_are_taken():
    assert lines("esrs", {"Q-A-01", "Q-A-02"}) == {"ESRS-S1-1": ["Q-A-02"]}


def test_a_law_cited_as_a_whole_is_known_as_such():
    found = {one.framework.id: one.is_whole for one in crosswalks(MADE, REFERENCES, {"Q-A-01"})}

    assert found["uk-msa"]
    assert not found["gri"]


def test_an_unknown_framework_is_not_found():
    assert find_crosswalk(crosswalks(MADE, REFERENCES, set()), "made-up") is None


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda one: one.id)
def test_every_framework_has_codes_and_questions_that_cite_them(catalogue: Catalogue, framework):
    found = [
        find_crosswalk(crosswalks(one, catalogue.references, set(one.by_id)), framework.id)
        for one in catalogue.questionnaires.values()
    ]

    assert all(one and one.lines for one in found)
    assert sum(one.spoken_to for one in found if one) > 0
