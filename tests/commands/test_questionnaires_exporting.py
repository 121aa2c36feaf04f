"""`flask questionnaires export`: each format can be opened, and a translation survives a changed text."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from babel.messages.pofile import read_po

from tests.commands.running import HRS, change, run


def test_the_definition_as_json(folder, tmp_path):
    assert run("export", HRS, "--format", "json", "-o", str(tmp_path / "out.json")).exit_code == 0

    assert json.loads((tmp_path / "out.json").read_bytes())["reference"] == HRS


@pytest.mark.parametrize("kind", ["xlsx", "xlsform"])
def test_a_workbook_is_a_workbook(folder, tmp_path, kind):
    assert run("export", HRS, "--format", kind, "-o", str(tmp_path / "out.xlsx")).exit_code == 0

    assert "xl/workbook.xml" in zipfile.ZipFile(tmp_path / "out.xlsx").namelist()


@pytest.mark.slow
def test_the_pdf_is_a_pdf(folder, tmp_path):
    assert run("export", HRS, "--format", "pdf", "-o", str(tmp_path / "out.pdf")).exit_code == 0

    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")


def test_a_translator_gets_every_text_with_its_place(folder):
    result = run("export", HRS, "--format", "po", "--language", "th")

    assert result.exit_code == 0
    assert "questionnaires/hrdd-short/2026.1/translations/th.po: 199 texts: 0 translated" in result.output
    messages = list(read_po(io.BytesIO((folder / "hrdd-short/2026.1/translations/th.po").read_bytes())))
    assert len(messages) == 200
    assert {message.context: message.locations for message in messages}["HRS-COM-01.ask"] == [("commit.yaml", 9)]
    assert run("check", str(folder / "hrdd-short/2026.1")).exit_code == 0


def test_a_translation_of_a_changed_text_becomes_fuzzy_and_stays(folder):
    run("export", HRS, "--format", "po", "--language", "th")
    po = folder / "hrdd-short/2026.1/translations/th.po"
    change(po, 'msgid "Commit"\nmsgstr ""', 'msgid "Commit"\nmsgstr "ให้คำมั่น"')
    change(folder / "hrdd-short/2026.1/commit.yaml", "title: Commit", "title: Promise")

    again = run("export", HRS, "--format", "po", "--language", "th")

    assert "1 changed since" in again.output
    text = po.read_text(encoding="utf-8")
    assert '#, fuzzy\n#| msgid "Commit"\nmsgctxt "COM.title"\nmsgid "Promise"\nmsgstr "ให้คำมั่น"\n' in text


@pytest.mark.parametrize(
    "arguments",
    [("--format", "po"), ("--format", "po", "--language", "en"), ("--format", "po", "--language", "../x"),
     ("--format", "po", "--language", "qq"), ("--format", "json"), ("--format", "docx", "-o", "x")],
)  # fmt: skip
def test_what_cannot_be_exported_ends_with_two(folder, arguments):
    assert run("export", HRS, *arguments).exit_code == 2


def test_a_profile_has_no_workbook(folder):
    result = run("export", "profile@2026.1", "--format", "xlsx", "-o", "x.xlsx")

    assert (result.exit_code, "is a profile" in result.output) == (2, True)


def test_a_place_that_cannot_be_written_is_said(folder, tmp_path):
    (tmp_path / "file").write_text("")

    result = run("export", HRS, "--format", "json", "-o", str(tmp_path / "file/out.json"))

    assert result.exit_code == 2
    assert "file/out.json: " in result.output
