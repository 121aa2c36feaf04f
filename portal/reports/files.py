"""The report of a submission as one file: the same bundle gives the same bytes, on every machine."""

from __future__ import annotations

from datetime import UTC, datetime, time

from portal.domain.bundle import Bundle, bundle_json
from portal.domain.canonical import canonical, digest_of
from portal.reports.markup import report_html
from portal.reports.parts import AssessmentReport
from portal.reports.pdf import Attachment, Printed, Printer

ANSWERS = "answers.json"


def report_pdf(printer: Printer, report: AssessmentReport, bundle: Bundle, *, language: str = "en") -> Printed:
    """Return the PDF with the canonical bundle attached, byte for byte what the digest on its pages stands for.

    Where a character cannot be printed, the report says so on its first pages: an empty box must not pass for what the
    company wrote. Raises UnknownLanguage and PdfError.
    """
    answers = canonical(bundle_json(bundle))
    attached = Attachment(
        ANSWERS,
        "The frozen answers, as the digest in this report was taken of them",
        answers,
        datetime.combine(bundle.as_of, time(), tzinfo=UTC),
    )
    identifier = digest_of(answers + language.encode())
    printed = printer.print(report_html(report, language=language), identifier=identifier, attachments=[attached])
    if not printed.missing_glyphs:
        return printed
    told = report_html(report, language=language, incomplete=True)
    return printer.print(told, identifier=identifier, attachments=[attached])
