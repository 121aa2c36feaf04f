"""`flask questionnaires`: what it prints and how it ends."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from tests.commands.running import HRS, change, run


def test_the_list_counts_questions_and_flags(folder):
    result = run("list")

    assert result.exit_code == 0
    assert f"{HRS}  draft  20 questions, 7 critical, 5 red flags" in result.output
    assert re.search(r"^profile@2026\.1  draft  [0-9]+ fields, [0-9]+ rules$", result.output, re.MULTILINE)


def test_the_list_as_json_has_every_key(folder):
    rows = {row["reference"]: row for row in json.loads(run("list", "--json").output)}

    assert rows[HRS].pop("digest").startswith("sha256:")
    assert rows[HRS] == {
        "reference": HRS,
        "id": "HRS",
        "title": "Human rights due diligence – short form for small and medium enterprises",
        "status": "draft",
        "kind": "core",
        "sections": 5,
        "questions": 20,
        "critical": 7,
        "red_flags": 5,
        "weight": 42,
    }


def test_checking_sound_questionnaires_succeeds(folder):
    result = run("check")

    assert result.exit_code == 0
    sound = [line for line in result.output.splitlines() if ": warning: " not in line]
    assert sound[0].startswith(f"{HRS}: 20 questions, 5 cases, no faults")
    assert re.fullmatch(r"profile@2026\.1: [0-9]+ fields, no faults", sound[1])
    assert len(sound) == 2


def test_checking_prints_every_fault_of_every_file(folder):
    change(folder / "hrdd-short/2026.1/act.yaml", "weight: 30", "weight: thirty")
    change(folder / "hrdd-short/2026.1/commit.yaml", "stage: commit", "stage: comit")
    change(folder / "profile/2026.1/applicability.yaml", "${PRO-18} >= 1", "${PRO-18x} >= 1")

    result = run("check")

    assert result.exit_code == 1
    found = [line.removeprefix("questionnaires/") for line in result.output.splitlines()]
    assert found == [
        "hrdd-short/2026.1/act.yaml:3: weight: must be a number, is 'thirty'",
        "hrdd-short/2026.1/commit.yaml:15: HRS-COM-01.stage: 'comit' is not known; did you mean commit?",
        "profile/2026.1/applicability.yaml:14: rules.has_suppliers.expression: "
        "${PRO-18x} is not a field; did you mean ${PRO-18}?",
    ]


def test_checking_compares_the_cases_with_the_method(folder):
    change(folder / "hrdd-short/2026.1/cases.yaml", "score: 52.3", "score: 52.4")

    result = run("check")

    assert result.exit_code == 1
    assert 'modest: expects score "52.4", but the method gives "52.3"' in result.output


@pytest.mark.parametrize("change_to", ["HRS-COM-99: {value: 3}", "HRS-COM-01: {value: 9}"])
def test_a_case_that_cannot_be_scored_is_a_fault(folder, change_to):
    change(folder / "hrdd-short/2026.1/cases.yaml", "HRS-COM-01: {value: 2}", change_to)

    result = run("check")

    assert result.exit_code == 1
    assert "modest: cannot be scored: answers." in result.output


def test_a_draft_elsewhere_is_checked_against_the_installed_profile(folder, tmp_path):
    draft = tmp_path / "drafts/hrdd-short/2027.1"
    shutil.copytree(folder / "hrdd-short/2026.1", draft)
    change(draft / "questionnaire.yaml", '"2026.1"', '"2027.1"')

    result = run("check", str(draft))

    assert result.exit_code == 0
    assert result.output.startswith("hrdd-short@2027.1: 20 questions, 5 cases, no faults")


def test_several_folders_are_checked_to_the_last(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    result = run("check", str(tmp_path / "empty"), str(folder / "hrdd-short/2026.1"))

    assert result.exit_code == 1
    assert f"{HRS}: 20 questions, 5 cases, no faults" in result.output
    assert "empty/references.csv:1: cannot be read: No such file or directory" in result.output


def test_a_questionnaire_is_shown_whole(folder):
    shown = json.loads(run("show", HRS).output)

    assert {"format": "questionnaire/1", "reference": HRS, "id": "HRS", "version": "2026.1"}.items() <= shown.items()
    assert shown["weakest_stage_cap"] is True
    questions = {question["id"]: question for section in shown["sections"] for question in section["questions"]}
    assert len(questions) == 20
    for question in questions.values():
        assert {
            "id", "type", "ask", "weight", "flag", "stage", "applies", "expression", "evidence_exempt", "references",
            "remedial",
        } <= set(question)  # fmt: skip
    assert questions["HRS-KNO-02"]["expression"] == "${PRO-18} >= 1"
    assert [level["level"] for level in questions["HRS-COM-01"]["levels"]] == [0, 1, 2, 3, 4]
    assert {option["id"]: option["level"] for option in questions["HRS-DO-02"]["options"]} == {
        "checked_not_found": 4, "not_checked": 1, "found_remedied": 4, "found_remediating": 2, "found_open": 0,
        "dont_know": 0,
    }  # fmt: skip
    assert len(questions["HRS-KNO-04"]["columns"]) == 7
    assert len(questions["HRS-KNO-04"]["rule"]) == 4


def test_the_profile_is_shown_whole(folder):
    shown = json.loads(run("show", "profile@2026.1").output)

    assert shown["format"] == "profile/1"
    assert len(shown["questionnaires"]) == 9
    assert all(entry["expression"] for entry in shown["rules"] + shown["questionnaires"])


@pytest.mark.parametrize("command", ["show", "publish"])
def test_an_unknown_reference_ends_with_two(folder, command):
    result = run(command, "hrdd-short@1999.1")

    assert result.exit_code == 2
    assert result.output == f"'hrdd-short@1999.1' is not known; known are: {HRS}, profile@2026.1\n"
