"""The receipt of a submission on one page: what was signed, when and by whom, who may read it, where the log has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.canonical import digest_of
from portal.reports.markup import render
from portal.reports.parts import Logged
from portal.reports.pdf import Printed, Printer


@dataclass(frozen=True, slots=True)
class Sharing:
    government: str
    with_evidence: bool
    #: The last day it may be read; none for no end.
    until: date | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Names of people and bodies arrive filtered for print (`portal.reports.text`)."""

    reference: str
    version: int
    company: str
    questionnaire: str
    #: Hexadecimal digits alone.
    digest: str
    submitted_at: datetime
    signed_name: str
    signed_position: str
    joins_aggregates: bool
    shares: Sequence[Sharing]
    #: The page of the portal that holds the receipt, and the one that checks reports.
    address: str
    verify: str
    portal: str
    withdrawn_at: datetime | None = None
    logged: Logged | None = None


def receipt_pdf(printer: Printer, receipt: Receipt, *, language: str = "en") -> Printed:
    """Return the PDF. Raises UnknownLanguage and PdfError."""
    html = render("reports/receipt.html", language, receipt=receipt)
    return printer.print(html, identifier=digest_of(html.encode()))
