"""A questionnaire without answers as a PDF, to read, to pass round and to fill in by hand."""

from __future__ import annotations

from pathlib import Path

from portal.domain.canonical import digest_of
from portal.domain.incidents import INCIDENTS
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.reports.markup import render
from portal.reports.pdf import STYLESHEET, Printed, Printer
from portal.services.questionnaires import for_whom, references_of

SHEET = STYLESHEET.parent / "blank.css"
STYLESHEETS: tuple[Path, ...] = (STYLESHEET, SHEET)
#: A table with more columns than this cannot be filled in by hand on paper; it is described instead.
COLUMNS = 6


def blank_html(
    questionnaire: Questionnaire, catalogue: Catalogue, *, language: str = "en", portal: str = "", address: str = ""
) -> str:
    """Return the whole document; `portal` is the name of the installation, `address` where the page stands.

    Raises UnknownLanguage.
    """
    return render(
        "reports/blank/questionnaire.html",
        language,
        questionnaire=questionnaire,
        digest=questionnaire.digest.removeprefix("sha256:"),
        published=questionnaire.reference in catalogue.published,
        for_whom=for_whom(catalogue, questionnaire),
        rules=catalogue.profiles[questionnaire.profile].rule_labels,
        references=references_of(catalogue, questionnaire),
        incidents=INCIDENTS,
        portal=portal,
        address=address,
        most_columns=COLUMNS,
    )


def blank_pdf(
    printer: Printer,
    questionnaire: Questionnaire,
    catalogue: Catalogue,
    *,
    language: str = "en",
    portal: str = "",
    address: str = "",
) -> Printed:
    """Return the PDF: the same bytes for the same version, language and installation. Raises PdfError."""
    html = blank_html(questionnaire, catalogue, language=language, portal=portal, address=address)
    return printer.print(html, identifier=digest_of(html.encode()), stylesheets=STYLESHEETS)
