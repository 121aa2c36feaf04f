"""One PDF: tagged, repeatable, complete, and made by a process that can be killed."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.domain.bundle import Bundle, bundle_json
from portal.domain.canonical import canonical, digest_of
from portal.reports import pdf
from portal.reports.files import report_pdf
from portal.reports.parts import AssessmentReport, Logged
from portal.reports.pdf import FONTS, PdfError, PdfTimeout, PdfUnavailable, Printed, Printer
from tests.reports.pages import attachments, opened, page_texts, words

Example = dict[str, Any]
Print = Callable[..., Printed]

#: A worker that says hello, starts a child of its own, and never answers.
HANGING = """
import os, subprocess, sys, time
sys.path.append({reports!r})
from renderer.frames import write_frame
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({pids!r}, "w").write(f"{{os.getpid()}} {{other.pid}}")
write_frame(sys.stdout.buffer, {{"ready": True}})
time.sleep(600)
"""
REPORTS = Path(__file__).parents[2] / "portal" / "reports"


def alive(pid: int) -> bool:
    """Whether the process still runs; one that waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_text_is_what_the_pages_show(thalay_pdf: bytes) -> None:
    pages = page_texts(thalay_pdf)
    text = " ".join(" ".join(pages).split())

    assert "Thalay Net Works Co., Ltd." in pages[0]
    assert "บริษัท ทะเล เน็ต เวิร์คส์ จำกัด" in pages[0]
    assert "Self-assessed, not verified" in pages[0]
    assert "57.3" in pages[2]
    assert "Nine of the twelve workers paid a broker at home." in text
    assert "repayment-plan-2026-08.pdf (120 kB)" in text
    assert "Level 3 claimed; level 2 counts until evidence is attached." in text


def test_every_page_but_the_cover_carries_label_reference_digest_and_number(
    thalay_pdf: bytes, report: Callable[..., AssessmentReport], thalay: Example
) -> None:
    _, *pages = page_texts(thalay_pdf)
    digest = report(thalay).digest

    assert len(pages) >= 10
    for number, page in enumerate(pages, 2):
        assert "Self-assessed, not verified" in page
        assert "DDP-TH-2026-00417" in page
        assert f"{digest[:8]} {digest[8:16]}" in page
        assert f"Page {number} of {len(pages) + 1}" in page


def test_the_document_is_tagged_and_titled(thalay_pdf: bytes) -> None:
    with opened(thalay_pdf) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "en"
        assert root.ViewerPreferences.DisplayDocTitle
        assert "/StructTreeRoot" in root
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert str(metadata["dc:title"]).startswith("Thalay Net Works Co., Ltd.: self-assessment report")
        figures = [item for item in document.objects if _is_figure(item)]
        assert figures
        assert all("/Alt" in figure for figure in figures)
        assert [entry.title for entry in document.open_outline().root][1:4] == [
            "About this report",
            "Summary",
            "Profile by section and by stage",
        ]


def _is_figure(item: Any) -> bool:
    return hasattr(item, "keys") and "/S" in item and str(item["/S"]) == "/Figure"


def test_every_font_is_embedded(thalay_pdf: bytes) -> None:
    with opened(thalay_pdf) as document:
        fonts = [item for item in document.objects if hasattr(item, "keys") and "/FontFamily" in item]
        assert fonts
        assert all(any(f"/FontFile{kind}" in font for kind in ("", "2", "3")) for font in fonts)


def test_the_answers_are_attached_as_the_digest_was_taken_of_them(
    thalay_pdf: bytes,
    read: Callable[[Example], Bundle],
    report: Callable[..., AssessmentReport],
    thalay: Example,
) -> None:
    answers = canonical(bundle_json(read(thalay)))

    assert attachments(thalay_pdf) == {"answers.json": answers}
    assert digest_of(answers) == f"sha256:{report(thalay).digest}"
    with opened(thalay_pdf) as document:
        specifications = [i for i in document.objects if hasattr(i, "keys") and str(i.get("/Type")) == "/Filespec"]
        assert [str(one["/AFRelationship"]) for one in specifications] == ["/Data"]
        assert len(document.Root.AF) == 1


def test_two_processes_print_the_same_bytes(
    thalay_pdf: bytes,
    printer: Printer,
    read: Callable[[Example], Bundle],
    report: Callable[..., AssessmentReport],
    thalay: Example,
) -> None:
    built, bundle = report(thalay), read(thalay)

    again = report_pdf(printer, built, bundle)
    with Printer() as other:
        elsewhere = report_pdf(other, built, bundle)

    assert thalay_pdf == again.pdf == elsewhere.pdf
    assert again.notices == ()


def test_a_report_of_the_portal_names_its_entry_and_the_signed_checkpoint(printed: Print, thalay: Example) -> None:
    note = f"portal.example/log\n1234\n{'Root' * 11}\n\n— portal.example/log {'Sign' * 23}\n"
    first, second = (printed(thalay, logged=Logged(1200, note)) for _ in range(2))

    told = words(first.pdf)
    assert first.pdf == second.pdf
    assert "Entry 1200, under this signed checkpoint" in told
    assert all(line.replace(" ", "") in told.replace(" ", "") for line in note.split("\n"))


def test_a_missing_glyph_is_noticed_and_owned_up_to(printed: Print, thalay: Example) -> None:
    thalay["answers"]["HRS-COM-01"]["comment"] = "We promised 𓀀 in writing."

    result = printed(thalay)

    assert result.missing_glyphs
    assert "Some characters in this report could not be printed" in words(result.pdf)


def test_a_hanging_worker_is_killed_with_all_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = HANGING.format(reports=str(REPORTS), pids=str(pids))
    began = time.monotonic()

    with Printer(patience=2, command=(sys.executable, "-c", script)) as printer:
        with pytest.raises(PdfTimeout):
            printer.print("<p>never</p>", identifier="x")
        waited = time.monotonic() - began
        started = [int(pid) for pid in pids.read_text().split()]
        for _ in range(100):
            if not any(alive(pid) for pid in started):
                break
            time.sleep(0.02)

    assert waited < 5
    assert len(started) == 2
    assert not any(alive(pid) for pid in started)


def test_a_worker_that_died_is_replaced(printer: Printer) -> None:
    printer.print("<html lang='en'><p>one</p>", identifier="x")
    worker = printer._worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()

    assert printer.print("<html lang='en'><p>two</p>", identifier="x").pdf.startswith(b"%PDF")


def test_a_machine_without_the_engine_says_what_to_install() -> None:
    broken = f"import sys; sys.path.append({str(REPORTS)!r}); sys.modules['weasyprint'] = None; " + (
        "import runpy; runpy.run_module('renderer', run_name='__main__')"
    )

    with Printer(command=(sys.executable, "-I", "-c", broken)) as printer, pytest.raises(PdfUnavailable, match="pango"):
        printer.print("<p>one</p>", identifier="x")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x.png", "file:///etc/passwd", "https://example.org/x", "data:image/png;base64,AA=="]
)
def test_our_own_markup_may_not_fetch_anything_either(printer: Printer, address: str) -> None:
    with pytest.raises(PdfError, match="may not fetch"):
        printer.print(f'<html lang="en"><img alt="x" src="{address}">', identifier="x")


def test_the_worker_knows_nothing_of_this_process(printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    printer.print("<html lang='en'><p>one</p>", identifier="x")
    worker = printer._worker
    assert worker is not None

    environment = Path(f"/proc/{worker.pid}/environ").read_bytes().split(b"\0")
    limits = Path(f"/proc/{worker.pid}/limits").read_text()

    assert {entry.split(b"=")[0] for entry in environment if entry} == {b"FONTCONFIG_FILE", b"HOME", b"LC_ALL"}
    assert os.getpgid(worker.pid) == worker.pid
    assert str(1024**3) in next(line for line in limits.splitlines() if line.startswith("Max address space"))


def test_only_our_fonts_are_used(printer: Printer) -> None:
    configuration = (Path(printer._home.name) / "fonts.conf").read_text()

    assert configuration.count("<dir>") == 1
    assert str(FONTS) in configuration


def test_a_worker_is_replaced_after_its_share_of_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "REPORTS_PER_WORKER", 2)
    with Printer() as printer:
        printer.warm()
        first = printer._worker
        for _ in range(3):
            printer.print("<html lang='en'><p>one</p>", identifier="x")

        assert first is not None
        assert printer._worker is not first
        assert not alive(first.pid)


def test_a_worker_out_of_processor_time_is_told_from_a_crash() -> None:
    spends = f"""
import os, resource, signal, sys
sys.path.append({str(REPORTS)!r})
from renderer.frames import read_frame, write_frame
write_frame(sys.stdout.buffer, {{"ready": True}})
read_frame(sys.stdin.buffer)
os.kill(os.getpid(), signal.SIGXCPU)
"""

    with Printer(command=(sys.executable, "-c", spends)) as printer, pytest.raises(PdfTimeout, match="processor"):
        printer.print("<p>one</p>", identifier="x")
