"""Whether a changed submission or report is noticed: every part of it is changed here once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from portal.domain.bundle import bundle_json, canonical, digest_of, read_bundle
from portal.domain.questionnaire import Catalogue
from portal.domain.scoring import score_bundle
from portal.reports.content import report_of
from portal.reports.files import report_pdf
from portal.reports.pdf import PdfUnavailable, Printer
from portal.services.verification import Unverifiable, Verification, verify_content

EXAMPLE = Path(__file__).parents[1] / "reports" / "thalay.json"
Change = Callable[[pikepdf.Pdf], None]


@pytest.fixture(scope="module")
def text(catalogue: Catalogue) -> bytes:
    """The canonical bundle of the worked example, with the digest of its questionnaire."""
    raw = json.loads(EXAMPLE.read_text()) | {"digest": catalogue.questionnaires["hrdd-short@2026.1"].digest}
    return canonical(bundle_json(read_bundle(json.dumps(raw), catalogue)))


@pytest.fixture(scope="module")
def printer() -> Iterator[Printer]:
    with Printer() as made:
        yield made


@pytest.fixture(scope="module")
def pdf(text: bytes, catalogue: Catalogue, printer: Printer) -> bytes:
    return printed(text, catalogue, printer, "en")


def printed(text: bytes, catalogue: Catalogue, printer: Printer, language: str) -> bytes:
    bundle = read_bundle(text, catalogue)
    said = report_of(bundle, score_bundle(bundle, catalogue), catalogue.questionnaires[bundle.questionnaire], catalogue)
    try:
        return report_pdf(printer, said, bundle, language=language).pdf
    except PdfUnavailable as reason:
        pytest.skip(str(reason))


def changed(pdf: bytes, change: Change) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        written = BytesIO()
        document.save(written)
    return written.getvalue()


def failures(made: Verification) -> set[str]:
    return {check.code for check in made.checks if check.verdict == "fails"}


def answers_of(document: pikepdf.Pdf) -> Any:
    return next(item for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/EF" in item)["/EF"][
        "/F"
    ]


def exchange(document: pikepdf.Pdf, old: str, new: str, *, largest: bool = False) -> None:
    """Set one glyph in place of another in a run of text: what somebody with a PDF editor would do.

    Exchanges the first glyph of the run that reads `old`, or is printed largest of those, for that of `new`.
    """
    best: tuple[float, Any, list[Any], int, bytes, bytes] | None = None
    for page in document.pages:
        instructions = list(pikepdf.parse_content_stream(page))
        size, glyphs = 0.0, dict[str, bytes]()
        for number, instruction in enumerate(instructions):
            operands: Any = instruction.operands
            if str(instruction.operator) == "Tf":
                size, glyphs = float(operands[1]), _glyphs(page.Resources.Font[str(operands[0])])
            elif str(instruction.operator) == "TJ":
                wanted = [glyphs.get(character) for character in old]
                set_glyphs = b"".join(bytes(part) for part in operands[0] if isinstance(part, pikepdf.String))
                found = None not in wanted and set_glyphs.startswith(b"".join(filter(None, wanted)))
                if found and new in glyphs and (best is None or (largest and size > best[0])):
                    best = (size, page, instructions, number, set_glyphs, glyphs[new])
    assert best is not None, f"{old!r} is not printed"
    _, page, instructions, number, set_glyphs, glyph = best
    run = pikepdf.Array([pikepdf.String(glyph + set_glyphs[2:])])
    instructions[number] = pikepdf.ContentStreamInstruction([run], pikepdf.Operator("TJ"))
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(instructions))


def _glyphs(font: Any) -> dict[str, bytes]:
    pairs = re.findall(r"<([0-9a-f]{4})> <([0-9a-f]{4})>", font.ToUnicode.read_bytes().decode())
    return {bytes.fromhex(text).decode("utf-16-be"): bytes.fromhex(glyph) for glyph, text in pairs}


def test_a_report_as_issued_is_genuine(pdf: bytes, text: bytes, catalogue: Catalogue) -> None:
    made = verify_content(pdf, catalogue)

    assert failures(made) == set()
    assert made.is_genuine
    assert made.digest == digest_of(text)
    assert [check.code for check in made.checks if check.verdict == "open"] == ["record", "seal"]


def test_a_report_from_right_to_left_is_genuine(text: bytes, catalogue: Catalogue, printer: Printer) -> None:
    assert failures(verify_content(printed(text, catalogue, printer, "ar"), catalogue)) == set()


def test_changed_answers_are_noticed(pdf: bytes, text: bytes, catalogue: Catalogue) -> None:
    better = canonical(json.loads(text) | {"as_of": "2026-10-13"})

    made = verify_content(changed(pdf, lambda document: answers_of(document).write(better)), catalogue)

    assert failures(made) == {"printed_digest", "printed_feet"}


def test_answers_that_change_the_score_are_noticed_twice(pdf: bytes, text: bytes, catalogue: Catalogue) -> None:
    raw = json.loads(text)
    raw["answers"]["HRS-FIX-03"] = {"value": "found_open"}

    made = verify_content(changed(pdf, lambda document: answers_of(document).write(canonical(raw))), catalogue)

    assert failures(made) == {"printed_digest", "printed_feet", "printed_score"}


def test_the_same_answers_written_otherwise_are_noticed(pdf: bytes, text: bytes, catalogue: Catalogue) -> None:
    loose = json.dumps(json.loads(text)).encode()

    made = verify_content(changed(pdf, lambda document: answers_of(document).write(loose)), catalogue)

    assert "written" in failures(made)


def test_a_changed_score_on_the_page_is_noticed(pdf: bytes, catalogue: Catalogue) -> None:
    made = verify_content(changed(pdf, lambda document: exchange(document, "57.3", "7", largest=True)), catalogue)

    assert failures(made) == {"printed_score"}


def test_a_changed_digest_on_the_page_is_noticed(pdf: bytes, text: bytes, catalogue: Catalogue) -> None:
    digest = digest_of(text).removeprefix("sha256:")
    other = next(digit for digit in "123456789" if digit != digest[0])

    made = verify_content(changed(pdf, lambda document: exchange(document, digest[:8], other)), catalogue)

    assert failures(made) in ({"printed_digest"}, {"printed_feet"})


def test_a_second_file_of_answers_is_noticed(pdf: bytes, catalogue: Catalogue) -> None:
    def add(document: pikepdf.Pdf) -> None:
        document.attachments["other"] = pikepdf.AttachedFileSpec(document, b"{}", filename="answers.json")

    assert "attachment" in failures(verify_content(changed(pdf, add), catalogue))


def test_a_report_without_answers_is_none(pdf: bytes, catalogue: Catalogue) -> None:
    def strip(document: pikepdf.Pdf) -> None:
        del document.attachments["answers.json"]

    with pytest.raises(Unverifiable, match=r"no answers\.json is attached"):
        verify_content(changed(pdf, strip), catalogue)


@pytest.mark.parametrize("eighth", range(8))
def test_chance_changes_are_noticed(pdf: bytes, catalogue: Catalogue, eighth: int) -> None:
    """One bit in the middle of a packed stream in each part of the file: pages, fonts, answers."""
    streams = [found for found in range(len(pdf)) if pdf.startswith(b">>\nstream\n", found)]
    start = streams[eighth * (len(streams) - 1) // 7] + len(b">>\nstream\n")
    end = pdf.index(b"endstream", start)
    place = (start + end) // 2
    flipped = bytearray(pdf)
    flipped[place] ^= 1

    try:
        made = verify_content(bytes(flipped), catalogue)
    except Unverifiable:
        return
    assert not made.is_genuine


@pytest.mark.parametrize("length", [10, 1000, 50_000])
def test_a_torn_file_cannot_be_read(pdf: bytes, catalogue: Catalogue, length: int) -> None:
    with pytest.raises(Unverifiable):
        verify_content(pdf[:length], catalogue)


def test_a_bundle_with_the_digest_of_its_receipt_is_genuine(text: bytes, catalogue: Catalogue) -> None:
    made = verify_content(text, catalogue, expected=digest_of(text))

    assert made.is_genuine
    assert [check.code for check in made.checks if check.verdict == "holds"] == [
        "written", "questionnaire", "score", "expected",
    ]  # fmt: skip


@pytest.mark.parametrize("tenth", range(10))
def test_one_bit_of_a_bundle_is_noticed_beside_its_receipt(text: bytes, catalogue: Catalogue, tenth: int) -> None:
    flipped = bytearray(text)
    flipped[tenth * (len(text) - 1) // 9] ^= 1

    try:
        made = verify_content(bytes(flipped), catalogue, expected=digest_of(text))
    except Unverifiable:
        return
    assert not made.is_genuine


def test_another_questionnaire_digest_is_noticed(text: bytes, catalogue: Catalogue) -> None:
    raw = json.loads(text) | {"digest": "sha256:" + "0" * 64}

    made = verify_content(canonical(raw), catalogue)

    assert failures(made) == {"questionnaire"}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"format": "submission/1"}', b"%PDF-1.7\n"])
def test_what_is_neither_cannot_be_read(content: bytes, catalogue: Catalogue) -> None:
    with pytest.raises(Unverifiable):
        verify_content(content, catalogue)
