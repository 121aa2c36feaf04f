"""`flask questionnaires new` and `copy`."""

from __future__ import annotations

import pytest

from tests.commands.running import HRS, NEXT, change, publish, run


def test_a_new_questionnaire_has_no_faults(folder):
    made = run("new", "recycling", "--id", "REC", "--title", "Recycling: waste & metal", "--version", "2026.1")

    assert made.exit_code == 0
    checked = run("check", str(folder / "recycling/2026.1"))
    assert checked.exit_code == 0
    assert "recycling@2026.1: 1 questions, 1 cases, no faults" in checked.output
    assert run("check").exit_code == 0


def test_a_new_questionnaire_tells_which_line_it_needs(folder):
    said = run("new", "recycling", "--id", "REC").output

    assert "Add these lines to questionnaires/profile/2026.1/applicability.yaml:\n  - id: REC\n" in said
    publish("profile@2026.1")
    assert "profile@2026.1 is published and never changes" in run("new", "metal", "--id", "MET").output


def test_check_warns_of_a_questionnaire_that_nobody_gets(folder):
    run("new", "recycling", "--id", "REC", "--version", "2026.1")

    warned = run("check", str(folder / "recycling/2026.1"))

    assert "recycling/2026.1/questionnaire.yaml:2: id: warning: 'REC' is missing under questionnaires" in warned.output
    assert run("check", "--strict", str(folder / "recycling/2026.1")).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Recycling", "--id", "REC"), "the name must be lower-case words joined by -, not 'Recycling'"),
        (("../recycling", "--id", "REC"), "the name must be lower-case words joined by -, not '../recycling'"),
        (("recycling", "--id", "Rec"), "the id must be three capital letters, not 'Rec'"),
        (("recycling", "--id", "REC", "--version", "1"), "the version must be a year and a number"),
    ],
)
def test_a_name_that_does_not_fit_ends_with_two(folder, arguments, said):
    result = run("new", *arguments)

    assert (result.exit_code, said in result.output) == (2, True)
    assert sorted(path.name for path in folder.iterdir()) == ["hrdd-short", "profile", "references.csv"]


def test_an_id_that_is_taken_is_refused(folder):
    result = run("new", "recycling", "--id", "HRS")

    assert (result.exit_code, result.output) == (1, f"HRS is the id of {HRS} already\n")


def test_nothing_is_overwritten(folder):
    run("new", "recycling", "--id", "REC", "--version", "2026.1")
    change(folder / "recycling/2026.1/first.yaml", "Do you look", "Do you really look")

    again = run("new", "recycling", "--id", "REC", "--version", "2026.1")
    copied = run("copy", HRS, "2026.1")

    assert (again.exit_code, copied.exit_code) == (1, 1)
    assert "exists already; nothing was written" in again.output
    assert "really" in (folder / "recycling/2026.1/first.yaml").read_text(encoding="utf-8")


def test_a_copy_differs_in_its_version_alone(folder):
    source, target = folder / "hrdd-short/2026.1", folder / "hrdd-short/2026.2"
    change(source / "questionnaire.yaml", 'version: "2026.1"', "version:   '2026.1'   # of 2026.1\r")

    result = run("copy", HRS, "2026.2")

    assert result.exit_code == 0
    for path in source.iterdir():
        expected = path.read_bytes().replace(
            b"version:   '2026.1'   # of 2026.1\r", b"version:   '2026.2'   # of 2026.1\r"
        )
        assert (target / path.name).read_bytes() == expected
    assert run("check", str(target)).exit_code == 0


def test_a_profile_can_be_copied(folder):
    assert run("copy", "profile@2026.1", "2026.2").exit_code == 0
    assert "profile@2026.2: " in run("check").output


@pytest.mark.parametrize(("reference", "version"), [("hrdd-short@1999.1", "2026.2"), (HRS, "next"), (HRS, "../2026.2")])
def test_what_cannot_be_copied_ends_with_two(folder, reference, version):
    assert run("copy", reference, version).exit_code == 2
    assert [path.name for path in (folder / "hrdd-short").iterdir()] == ["2026.1"]


def test_a_copy_may_stand_beside_its_original(folder):
    run("copy", HRS, "2026.2")

    assert f"{NEXT}  draft  20 questions" in run("list").output
