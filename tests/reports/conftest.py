"""One catalogue, one warm printer and one example for all report tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.catalogue import load_catalogue
from portal.domain.bundle import Bundle, read_bundle
from portal.domain.questionnaire import Catalogue
from portal.domain.scoring import score_bundle
from portal.reports.content import report_of
from portal.reports.files import report_pdf
from portal.reports.parts import AssessmentReport
from portal.reports.pdf import Printed, Printer

ROOT = Path(__file__).parents[2]
EXAMPLE = Path(__file__).parent / "thalay.json"
VERIFY = "https://portal.example/verify"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "questionnaires")


@pytest.fixture(scope="session")
def printer() -> Iterator[Printer]:
    with Printer(patience=120) as printer:  # other tests may be using the machine
        yield printer


@pytest.fixture
def thalay() -> dict[str, Any]:
    """The short form of a small net factory: example E17 of the scoring method."""
    example: dict[str, Any] = json.loads(EXAMPLE.read_text())
    return example


@pytest.fixture(scope="session")
def thalay_pdf(printer: Printer, catalogue: Catalogue) -> bytes:
    """The report of that example, printed once for all tests that only read it."""
    bundle = read_bundle(EXAMPLE.read_bytes(), catalogue)
    questionnaire = catalogue.questionnaires[bundle.questionnaire]
    built = report_of(bundle, score_bundle(bundle, catalogue), questionnaire, catalogue, verify=VERIFY)
    return report_pdf(printer, built, bundle).pdf


@pytest.fixture
def read(catalogue: Catalogue) -> Callable[[dict[str, Any]], Bundle]:
    return lambda content: read_bundle(json.dumps(content), catalogue)


@pytest.fixture
def report(catalogue: Catalogue, read: Callable[[dict[str, Any]], Bundle]) -> Callable[..., AssessmentReport]:
    def build(content: dict[str, Any], **keywords: Any) -> AssessmentReport:
        bundle = read(content)
        questionnaire = catalogue.questionnaires[bundle.questionnaire]
        keywords = {"verify": VERIFY, **keywords}
        return report_of(bundle, score_bundle(bundle, catalogue), questionnaire, catalogue, **keywords)

    return build


@pytest.fixture
def printed(
    printer: Printer, read: Callable[[dict[str, Any]], Bundle], report: Callable[..., AssessmentReport]
) -> Callable[..., Printed]:
    def build(content: dict[str, Any], language: str = "en", **keywords: Any) -> Printed:
        return report_pdf(printer, report(content, **keywords), read(content), language=language)

    return build
