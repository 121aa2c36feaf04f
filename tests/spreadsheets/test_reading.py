"""What people write into workbooks: what is understood, and what is refused with sheet, row and cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from portal.domain.answers import Answer
from portal.spreadsheets.choices import chosen, country_code, distinct
from portal.spreadsheets.faults import Fault
from portal.spreadsheets.intake import Cell, RefusedWorkbook, Sheet
from portal.spreadsheets.layout import COLUMNS, METADATA_SHEET, column_letters
from portal.spreadsheets.reading import Reading, read_answers, read_metadata
from tests.spreadsheets.trial import KEY, QUESTIONS, TRIAL, edited, row_of, workbook
from tests.spreadsheets.unpacking import quickly

#: Column letters by key.
AT = {key: column_letters(place) for place, key in enumerate(COLUMNS, start=1)} | {"id": "A"}
CONTENT = workbook()


def reading_with(edit: Callable[[Any], None]) -> Reading:
    sheets = quickly(edited(CONTENT, edit))
    return read_answers(sheets, TRIAL, read_metadata(sheets, KEY).words)


def written(**cells: Any) -> Callable[[Any], None]:
    """Edit the answers sheet: answer_01="2" writes into the answer of TRY-ALL-01; part__ goes behind a slash."""

    def edit(book: Any) -> None:
        sheet = book["Answers"]
        for name, value in cells.items():
            column, _, key = name.rpartition("_")
            sheet[f"{AT[column]}{row_of(sheet, f'TRY-ALL-{key}')}"].value = value

    return edit


def in_line(key: str, value: Any, column: str = "answer") -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        sheet = book["Answers"]
        sheet[f"{AT[column]}{row_of(sheet, key)}"].value = value

    return edit


def in_table(**cells: Any) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        for place, value in cells.items():
            book["TRY-ALL-07"][place].value = value

    return edit


UNDERSTOOD = [
    (in_line("TRY-ALL-01", 3), Answer(value=3)),
    (in_line("TRY-ALL-01", "3"), Answer(value=3)),
    (in_line("TRY-ALL-01", " 2: yearly. "), Answer(value=2)),
    (in_line("TRY-ALL-01", "we don't know"), Answer(dont_know=True)),
    (in_line("TRY-ALL-02", "found_open"), Answer(value="found_open")),
    (in_line("TRY-ALL-03", "NO"), Answer(value="no")),
    (in_line("TRY-ALL-03", "The same words [same_b]"), Answer(value="same_b")),
    (in_line("TRY-ALL-05/association", "yes"), Answer(value=["association"])),
    (in_line("TRY-ALL-05/association", "No"), Answer(value=[])),
    (in_line("TRY-ALL-06", 40.0), Answer(value=40)),
    (in_line("TRY-ALL-06", "1 200,5"), Answer(value=1200.5)),
    (in_line("TRY-ALL-06", "๔๐"), Answer(value=40)),
    (in_line("TRY-ALL-06/or", "Not known"), Answer(value="not_known")),
    (in_line("TRY-ALL-06/or", "12"), Answer(value="trap")),
    (in_table(B4="Visa", C4="the worker", D4="3", F4="10"),
     Answer(value=[{"cost": "Visa", "payer": "worker", "burden": 3, "amount": 10}])),
    (in_table(G9="th"), Answer(value=[{"origin": "TH"}])),
    (in_table(H5="TRY-ALL-02: anything"), Answer(value=[{"about": "TRY-ALL-02"}])),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), UNDERSTOOD)
def test_what_people_write_is_understood(edit: Callable[[Any], None], expected: Answer) -> None:
    reading = reading_with(edit)

    assert reading.faults == ()
    assert [given.answer for given in reading.answers.values() if given.answer != Answer()] == [expected]


REFUSED = [
    (in_line("TRY-ALL-01", 5), "not_a_choice", "TRY-ALL-01", "D4"),
    (in_line("TRY-ALL-01", 2.5), "not_a_choice", "TRY-ALL-01", "D4"),
    (in_line("TRY-ALL-01", True), "not_a_choice", "TRY-ALL-01", "D4"),
    (in_line("TRY-ALL-01", "=2"), "formula", "TRY-ALL-01", "D4"),
    (in_line("TRY-ALL-01", "=2", "comment"), "formula", "TRY-ALL-01", "G4"),
    (in_line("TRY-ALL-01", "x" * 10_001, "comment"), "too_long", "TRY-ALL-01", "G4"),
    (in_line("TRY-ALL-01", "x" * 32_767, "comment"), "too_long", "TRY-ALL-01", "G4"),
    (in_line("TRY-ALL-01", "a_x000B_b", "comment"), "characters", "TRY-ALL-01", "G4"),
    (in_line("TRY-ALL-01", "a_xD83D_b", "comment"), "characters", "TRY-ALL-01", "G4"),
    (in_line("TRY-ALL-01", "#REF!"), "error_value", "TRY-ALL-01", "D4"),
    (in_line("TRY-ALL-01", "We are too small", "reason"), "reason_alone", "TRY-ALL-01", "E4"),
    (in_line("TRY-ALL-01", "This does not apply to us"), "reason_missing", "TRY-ALL-01", "E4"),
    (in_line("TRY-ALL-02", "This does not apply to us"), "not_a_choice", "TRY-ALL-02", "D5"),
    (in_line("TRY-ALL-02", "soon", "plan_end"), "not_a_day", "TRY-ALL-02", "F5"),
    (in_line("TRY-ALL-02", datetime(2027, 1, 1, 12), "plan_end"), "not_a_day", "TRY-ALL-02", "F5"),
    (in_line("TRY-ALL-03", "The same words"), "not_a_choice", "TRY-ALL-03", "D6"),
    (in_line("TRY-ALL-05/none", "perhaps"), "not_a_choice", "TRY-ALL-05", "D12"),
    (in_line("TRY-ALL-06", "much"), "not_a_number", "TRY-ALL-06", "D13"),
    (in_line("TRY-ALL-06", -101), "out_of_range", "TRY-ALL-06", "D13"),
    (in_line("TRY-ALL-06", date(2026, 1, 1)), "not_a_number", "TRY-ALL-06", "D13"),
    (in_line("TRY-ALL-01", "TRY-ALL-99", "id"), "unknown_id", "", "A4"),
    (in_line("TRY-ALL-01", "TRY-ALL-03", "id"), "twice", "TRY-ALL-03", "A6"),
    (in_line("TRY-ALL-01", "=A5", "id"), "unknown_id", "", "A4"),
    (in_table(D4=4), "out_of_range", "TRY-ALL-07", "D4"),
    (in_table(E4=1.5), "not_whole", "TRY-ALL-07", "E4"),
    (in_table(C6="Nobody"), "not_a_choice", "TRY-ALL-07", "C6"),
    (in_table(G6="Atlantis"), "not_a_country", "TRY-ALL-07", "G6"),
    (in_table(H6="TRY-ALL-99"), "no_such_question", "TRY-ALL-07", "H6"),
    (in_table(B6="=1+1"), "formula", "TRY-ALL-07", "B6"),
    (in_table(C1=None), "column_missing", "TRY-ALL-07", "1"),
    (in_table(**{f"B{row}": "x" for row in range(4, 506)}), "too_many_rows", "TRY-ALL-07", "504"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "code", "question", "cell"), REFUSED)
def test_what_does_not_fit_is_named_by_sheet_row_and_cell(
    edit: Callable[[Any], None], code: str, question: str, cell: str
) -> None:
    reading = reading_with(edit)

    [fault] = reading.faults
    assert (fault.code, fault.question, f"{fault.column}{fault.row}") == (code, question, cell)
    assert fault.sheet == ("TRY-ALL-07" if question == "TRY-ALL-07" else "Answers")
    assert question not in reading.answers


def test_an_answer_and_its_opposite_are_two_answers() -> None:
    def edit(book: Any) -> None:
        written(answer_05="We don’t know", answer_06=3)(book)
        in_line("TRY-ALL-05/none", "Yes")(book)
        in_line("TRY-ALL-06/or", "Not known")(book)

    assert [fault.code for fault in reading_with(edit).faults] == ["two_answers", "two_answers"]


def test_none_of_these_beside_others_is_refused() -> None:
    def edit(book: Any) -> None:
        in_line("TRY-ALL-05/none", "Yes")(book)
        in_line("TRY-ALL-05/association", "Yes")(book)

    assert [fault.code for fault in reading_with(edit).faults] == ["exclusive"]


def test_rows_may_be_sorted_moved_and_deleted() -> None:
    def edit(book: Any) -> None:
        sheet = book["Answers"]
        written(answer_01=2, answer_03="no")(book)
        for column in "ADEFG":
            sheet[f"{column}40"].value, sheet[f"{column}4"].value = sheet[f"{column}4"].value, None
        sheet.delete_rows(row_of(sheet, "TRY-ALL-04"))

    reading = reading_with(edit)

    assert reading.faults == ()
    assert reading.answers["TRY-ALL-01"].answer == Answer(value=2)
    assert reading.answers["TRY-ALL-03"].answer == Answer(value="no")
    assert "TRY-ALL-04" not in reading.answers


def test_a_deleted_line_of_a_question_leaves_it_as_it_is() -> None:
    def edit(book: Any) -> None:
        sheet = book["Answers"]
        sheet.delete_rows(row_of(sheet, "TRY-ALL-05/none"))

    assert [fault.code for fault in reading_with(edit).faults] == ["lines_missing"]


def test_a_deleted_table_is_no_empty_table() -> None:
    reading = reading_with(lambda book: book.remove(book["TRY-ALL-07"]))

    assert reading.faults == ()
    assert "TRY-ALL-07" not in reading.answers
    assert "TRY-ALL-08" in reading.answers


def test_the_same_table_twice_is_refused() -> None:
    reading = reading_with(lambda book: book.copy_worksheet(book["TRY-ALL-07"]))

    assert [(fault.code, fault.question) for fault in reading.faults] == [("twice", "TRY-ALL-07")]


def test_notes_and_formulas_outside_the_columns_are_nobodys_business() -> None:
    def edit(book: Any) -> None:
        book["Answers"]["K4"].value = "=SUM(D4:D9)"
        book.create_sheet("My notes")["A1"].value = "=1+1"

    assert reading_with(edit).faults == ()


@pytest.mark.parametrize("days", [1900, 1904])
def test_days_are_read_by_the_calendar_of_the_file(days: int) -> None:
    def edit(book: Any) -> None:
        if days == 1904:
            book.epoch = datetime(1904, 1, 1)
        in_line("TRY-ALL-02", "found_remediating")(book)
        in_line("TRY-ALL-02", date(2027, 1, 31), "plan_end")(book)

    assert reading_with(edit).answers["TRY-ALL-02"].answer.plan_end == date(2027, 1, 31)


def refused(change: Callable[[Any], None]) -> RefusedWorkbook:
    with pytest.raises(RefusedWorkbook) as caught:
        reading_with(change)
    return caught.value


def test_without_its_hidden_sheet_it_is_not_ours() -> None:
    assert refused(lambda book: book.remove(book[METADATA_SHEET])).code == "foreign"


def test_without_its_answers_there_is_nothing_to_read() -> None:
    assert refused(lambda book: book.remove(book["Answers"])).code == "layout"


def test_a_missing_column_is_named() -> None:
    refusal = refused(lambda book: book["Answers"].delete_cols(4))

    assert (refusal.code, refusal.place) == ("layout", "Answers, 1: answer")


@pytest.mark.parametrize(
    ("old", "new"),
    [("trial@2026.1", "trial@2026.2"),
     ('"version": 1', '"version": 2'), ('[0, "', '[7, "'), ("{", "["), ("*yes", "*no2")],
)  # fmt: skip
def test_any_change_of_the_hidden_sheet_is_noticed(old: str, new: str) -> None:
    def edit(book: Any) -> None:
        cell = book[METADATA_SHEET]["A1"]
        assert old in cell.value
        cell.value = cell.value.replace(old, new, 1)

    assert refused(edit).code == "altered"


@pytest.mark.parametrize("signature", [None, "0" * 64, "é"])
def test_without_its_signature_a_workbook_is_nobodys(signature: str | None) -> None:
    def edit(book: Any) -> None:
        book[METADATA_SHEET]["B1"].value = signature

    assert refused(edit).code == "altered"


def test_another_portal_does_not_recognise_it() -> None:
    with pytest.raises(RefusedWorkbook) as caught:
        read_metadata(quickly(CONTENT), b"another key of another portal, as long")

    assert caught.value.code == "altered"


def test_choices_that_read_the_same_can_be_told_apart() -> None:
    choices = distinct([("a", "Same"), ("b", "same "), ("c", "b")])

    assert [label for _, label in choices] == ["Same [a]", "same  [b]", "b [c]"]
    assert [chosen(choices, text) for text in ("Same [a]", "b", "c", "same")] == ["a", "b", "c", None]


@pytest.mark.parametrize(("text", "code"), [("Thailand (TH)", "TH"), ("th", "TH"), ("Siam", "Siam"), ("", "")])
def test_a_country_is_its_code(text: str, code: str) -> None:
    assert country_code(text) == code


def test_faults_come_in_the_order_of_the_sheets() -> None:
    reading = reading_with(written(answer_01=9, answer_04=9, answer_03=9))

    assert [fault.row for fault in reading.faults] == sorted(fault.row for fault in reading.faults)
    assert all(isinstance(fault, Fault) for fault in reading.faults)
    assert len(reading.answers) == len(QUESTIONS) - 3


def test_an_empty_file_of_cells_is_foreign() -> None:
    with pytest.raises(RefusedWorkbook) as caught:
        read_metadata((Sheet(METADATA_SHEET, {1: {1: Cell("f", "")}}),), KEY)

    assert caught.value.code == "foreign"
