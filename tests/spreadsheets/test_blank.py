"""The empty workbook: complete, the same every time, easy to fill in, and read back as nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.messages import UnknownLanguage
from portal.spreadsheets import blank_workbook
from portal.spreadsheets.reading import read_answers, read_metadata
from portal.spreadsheets.sameness import comparable
from tests.spreadsheets.trial import BY_ID, CATALOGUE, KEY, QUESTIONS, TRIAL, row_of
from tests.spreadsheets.unpacking import quickly

BLANK = blank_workbook(TRIAL, CATALOGUE)


@pytest.fixture(scope="module")
def book() -> Any:
    return load_workbook(io.BytesIO(BLANK))


def test_every_questionnaire_has_a_blank_workbook_that_reads_as_nothing(catalogue: Catalogue) -> None:
    assert catalogue.questionnaires
    for questionnaire in catalogue.questionnaires.values():
        sheets = quickly(blank_workbook(questionnaire, catalogue))
        metadata = read_metadata(sheets, KEY)
        reading = read_answers(sheets, questionnaire, metadata.words)

        assert reading.faults == ()
        assert nothing(questionnaire, reading.answers) == []
        assert (metadata.questionnaire, metadata.digest) == (questionnaire.reference, questionnaire.digest)
        assert metadata.assessment is None


def nothing(questionnaire: Questionnaire, answers: Any) -> list[str]:
    """The questions that are missing, or answered."""
    assert answers.keys() <= questionnaire.by_id.keys()
    tables = {question.id for question in questionnaire.questions if question.columns}
    return [
        question.id
        for question in questionnaire.questions
        if question.id not in tables | answers.keys()
        or (question.id in answers and comparable(question, answers[question.id].answer) != Answer())
    ]


def test_the_same_questionnaire_gives_the_same_bytes() -> None:
    assert blank_workbook(TRIAL, CATALOGUE) == BLANK


def test_it_has_a_sheet_to_read_one_to_answer_and_one_for_each_table(book: Any) -> None:
    shown = [sheet.title for sheet in book if sheet.sheet_state == "visible"]

    assert shown == ["Read me", "Answers", "TRY-ALL-07", "TRY-ALL-08"]


def test_every_choice_has_a_drop_down_that_offers_what_is_allowed(book: Any) -> None:
    offered = drop_downs(book, book["Answers"])
    sheet = book["Answers"]

    assert offered[f"D{row_of(sheet, 'TRY-ALL-01')}"][:2] == ["0: No.", "1: Now and then."]
    assert offered[f"D{row_of(sheet, 'TRY-ALL-01')}"][-2:] == ["We don’t know", "This does not apply to us"]
    assert "This does not apply to us" not in offered[f"D{row_of(sheet, 'TRY-ALL-04')}"]
    assert len(offered[f"D{row_of(sheet, 'TRY-ALL-02')}"]) == 6
    assert offered[f"D{row_of(sheet, 'TRY-ALL-05/none')}"] == ["Yes", "No"]
    assert all(len(label) <= 140 for labels in offered.values() for label in labels)


def test_columns_of_tables_have_drop_downs_too(book: Any) -> None:
    offered = drop_downs(book, book["TRY-ALL-07"])

    assert offered["C4:C33"] == ["We", "The worker"]
    assert offered["D4:D33"] == ["1: Less than a week’s wage", "2", "3: More than a month’s wage"]
    assert "Thailand (TH)" in offered["G4:G33"]
    assert offered["H4:H33"][1] == "TRY-ALL-02: Fees of workers"


def drop_downs(book: Any, sheet: Any) -> dict[str, list[str]]:
    """Range -> the labels its list offers."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list":
            name, _, cells = rule.formula1.lstrip("=").rpartition("!")
            found[str(rule.sqref)] = [cell[0].value for cell in book[name.strip("'")][cells.replace("$", "")]]
    return found


def test_only_what_is_to_be_filled_in_is_unlocked(book: Any) -> None:
    sheet = book["Answers"]
    open_cells = {cell.column_letter for row in sheet.iter_rows() for cell in row if not cell.protection.locked}

    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert open_cells == {"D", "E", "F", "G"}
    assert sheet[f"E{row_of(sheet, 'TRY-ALL-04')}"].protection.locked


def test_it_can_be_read_and_printed(book: Any) -> None:
    sheet = book["Answers"]

    assert sheet.freeze_panes == "B3"
    assert sheet.print_title_rows == "$2:$2"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.row_dimensions[1].hidden
    assert all(cell.alignment.wrap_text for cell in sheet[4])


def test_each_question_says_what_its_answers_mean(book: Any) -> None:
    sheet = book["Answers"]
    meanings = {key: sheet[f"C{row_of(sheet, key)}"].value for key in BY_ID}

    assert "2: Yearly." in meanings["TRY-ALL-01"]
    assert "This counts: Any fee." in meanings["TRY-ALL-02"]
    assert "From -100 to 1000000000000." in meanings["TRY-ALL-06"]
    assert all("A note." in meanings[q.id] for q in QUESTIONS if not q.evidence_exempt)


def test_a_table_begins_with_the_lines_that_are_known(book: Any) -> None:
    assert [book["TRY-ALL-08"][f"B{row}"].value for row in (4, 5, 6)] == ["Visa", "Flight", None]


def test_in_a_language_written_from_right_to_left_the_sheets_are_too() -> None:
    arabic = load_workbook(io.BytesIO(blank_workbook(TRIAL, CATALOGUE, language="ar")))

    assert all(sheet.sheet_view.rightToLeft for sheet in arabic if sheet.sheet_state == "visible")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownLanguage):
        blank_workbook(TRIAL, CATALOGUE, language="xx-none")
