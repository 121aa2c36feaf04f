"""Another program opens our workbooks with the drop-downs working, and what it saves comes back the same."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.spreadsheets import blank_workbook
from portal.spreadsheets.reading import read_answers, read_metadata
from portal.spreadsheets.sameness import same
from tests.spreadsheets.mutants import ANSWERS
from tests.spreadsheets.test_blank import drop_downs
from tests.spreadsheets.trial import BY_ID, CATALOGUE, KEY, NASTY, TRIAL, sheets_of, workbook

pytestmark = pytest.mark.slow
PATIENCE = 120


@pytest.fixture(scope="module")
def program() -> str:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        pytest.skip("LibreOffice Calc is not installed")
    return found


def saved_by(program: str, content: bytes, folder: Path, *, by_way_of: str = "ods") -> bytes:
    """Open in LibreOffice, save in its own format, open that, and save as .xlsx again."""
    source = folder / "in.xlsx"
    source.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for path, kind in ((source, by_way_of), (folder / f"in.{by_way_of}", "xlsx:Calc MS Excel 2007 XML")):
        out = folder if kind == by_way_of else folder / "out"
        command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    return (folder / "out" / "in.xlsx").read_bytes()


def offered(content: bytes) -> dict[str, dict[str, list[str]]]:
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: by_cell(drop_downs(book, sheet)) for sheet in book if sheet.sheet_state == "visible"}


def by_cell(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Ranges are joined and split as a program likes; what counts is what each first cell offers."""
    cells: dict[str, list[str]] = {}
    for ranges, labels in found.items():
        for one in ranges.split():
            first, _, last = one.partition(":")
            column = first.rstrip("0123456789")
            start, end = int(first[len(column) :]), int((last or first).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
            cells |= {f"{column}{row}": labels for row in range(start, end + 1)}
    return cells


def test_drop_downs_survive_and_offer_the_same(program: str, tmp_path: Path) -> None:
    content = blank_workbook(TRIAL, CATALOGUE)

    after = offered(saved_by(program, content, tmp_path))

    assert after == offered(content)
    assert sum(len(cells) for cells in after.values()) > 100


def test_answers_saved_by_another_program_come_back_the_same(program: str, tmp_path: Path) -> None:
    rows = [{"cost": text} for text in NASTY if text.strip() and not text.startswith("_x")]
    answers = ANSWERS | {"TRY-ALL-07": Answer(value=rows), "TRY-ALL-04": Answer(value="trap", comment="=1+1\nline")}

    sheets = sheets_of(saved_by(program, workbook(answers), tmp_path))
    reading = read_answers(sheets, TRIAL, read_metadata(sheets, KEY).words)

    assert reading.faults == ()
    for question_id, answer in answers.items():
        assert same(BY_ID[question_id], reading.answers[question_id].answer, answer), question_id


def test_every_questionnaire_opens_with_its_drop_downs(program: str, tmp_path: Path, catalogue: Catalogue) -> None:
    for questionnaire in catalogue.questionnaires.values():
        content = blank_workbook(questionnaire, catalogue)
        folder = tmp_path / questionnaire.slug
        folder.mkdir()

        assert offered(saved_by(program, content, folder)) == offered(content), questionnaire.reference


def test_protection_and_hidden_parts_survive(program: str, tmp_path: Path) -> None:
    book: Any = load_workbook(io.BytesIO(saved_by(program, workbook(), tmp_path)))

    assert [sheet.sheet_state for sheet in book][-2:] == ["hidden", "hidden"]
    assert book["Answers"].protection.sheet
    assert book["Answers"].row_dimensions[1].hidden
