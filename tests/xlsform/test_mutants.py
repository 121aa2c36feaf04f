"""Damaged and hostile forms: a draft or a refusal that names the place, soon, and nothing left behind."""

from __future__ import annotations

import tempfile
import time
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from portal.catalogue.yaml_nodes import UNFIT, Unreadable, parse
from portal.spreadsheets.intake import Cell, Sheet
from portal.xlsform import ImportedForm, RefusedForm, xlsform_workbook
from portal.xlsform.drafts import Names
from portal.xlsform.read import form_in, sheets_of
from tests.xlsform.forms import README, catalogue, profile, read_book, version

SECONDS = 2
NAMES = Names("NEW", "new", "2026.1", profile())
CELLS = (
    "", " ", "begin_group", "end group", "begin repeat", "end_repeat", "begin loop over x", "select_one",
    "select_one  ",
    "select_one x or_other", "integer", "calculate", "${", "${a", "((((((((" * 20, "- {level: 4", "{a: &x 1}",
    "[" * 300,
    "x" * 32_000, "\u202e\u0000\ud800", "é\u0301", "HRS-COM-01", "NEW-GEN-99", "yes", "TRUE", "profile", "instead",
    "counts_as", "otherwise", "multi", "table", "incident", "portal_type", "type", "name", "label::", "::", ":",
    ". >= 1 and . <= 0", "start=1 end=x", "=1+1", "'", '"', "\n", "a\nb: c", "# x", "1e999", "-0", "٣",
)  # fmt: skip
VALUES = (
    *(Cell("s", text) for text in CELLS), Cell("n", 1), Cell("n", 1e15),
    Cell("n", 0.1), Cell("b", True), Cell("f", ""), Cell("e", "#REF!"),
    Cell("d", "2026-01-01"),
)  # fmt: skip


@lru_cache(maxsize=1)
def content() -> bytes:
    return xlsform_workbook(version(README), catalogue())


@lru_cache(maxsize=1)
def sheets() -> tuple[Sheet, ...]:
    return sheets_of(content())


def mutant_of_sheets(random: Random) -> list[Sheet]:
    made = {sheet.name: {row: dict(cells) for row, cells in sheet.rows.items()} for sheet in sheets()}
    for _ in range(random.choice((1, 2, 5, 30))):
        rows = made[random.choice(list(made))]
        if not rows:
            continue
        row = random.choice(list(rows))
        match random.randrange(6):
            case 0 | 1:
                rows[row][random.randint(1, 30)] = random.choice(VALUES)
            case 2 if rows[row]:
                del rows[row][random.choice(list(rows[row]))]
            case 3:
                del rows[row]
            case 4:
                other = random.choice(list(rows))
                rows[row], rows[other] = rows[other], rows[row]
            case _:
                rows[random.randint(1, max(rows) + 3)] = dict(rows[row])
    kept = [Sheet(name, rows) for name, rows in made.items() if random.random() < 0.97]
    return [Sheet("survey", sheet.rows) if random.random() < 0.01 else sheet for sheet in kept]


def mutant_of_bytes(random: Random) -> bytes:
    if random.random() < 0.3:
        return broken(random, bytearray(content()))
    changed = BytesIO()
    with ZipFile(BytesIO(content())) as source, ZipFile(changed, "w", ZIP_DEFLATED) as target:
        victim = random.choice(source.namelist())
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, broken(random, bytearray(part)) if name == victim else part)
    return changed.getvalue()


def broken(random: Random, part: bytearray) -> bytes:
    for _ in range(random.choice((1, 4, 20))):
        if not part:
            break
        place = random.randrange(len(part))
        match random.randrange(4):
            case 0:
                part[place] = random.randrange(256)
            case 1:
                del part[place : place + random.choice((1, 10, 1000))]
            case 2:
                part[place:place] = part[: random.choice((1, 10, 1000))]
            case _:
                part[place:place] = random.choice((b"<", b"&x;", b'<!DOCTYPE x [<!ENTITY a "b">]>', b"\0", b"</row>"))
    return bytes(part)


def assert_sound(form: ImportedForm) -> None:
    for name, text in form.files.items():
        assert name.endswith(".yaml")
        assert "/" not in name
        try:
            parse(text.encode())
        except Unreadable as error:
            assert error.what.startswith(("is larger", "holds more")), error.what
    for remark in form.remarks:
        assert remark.message
        assert remark.sheet
        assert not UNFIT.search(remark.message)


def judge(made: list[Sheet]) -> None:
    """Twice where the first time is too long: the garbage of other tests may be collected in between."""
    assert any(seconds(made) < SECONDS for _ in range(2))


def seconds(made: list[Sheet]) -> float:
    started = time.process_time()
    try:
        assert_sound(form_in(made, NAMES))
    except RefusedForm as refused:
        assert refused.remark.sheet
        assert refused.remark.message
    return time.process_time() - started


def judge_bytes(made: bytes) -> None:
    try:
        assert_sound(read_book(made))
    except RefusedForm as refused:
        assert str(refused)


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go during a test, so that one left behind is seen."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_mutants_of_cells_are_read_or_refused_with_the_place():
    for seed in range(200):
        judge(mutant_of_sheets(Random(seed)))


def test_mutants_of_the_file_are_read_or_refused_with_the_place(own_folder):
    for seed in range(12):
        judge_bytes(mutant_of_bytes(Random(seed)))

    assert list(own_folder.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 4000, 500))
def test_thousands_of_mutants_of_cells(start):
    for seed in range(start, start + 500):
        judge(mutant_of_sheets(Random(f"cells {seed}")))


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 600, 100))
def test_hundreds_of_mutants_of_the_file(start, own_folder):
    for seed in range(start, start + 100):
        judge_bytes(mutant_of_bytes(Random(f"bytes {seed}")))

    assert list(own_folder.iterdir()) == []
