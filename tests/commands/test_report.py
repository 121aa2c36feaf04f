"""`flask report`, run as a person would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.commands.report import report

EXAMPLE = Path(__file__).parents[1] / "reports" / "thalay.json"


def test_it_writes_the_report(tmp_path: Path) -> None:
    output = tmp_path / "report.pdf"

    result = CliRunner().invoke(report, [str(EXAMPLE), "-o", str(output)])

    assert (result.exit_code, result.output) == (0, "")
    assert output.read_bytes().startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"{", "not JSON"),
        (b"\xff", ""),
        (b'{"format": "submission/1"}', "questionnaire"),
        (json.dumps({**json.loads(EXAMPLE.read_text()), "surprise": 1}).encode(), "surprise"),
    ],
)
def test_bad_input_is_one_line_that_names_the_key(tmp_path: Path, content: bytes, named: str) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_bytes(content)

    result = CliRunner().invoke(report, [str(bundle), "-o", str(tmp_path / "report.pdf")])

    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
    assert named in result.output
    assert not (tmp_path / "report.pdf").exists()


@pytest.mark.parametrize("arguments", [("--language", "xx-none"), ("-o", "/dev/null/report.pdf")])
def test_bad_arguments_are_one_line(tmp_path: Path, arguments: tuple[str, str]) -> None:
    result = CliRunner().invoke(report, [str(EXAMPLE), "-o", str(tmp_path / "report.pdf"), *arguments])

    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(report, [str(tmp_path / "none.json"), "-o", str(tmp_path / "report.pdf")])

    assert result.exit_code == 2
    assert "none.json" in result.output
