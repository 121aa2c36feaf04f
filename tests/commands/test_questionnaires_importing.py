"""`flask questionnaires import`: a form becomes a draft, or nothing is written."""

from __future__ import annotations

import io

import pytest
from xlsxwriter import Workbook

from tests.commands.running import HRS, run

ARGUMENTS = ("--id", "REC", "--slug", "recycling", "--version", "2026.1")


def form(*rows: tuple[str, ...]) -> bytes:
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("survey")
        for number, row in enumerate([("type", "name", "label"), *rows]):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(form(("integer", "workers", "How many workers are there?"), ("barcode", "code", "Scan it.")))
    return path


def test_a_form_becomes_a_draft_that_says_what_it_could_not_carry(folder, file):
    result = run("import", str(file), *ARGUMENTS)

    assert result.exit_code == 0
    assert "form.xlsx: survey row 3" in result.output
    assert (folder / "recycling/2026.1/questionnaire.yaml").is_file()
    checked = run("check", str(folder / "recycling/2026.1"))
    assert "recycling/2026.1/" in checked.output


def test_an_existing_version_is_not_overwritten(folder, file, tmp_path):
    arguments = ("--id", "HRS", "--slug", "hrdd-short", "--version", "2026.1")
    before = (folder / "hrdd-short/2026.1/questionnaire.yaml").read_bytes()

    result = run("import", str(file), *arguments)

    assert (result.exit_code, "exists already; nothing was written" in result.output) == (1, True)
    assert (folder / "hrdd-short/2026.1/questionnaire.yaml").read_bytes() == before


def test_a_draft_may_go_elsewhere(folder, file, tmp_path):
    assert run("import", str(file), *ARGUMENTS, "-o", str(tmp_path / "drafts")).exit_code == 0

    assert (tmp_path / "drafts/recycling/2026.1/questionnaire.yaml").is_file()
    assert not (folder / "recycling").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a workbook", form()[:500]])
def test_what_is_no_form_ends_with_two_and_writes_nothing(folder, tmp_path, content):
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(content)

    result = run("import", str(bad), *ARGUMENTS)

    assert result.exit_code == 2
    assert "bad.xlsx: " in result.output
    assert not (folder / "recycling").exists()


@pytest.mark.parametrize(("option", "value"), [("--slug", "../up"), ("--id", "rec"), ("--version", "one")])
def test_a_name_that_does_not_fit_ends_with_two(folder, file, option, value):
    given = dict(zip(ARGUMENTS[::2], ARGUMENTS[1::2], strict=True)) | {option: value}

    result = run("import", str(file), *(part for pair in given.items() for part in pair))

    assert result.exit_code == 2


def test_a_file_that_is_not_there_ends_with_two(folder):
    assert run("import", "nowhere.xlsx", *ARGUMENTS).exit_code == 2
    assert run("import", "nowhere.xlsx", *ARGUMENTS, "--profile", HRS).exit_code == 2
