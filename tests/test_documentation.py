"""Documentation: settings, commands, question types and decisions are in it, and its links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from flask import Flask

from portal import cli
from portal.domain.questionnaire import QuestionType
from portal.settings import Settings
from tests.sources import ROOT, documentation


def commands(group: click.Group, *above: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield " ".join((*above, name))


def own_commands() -> list[str]:
    app = Flask(__name__)
    cli.init_app(app)
    return sorted(commands(app.cli))


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_a_setting_is_documented(setting: str) -> None:
    assert f"`PORTAL_{setting.upper()}`" in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_no_setting_is_documented_that_does_not_exist() -> None:
    named = set(re.findall(r"\bPORTAL_([A-Z_]+)\b", documentation()))

    assert named
    assert named - {name.upper() for name in Settings.model_fields} == set()


@pytest.mark.parametrize("command", own_commands())
def test_a_command_is_documented(command: str) -> None:
    assert f"flask {command}" in documentation()


@pytest.mark.parametrize("kind", sorted(QuestionType))
def test_a_question_type_is_documented(kind: QuestionType) -> None:
    format_ = (ROOT / "questionnaires" / "README.md").read_text(encoding="utf-8")

    assert re.search(rf"`{kind.value}`|\btype: {kind.value}\b", format_)


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(folder.glob("[0-9]*.md"))
    overview = (folder / "README.md").read_text(encoding="utf-8")

    assert records
    assert [path.name for path in records if path.name not in overview] == []


def test_links_between_documents_lead_somewhere() -> None:
    links = [
        (page, target)
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("questionnaires/**/*.md")]
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:")
    ]

    assert links
    assert [f"{page.name}: {target}" for page, target in links if not (page.parent / target).exists()] == []
