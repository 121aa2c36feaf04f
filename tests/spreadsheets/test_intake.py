"""The real way in, a child process of its own: what is refused, where, and that its limits hold."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from portal.spreadsheets.intake import CHILD, Cell, RefusedWorkbook
from tests.spreadsheets.mutants import BOMB, OUTSIDE, SHEET, STRINGS
from tests.spreadsheets.trial import altered, packed, parts_of, sheets_of, workbook

CONTENT = workbook()
WORKBOOK, TYPES = "xl/workbook.xml", "[Content_Types].xml"


def refusal(content: bytes, name: str = "a.xlsx") -> tuple[str, str]:
    with pytest.raises(RefusedWorkbook) as caught:
        sheets_of(content, name)
    return caught.value.code, caught.value.place


def with_rows(rows: bytes) -> bytes:
    return altered(CONTENT, SHEET, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))


def many_strings() -> bytes:
    long = b"<si><t>" + b"y" * 1_000_000 + b"</t></si>"
    content = altered(CONTENT, STRINGS, lambda xml: xml.replace(b"<si>", long + b"<si>", 1))
    cells = b'<row><c t="s"><v>0</v></c></row>' * 5000
    return altered(content, SHEET, lambda xml: xml.replace(b"</sheetData>", cells + b"</sheetData>"))


def lying_directory() -> bytes:
    """A part of ten megabytes whose directory entry claims ten bytes."""
    content = bytearray(packed(parts_of(CONTENT) | {"xl/z.xml": b"<a>" + b" " * 10_000_000 + b"</a>"}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/z.xml").file_size
    place = content.rindex(size.to_bytes(4, "little"))
    content[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(content)


def declared(document: str) -> bytes:
    return altered(CONTENT, STRINGS, lambda xml: document.encode() + xml.split(b"?>", 1)[1])


BAD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "entity bomb": (lambda: declared(BOMB), "declarations", STRINGS),
    "outside entity": (lambda: declared(OUTSIDE), "declarations", STRINGS),
    "two million rows": (lambda: with_rows(b"<row/>" * 2_000_000), "too_complex", SHEET),
    "very many cells": (lambda: with_rows(b"<row><c><v>1</v></c></row>" * 66_000), "too_complex", "Answers"),
    "a text in every cell": (many_strings, "too_complex", "Answers"),
    "deep": (lambda: with_rows(b"<a>" * 100_000 + b"</a>" * 100_000), "too_complex", SHEET),
    "inflates": (
        lambda: packed(parts_of(CONTENT) | {"xl/z.xml": b" " * 200_000_000}), "too_complex", "xl/z.xml"
    ),
    "lying sizes": (lying_directory, "damaged", "xl/z.xml"),
    "many parts": (
        lambda: packed(parts_of(CONTENT) | {f"xl/{n}.xml": b"<a/>" for n in range(400)}), "too_complex", "xl/399.xml"
    ),
    "macros": (lambda: packed(parts_of(CONTENT) | {"xl/vbaProject.bin": b"x"}), "macros", "xl/vbaProject.bin"),
    "macro type": (
        lambda: altered(CONTENT, TYPES, lambda xml: xml.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")),
        "macros",
        TYPES,
    ),
    "link to a file": (
        lambda: packed(parts_of(CONTENT) | {"xl/externalLinks/externalLink1.xml": b"<a/>"}),
        "macros",
        "xl/externalLinks/externalLink1.xml",
    ),
    "outside relation": (
        lambda: altered(
            CONTENT,
            "xl/_rels/workbook.xml.rels",
            lambda xml: xml.replace(b'Target="', b'TargetMode="External" Target="file:///', 1),
        ),
        "external",
        "xl/_rels/workbook.xml.rels",
    ),
    "broken sheet": (lambda: altered(CONTENT, SHEET, lambda xml: xml[:-40]), "damaged", SHEET),
    "broken cell": (
        lambda: altered(CONTENT, SHEET, lambda xml: xml.replace(b'r="A4"', b'r="?4"')), "damaged", "Answers, 4"
    ),
    "no workbook": (lambda: packed({"a.txt": b"x"}), "not_a_workbook", ""),
    "no zip": (lambda: b"PK\x03\x04 and nothing more", "not_a_workbook", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_its_place_within_its_limits(case: str) -> None:
    make, code, place = BAD[case]
    content = make()

    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    on_the_clock = time.monotonic()
    found = refusal(content)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)

    assert found[0] == code
    assert found[1].startswith(place)
    assert used.ru_utime + used.ru_stime - began.ru_utime - began.ru_stime <= 2.2
    assert time.monotonic() - on_the_clock < 10


def test_the_child_runs_within_limits_the_kernel_keeps(tmp_path: Path) -> None:
    """Started on a pipe that nobody writes to, it waits, and its limits can be read."""
    pipe = tmp_path / "a.xlsx"
    os.mkfifo(pipe)
    child = subprocess.Popen([sys.executable, "-I", str(CHILD), str(pipe)], stdout=subprocess.PIPE)
    try:
        limits = wait_for_limits(child.pid)
    finally:
        child.kill()
        child.communicate()

    assert limits["Max address space"] == str(256 * 1024 * 1024)
    assert limits["Max cpu time"] == "2"


def wait_for_limits(pid: int) -> dict[str, str]:
    for _ in range(200):
        lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
        limits = {line[:26].strip(): line[26:47].strip() for line in lines}
        if limits["Max cpu time"] != "unlimited":
            return limits
        time.sleep(0.05)
    raise AssertionError("the child sets no limits")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old_format"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old_format"),
        ("a.xlsm", CONTENT, "old_format"),
        ("a.ods", CONTENT, "old_format"),
        ("a", CONTENT, "type"),
        ("a.xlsx.pdf", CONTENT, "type"),
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", bytes(8 * 1024 * 1024 + 1), "too_big"),
    ],
    ids=["old", "locked with a password", "macros", "open document", "no ending", "pdf", "empty", "large"],
)
def test_what_its_name_or_start_gives_away_is_never_parsed(name: str, content: bytes, code: str) -> None:
    assert refusal(content, name) == (code, "")


def test_a_formula_is_seen_and_its_result_is_not() -> None:
    content = altered(
        CONTENT,
        SHEET,
        lambda xml: xml.replace(b"</sheetData>", b'<row r="99"><c r="A99"><f>1+1</f><v>2</v></c></row></sheetData>'),
    )

    sheet = next(sheet for sheet in sheets_of(content) if sheet.name == "Answers")

    assert sheet.rows[99] == {1: Cell("f", "")}


def test_absurd_claims_about_size_cost_nothing() -> None:
    content = altered(
        CONTENT, SHEET, lambda xml: xml.replace(b'<dimension ref="', b'<dimension ref="A1:XFD1048576" x="')
    )

    assert [sheet.name for sheet in sheets_of(content)][1] == "Answers"


def test_the_workbook_is_what_another_library_reads() -> None:
    theirs = load_workbook(io.BytesIO(CONTENT))

    for sheet in sheets_of(CONTENT):
        cells = {(cell.row, cell.column): cell.value for row in theirs[sheet.name] for cell in row if cell.value}
        assert cells == {(row, column): cell.value for row, of in sheet.rows.items() for column, cell in of.items()}
