"""`flask questionnaires preview`: whose band another version would change."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from portal import db
from portal.catalogue import Faults, load_catalogue
from portal.catalogue.cases import read_cases
from portal.models import Submission
from tests import builders
from tests.commands.running import HRS, NEXT, change, run

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def bundles(folder, tmp_path):
    """The made-up companies of the short form as JSON Lines."""
    version = load_catalogue(folder).questionnaires[HRS]
    cases = read_cases(folder / "hrdd-short/2026.1", version, Faults(folder))
    file = tmp_path / "submissions.jsonl"
    lines = [json.dumps(dict(case.bundle) | {"reference": f"DDP-{case.name[:6]}"}) for case in cases]
    file.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    return str(file)


@pytest.fixture
def draft(folder):
    run("copy", HRS, "2026.2")
    return folder / "hrdd-short/2026.2"


def test_the_same_questions_give_the_same_scores(draft, bundles):
    result = run("preview", HRS, NEXT, "--bundles", bundles)

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"{HRS} -> {NEXT}: 5 submissions",
        "  another band: 0",
        "  another score, same band: 0",
        "  the same score: 5",
    ]


def test_a_company_that_would_change_band_is_named_with_the_reasons(draft, bundles):
    weights = {"commit": 15, "know-your-risks": 25, "act": 30, "check-and-tell": 12, "listen-and-put-right": 18}
    for section, weight in weights.items():
        change(draft / f"{section}.yaml", f"weight: {weight}", f"weight: {80 if weight == 12 else 5}")

    said = run("preview", HRS, NEXT, "--bundles", bundles).output

    changed = [line for line in said.splitlines() if line.startswith("DDP-")]
    assert changed
    assert all(" -> " in line for line in changed)
    assert f"  another band: {len(changed)}" in said
    assert "  HRS-CHK-02 +" in said


def test_questions_without_counterpart_and_answers_that_no_longer_fit_are_listed(draft, bundles):
    listen = draft / "listen-and-put-right.yaml"
    change(listen, "HRS-FIX-02", "HRS-FIX-04")
    change(draft / "cases.yaml", "HRS-FIX-02", "HRS-FIX-04")
    commit = draft / "commit.yaml"
    source = commit.read_text(encoding="utf-8")
    start, end = source.index("    levels:"), source.index("    evidence:")
    options = '    options:\n      - {id: yes, label: "Yes", level: 4}\n      - {id: no, label: "No", level: 0}\n'
    commit.write_text(source[:start].replace("type: maturity", "type: yesno", 1) + options + source[end:], "utf-8")

    said = run("preview", HRS, NEXT, "--bundles", bundles).output

    assert f"  HRS-FIX-02: only in {HRS}" in said
    assert f"  HRS-FIX-04: only in {NEXT}" in said
    assert "  HRS-COM-01: 5 answers no longer fit: " in said


def test_a_draft_elsewhere_can_be_previewed(draft, bundles, tmp_path):
    elsewhere = tmp_path / "drafts/hrdd-short/2026.2"
    elsewhere.parent.mkdir(parents=True)
    draft.rename(elsewhere)

    assert run("preview", HRS, str(elsewhere), "--bundles", bundles).exit_code == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [("{", "line 1: "), ("[]", "line 1: "), ('{"format": "submission/1"}', "line 1: questionnaire: is missing")],
)
def test_a_bundle_that_cannot_be_read_ends_with_two(draft, tmp_path, line, said):
    file = tmp_path / "bad.jsonl"
    file.write_text(line, encoding="utf-8")

    result = run("preview", HRS, NEXT, "--bundles", str(file))

    assert (result.exit_code, result.output.startswith(said)) == (2, True)


def test_another_questionnaire_is_refused(folder):
    run("new", "recycling", "--id", "REC", "--version", "2026.1")

    result = run("preview", HRS, "recycling@2026.1")

    assert result.exit_code == 2
    assert "another questionnaire" in result.output


def test_without_a_database_a_file_is_asked_for(draft, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite3'}")

    result = run("preview", HRS, NEXT)

    assert result.exit_code == 2
    assert "--bundles FILE" in result.output


def test_each_company_counts_once_and_nothing_is_written(engine, world, catalogue, settings, folder, monkeypatch):
    run("copy", HRS, "2026.2")
    monkeypatch.setenv("PORTAL_DATABASE_URL", settings.database)
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        builders.submit(session, world.owner, assessment, catalogue, at=NOON)

    result = run("preview", HRS, NEXT)

    assert f"{HRS} -> {NEXT}: 1 submissions" in result.output
    with db.reading(engine) as session:
        assert session.query(Submission).count() == 1
