"""Crosswalk files: complete, drafts and nothing more, and inert whatever a company typed."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import Submission
from portal.spreadsheets.plain_tables import LONGEST_CELL, Table, table_csv, tables_xlsx
from tests import builders
from tests.builders import World
from tests.conftest import NOON

EVIL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\uff1d1+1",
    '  \u200b=HYPERLINK("https://example.org")',
    "<r><t>x</t></r>",
    "_x003D_1",
    "{=1}",
    "https://example.org/",
    "ไม่มี",
]


@pytest.fixture
def submission(engine: Engine, world: World, catalogue: Catalogue) -> Submission:
    """A submission of company A whose risks read like formulas."""
    rows = [
        {"risk": text.strip("\t"), "who": "Dyers", "scale": 3, "scope": 2, "irremediability": 2, "likelihood": 4}
        for text in EVIL
    ]
    answers = builders.modest_answers(catalogue) | {
        "HRS-KNO-04": Answer(value=rows),
        "HRS-COM-02": Answer(not_applicable="=cmd|' /C calc'!A0"),
        "HRS-COM-03": Answer(dont_know=True),
    }
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers=answers)
        return builders.submit(session, world.owner, assessment, catalogue, at=NOON)


def address(submission: Submission, rest: str = "") -> str:
    return f"/company/submissions/{submission.id}/crosswalks{rest}"


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_page_names_every_framework_and_says_that_these_are_drafts(
    owner: FlaskClient, submission: Submission
) -> None:
    page = owner.get(address(submission)).text

    assert page.count(".csv") == 9
    assert "These are drafts to confirm" in page
    assert "as a whole only" in page
    assert f'href="{address(submission)}"' in owner.get(f"/company/submissions/{submission.id}").text


def test_a_csv_has_a_row_for_each_code_and_question_and_shows_gaps(
    owner: FlaskClient, submission: Submission, catalogue: Catalogue
) -> None:
    response = owner.get(address(submission, "/gri.csv"))
    rows = rows_of(response.data)

    assert response.headers["Content-Type"].startswith("text/csv")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert {row["Code"] for row in rows} == {one.code for one in catalogue.references.values() if one.scheme == "GRI"}
    cited = {row["Our question"] for row in rows} - {""}
    assert cited <= set(catalogue.questionnaires[builders.SHORT_FORM].by_id)
    assert len(cited) > 3
    assert any(row["Cited by the same question elsewhere"].startswith("HRC-") for row in rows)
    assert {row["Status"] for row in rows} == {"Draft to confirm", "Nothing here"}
    assert {row["Source"] for row in rows} == {submission.reference}


def test_codes_not_checked_at_the_source_are_marked(
    owner: FlaskClient, submission: Submission, catalogue: Catalogue
) -> None:
    for framework in ("ungprf", "chrb"):
        for row in rows_of(owner.get(address(submission, f"/{framework}.csv")).data):
            verified = catalogue.references[row["Code"]].verified
            assert row["Code checked at the source"] == ("yes" if verified else "not checked")


def test_nothing_claims_that_a_framework_is_complied_with(owner: FlaskClient, submission: Submission) -> None:
    book = load_workbook(io.BytesIO(owner.get(address(submission, ".xlsx")).data))
    for sheet in book:
        notes = " ".join(str(row[0].value) for row in sheet.iter_rows(max_row=6))
        assert "A draft to confirm" in notes
        assert "It does not say that the framework is complied with" in notes
        assert submission.digest in notes
        assert submission.reference in notes


def test_the_workbook_has_a_sheet_for_each_framework_and_no_formula(owner: FlaskClient, submission: Submission) -> None:
    response = owner.get(address(submission, ".xlsx"))
    book = load_workbook(io.BytesIO(response.data))

    assert len(book.sheetnames) == 9
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    text = "\n".join(str(cell.value) for cell in cells)
    for evil in EVIL:
        assert evil.strip("\t") in text
    assert "=cmd|' /C calc'!A0" in text


def test_a_csv_cell_never_begins_like_a_formula(owner: FlaskClient, submission: Submission) -> None:
    for framework in ("ungprf", "chrb", "iris", "esrs", "gri", "uk-msa", "au-msa", "csddd", "sdg"):
        for row in rows_of(owner.get(address(submission, f"/{framework}.csv")).data):
            for cell in row.values():
                assert not cell.lstrip(" \u200b").startswith(("=", "+", "-", "@", "\uff1d")), cell


def test_an_unknown_framework_and_a_foreign_submission_are_not_found(
    owner: FlaskClient, sign_in: Any, world: World, submission: Submission
) -> None:
    rival = sign_in(world.rival.email)

    assert owner.get(address(submission, "/made-up.csv")).status_code == 404
    for rest in ("", ".xlsx", "/gri.csv"):
        assert rival.get(address(submission, rest)).status_code == 404


@pytest.mark.parametrize("text", [*EVIL, "a\x00b\x1fc", "x" * (LONGEST_CELL + 5), "", "\r\n=1", "'=1"], ids=ascii)
def test_no_text_breaks_an_export(text: str) -> None:
    table = Table("A/B:[c]", text, (text,), (("Text", 20),), [[text], ["after"]])

    book = load_workbook(io.BytesIO(tables_xlsx(text, [table], at=NOON)))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert cells[-1].value == "after"
    [row, after] = rows_of(table_csv(table))
    assert after["Text"] == "after"
    assert not row["Text"].lstrip(" \u200b").startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))
