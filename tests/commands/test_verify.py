"""`flask verify`, run as a person would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from portal.commands.report import report
from portal.commands.verify import WORDS, verify
from portal.domain.bundle import digest_of
from portal.domain.questionnaire import Catalogue
from portal.models import Submission
from tests import builders
from tests.conftest import NOON

EXAMPLE = Path(__file__).parents[1] / "reports" / "thalay.json"


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("PORTAL_DATABASE_URL", raising=False)


@pytest.fixture
def submission(session: Session, world: builders.World, catalogue: Catalogue) -> Submission:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    made = builders.submit(session, world.owner, assessment, catalogue, at=NOON)
    session.commit()
    return made


def run(path: Path, content: bytes | None = None, *arguments: str) -> Result:
    if content is not None:
        path.write_bytes(content)
    return CliRunner().invoke(verify, [str(path), *arguments])


def test_a_report_is_checked_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    assert CliRunner().invoke(report, [str(EXAMPLE), "-o", str(path)]).exit_code == 0

    result = run(path)

    assert result.exit_code == 0, result.output
    assert "Thalay Net Works" in result.output.splitlines()[0]
    assert "Score: worked out again from the answers, it is 57.3." in result.output
    assert "Pages: the digest printed is that of the attached answers." in result.output
    assert "Seal: there is none yet" in result.output
    assert result.output.endswith("Genuine, as far as this can be checked.\n")


def test_it_needs_no_database_and_makes_none(tmp_path: Path) -> None:
    result = run(EXAMPLE)

    assert result.exit_code == 0
    assert not (tmp_path / "var").exists()


def test_a_submission_is_compared_with_the_record(
    submission: Submission, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", database_url)

    result = run(tmp_path / "bundle.json", submission.bundle.encode())

    assert result.exit_code == 0, result.output
    assert "Record: this portal received exactly this submission." in result.output


def test_another_text_under_a_known_reference_is_not_genuine(
    submission: Submission, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", database_url)
    raw = json.loads(submission.bundle)
    raw["answers"]["HRS-COM-01"]["value"] = 3

    result = run(tmp_path / "bundle.json", json.dumps(raw).encode())

    assert result.exit_code == 1
    assert "Record: under this reference the portal received something else" in result.output
    assert result.output.endswith("NOT genuine.\n")


def test_a_digest_from_elsewhere_is_compared(tmp_path: Path) -> None:
    right = next(line for line in run(EXAMPLE).output.splitlines() if "sha256:" in line).strip()

    assert run(EXAMPLE, None, "--digest", right).exit_code == 0
    assert run(EXAMPLE, None, "--digest", digest_of(b"something else")).exit_code == 1


@pytest.mark.parametrize("content", [b"", b"{", b"%PDF-1.7\n", b"\x89PNG\r\n", b'{"format": "submission/1", "x": 1}'])
def test_what_cannot_be_read_is_one_line(tmp_path: Path, content: bytes) -> None:
    result = run(tmp_path / "file", content)

    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    result = run(tmp_path / "none.pdf")

    assert result.exit_code == 2
    assert "none.pdf" in result.output


def test_every_sentence_can_be_filled_in() -> None:
    for sentence in WORDS.values():
        assert sentence.format(found="this", wanted="that").endswith((".", "portal."))
