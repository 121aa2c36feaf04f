"""The report a government gets, of a submission or of a draft as it would be: one way to make both."""

from __future__ import annotations

from dataclasses import replace

from portal.domain.bundle import Bundle
from portal.domain.questionnaire import Catalogue
from portal.domain.scoring import score_bundle
from portal.reports.content import report_of
from portal.reports.files import report_pdf
from portal.reports.parts import Logged
from portal.reports.pdf import Printed, Printer


def official_pdf(
    printer: Printer,
    bundle: Bundle,
    catalogue: Catalogue,
    *,
    address: str,
    fictional: bool,
    logged: Logged | None = None,
    language: str = "en",
) -> Printed:
    """Return the report; `address` is where the portal stands. Raises ReportTooLong and PdfError."""
    report = report_of(
        bundle,
        score_bundle(bundle, catalogue),
        catalogue.questionnaires[bundle.questionnaire],
        catalogue,
        verify=f"{address.rstrip('/')}/verify",
        fictional=fictional,
        logged=logged,
    )
    return report_pdf(printer, report, bundle, language=language)


def unsigned(bundle: Bundle) -> Bundle:
    """The draft without what only signing gives it: reference, signature, its moment, and to whom it goes."""
    return replace(bundle, reference=None, signed=None, submitted_at=None, shared_with=(), joins_aggregates=None)
