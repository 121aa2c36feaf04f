"""From the sheets of a workbook to answers, and to faults that name sheet, row and cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.domain.answers import Answer, has_answer
from portal.domain.questionnaire import Questionnaire, QuestionType
from portal.spreadsheets import metadata as about
from portal.spreadsheets.faults import Fault
from portal.spreadsheets.intake import RefusedWorkbook, Sheet
from portal.spreadsheets.layout import ANSWERS, COLUMNS, KEY_ROW, METADATA_SHEET, TABLE, Line, all_lines
from portal.spreadsheets.line_reading import LineReader, Place
from portal.spreadsheets.metadata import Metadata, Unfit
from portal.spreadsheets.table_reading import read_table

#: Cells of the metadata sheet that are looked at; an honest workbook needs one or two.
MOST_CHUNKS = 100


@dataclass(frozen=True, slots=True)
class Given:
    """An answer in the workbook, and where it stands."""

    answer: Answer
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a workbook says. A question with a fault has no answer here; one whose row or sheet is gone has neither."""

    answers: Mapping[str, Given]
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Gathered:
    """The first row of every line, the table sheets, and what is wrong with the rows themselves."""

    rows: dict[str, Place] = field(default_factory=dict)
    tables: dict[str, Sheet] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def spoilt(self) -> set[str]:
        return {fault.question for fault in self.faults if fault.question}


def read_metadata(sheets: Sequence[Sheet], key: bytes) -> Metadata:
    """What the workbook says of itself. Raises RefusedWorkbook: foreign, altered."""
    hidden = next((sheet for sheet in sheets if sheet.name == METADATA_SHEET), None)
    if hidden is None:
        raise RefusedWorkbook("foreign")
    chunks = [hidden.text(row, 1) for row in range(1, MOST_CHUNKS) if hidden.text(row, 1)]
    try:
        return about.read(chunks, hidden.text(1, 2), key)
    except Unfit as unfit:
        raise RefusedWorkbook(unfit.code, METADATA_SHEET if unfit.code == "altered" else "") from None


def read_answers(sheets: Sequence[Sheet], questionnaire: Questionnaire, words: Mapping[str, str]) -> Reading:
    """Read every answer. Raises RefusedWorkbook where no sheet with answers can be made out."""
    try:
        lines = all_lines(questionnaire, words)
    except KeyError:
        raise RefusedWorkbook("altered", METADATA_SHEET) from None
    gathered = _gather(sheets, questionnaire, lines)
    answers: dict[str, Given] = {}
    for question in questionnaire.questions:
        place = gathered.rows.get(question.id)
        if place is None or question.id in gathered.spoilt():
            continue
        reader = LineReader(question, gathered.rows, words)
        rows: list[dict[str, Any]] | None = None
        table = gathered.tables.get(question.id)
        if table is not None:
            rows, faults = read_table(question, questionnaire, table)
            reader.faults += faults
        answer = reader.answer(rows)
        gathered.faults += reader.faults
        gone = question.type is QuestionType.TABLE and table is None and not has_answer(answer)
        if not reader.faults and not gone:
            answers[question.id] = Given(answer, place.sheet, place.row)
    faults = sorted(gathered.faults, key=lambda fault: (fault.sheet, fault.row, fault.column))
    return Reading(answers, tuple(faults))


def _gather(sheets: Sequence[Sheet], questionnaire: Questionnaire, lines: Mapping[str, Line]) -> _Gathered:
    gathered = _Gathered()
    found = False
    for sheet in sheets:
        keys = {sheet.text(KEY_ROW, column): column for column in sheet.rows.get(KEY_ROW, {})}
        if ANSWERS in keys:
            found = True
            if missing := [key for key in COLUMNS if key not in keys and key not in ("question", "guidance")]:
                raise RefusedWorkbook("layout", f"{sheet.name}, {KEY_ROW}: {missing[0]}")
            _gather_lines(gathered, sheet, keys, lines)
        elif table := next((key for key in keys if key.startswith(TABLE)), ""):
            _gather_table(gathered, sheet, table.removeprefix(TABLE), questionnaire)
    if not found:
        raise RefusedWorkbook("layout")
    return gathered


def _gather_table(gathered: _Gathered, sheet: Sheet, question_id: str, questionnaire: Questionnaire) -> None:
    if question_id not in questionnaire.by_id:
        gathered.faults.append(Fault("unknown_id", sheet.name, KEY_ROW, "A", details={"id": question_id[:60]}))
    elif question_id in gathered.tables:
        rows = f"{gathered.tables[question_id].name}, {sheet.name}"
        gathered.faults.append(Fault("twice", sheet.name, KEY_ROW, "A", question_id, {"rows": rows}))
    else:
        gathered.tables[question_id] = sheet


def _gather_lines(gathered: _Gathered, sheet: Sheet, keys: Mapping[str, int], lines: Mapping[str, Line]) -> None:
    """Find the row of every line by its key, wherever somebody sorted or moved it."""
    for number in sorted(sheet.rows):
        place = Place(sheet, number, keys)
        key = place.text_of_key()
        if number <= KEY_ROW + 1:
            continue
        if not key:
            if place.is_filled():
                gathered.faults.append(Fault("no_id", sheet.name, number))
        elif key not in lines:
            gathered.faults.append(Fault("unknown_id", sheet.name, number, place.letters(ANSWERS), details={"id": key}))
        elif key in gathered.rows:
            rows = f"{gathered.rows[key].row}, {number}"
            question = lines[key].question.id
            gathered.faults.append(Fault("twice", sheet.name, number, place.letters(ANSWERS), question, {"rows": rows}))
        else:
            gathered.rows[key] = place
