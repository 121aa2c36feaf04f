"""Run `flask questionnaires` as a person would, and edit files as an author would."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from portal.commands.questionnaires import questionnaires

HRS = "hrdd-short@2026.1"
NEXT = "hrdd-short@2026.2"


def run(*arguments: str, typed: str | None = None) -> Result:
    result = CliRunner().invoke(questionnaires, list(arguments), input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def change(path: Path, old: str, new: str) -> None:
    source = path.read_text(encoding="utf-8")
    assert old in source
    path.write_text(source.replace(old, new, 1), encoding="utf-8")


def publish(reference: str) -> None:
    """Both steps."""
    assert run("publish", reference, "--as", "Ada Lovelace").exit_code == 0
    assert run("publish", reference, "--confirm", "--yes", "--as", "Grace Hopper").exit_code == 0
