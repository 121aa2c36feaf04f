"""A warm tagged report through our renderer, against the bare untagged WeasyPrint rendering of the same HTML."""

from __future__ import annotations

import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path

from portal.catalogue import load_catalogue
from portal.domain.bundle import read_bundle
from portal.domain.scoring import score_bundle
from portal.reports.content import report_of
from portal.reports.markup import report_html
from portal.reports.pdf import Attachment, Printer

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "tests" / "reports" / "thalay.json"
#: Ours may take at most so many times the floor.
LIMIT = 1.2
ROUNDS = 7
IDENTIFIER = "sha256:bench"
BARE = f"""
import runpy, sys
sys.path.insert(0, {str(ROOT)!r})
runpy.run_module("bench.bare_renderer", run_name="__main__")
"""


def main(rounds: int = ROUNDS) -> int:
    """Print ratio and limit; return 1 when the ratio is over the limit."""
    html = example_html()
    attachment = Attachment("answers.json", "The answers", EXAMPLE.read_bytes(), datetime(2026, 10, 14, tzinfo=UTC))
    with Printer(patience=120) as ours, Printer(patience=120, command=(sys.executable, "-c", BARE)) as bare:
        pairs = [
            (ours.print(html, identifier=IDENTIFIER, attachments=[attachment]), bare.print(html, identifier=IDENTIFIER))
            for _ in range(rounds + 1)
        ][1:]  # the first round warms both up
    # Processor time, because other work on the machine would blur the clock; both are printed.
    ratio = statistics.median(mine.processor / floor.processor for mine, floor in pairs)
    clock = statistics.median(mine.seconds / floor.seconds for mine, floor in pairs)
    tagged, untagged = (statistics.median(printed.seconds for printed in column) for column in zip(*pairs, strict=True))
    print(
        f"report: {tagged:.2f} s tagged, {untagged:.2f} s bare, ratio {ratio:.2f} of processor time, "
        f"{clock:.2f} by the clock (limit {LIMIT}, goal 1.0)"
    )
    print(f"report: {len(pairs[0][0].pdf):,} bytes tagged with attachment, {len(pairs[0][1].pdf):,} bytes bare")
    return int(ratio > LIMIT)


def example_html() -> str:
    catalogue = load_catalogue(ROOT / "questionnaires")
    bundle = read_bundle(EXAMPLE.read_bytes(), catalogue)
    questionnaire = catalogue.questionnaires[bundle.questionnaire]
    report = report_of(
        bundle, score_bundle(bundle, catalogue), questionnaire, catalogue, verify="https://portal.example/verify"
    )
    return report_html(report)


if __name__ == "__main__":
    raise SystemExit(main())
