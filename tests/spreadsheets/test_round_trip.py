"""What goes into a workbook comes out of it again, whatever it is."""

from __future__ import annotations

import io

from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook

from portal.domain.answers import Answer
from portal.spreadsheets.reading import read_answers, read_metadata
from portal.spreadsheets.sameness import comparable, fingerprint
from tests.spreadsheets.trial import BY_ID, KEY, NASTY, QUESTIONS, TRIAL, any_answers, reading_of, workbook
from tests.spreadsheets.unpacking import quickly

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SLOW
@given(any_answers)
def test_any_valid_answers_come_back_the_same(answers: dict[str, Answer]) -> None:
    sheets = quickly(workbook(answers))
    reading = read_answers(sheets, TRIAL, read_metadata(sheets, KEY).words)

    assert reading.faults == ()
    assert set(reading.answers) == set(BY_ID)
    for question in QUESTIONS:
        expected = comparable(question, answers.get(question.id, Answer()))
        assert comparable(question, reading.answers[question.id].answer) == expected, question.id


@SLOW
@given(any_answers)
def test_an_untouched_workbook_has_the_fingerprints_it_was_given(answers: dict[str, Answer]) -> None:
    sheets = quickly(workbook(answers))
    metadata = read_metadata(sheets, KEY)
    reading = read_answers(sheets, TRIAL, metadata.words)

    found = {key: fingerprint(BY_ID[key], given.answer) for key, given in reading.answers.items()}
    assert found == {key: stood for key, (_, stood) in metadata.answers.items()}


def test_no_cell_is_a_formula() -> None:
    rows = [{"cost": text} for text in NASTY]
    answers = {question.id: Answer(comment=NASTY[place]) for place, question in enumerate(QUESTIONS)}
    book = load_workbook(io.BytesIO(workbook(answers | {"TRY-ALL-07": Answer(value=rows)})))

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 200
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert {cell.value for cell in cells} >= {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "＝1", "=Company A"}


def test_the_real_way_in_reads_the_same() -> None:
    rows = [{"cost": text} for text in NASTY]

    reading = reading_of(workbook({"TRY-ALL-07": Answer(value=rows, comment="=1+1")}))

    assert reading.faults == ()
    assert reading.answers["TRY-ALL-07"].answer == Answer(value=rows, comment="=1+1")


def test_a_workbook_in_another_language_reads_the_same() -> None:
    answers = {"TRY-ALL-01": Answer(dont_know=True), "TRY-ALL-05": Answer(value=["child_labour"])}

    reading = reading_of(workbook(answers, language="ar"))

    assert reading.faults == ()
    assert {key: given.answer for key, given in reading.answers.items() if key in answers} == answers


def test_the_same_answers_give_the_same_bytes() -> None:
    assert workbook({"TRY-ALL-01": Answer(value=2)}) == workbook({"TRY-ALL-01": Answer(value=2)})
