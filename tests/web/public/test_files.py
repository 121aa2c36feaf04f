"""A version to take away: made once, kept by what is in it, and never made in the web process."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.questionnaire import Catalogue
from portal.jobs.blanks import print_wanted
from portal.reports.pdf import PdfError, PdfUnavailable, Printed
from portal.services.library.editions import FOLDER
from portal.settings import Settings
from portal.storage.shelf import Shelf

SHORT = "/questionnaires/hrdd-short/2026.1"
PDF = f"{SHORT}.pdf"


class PaperPrinter:
    """Stands for the renderer."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.printed: list[str] = []

    def print(self, html: str, *, identifier: str, stylesheets: Sequence[Path]) -> Printed:
        self.printed.append(html)
        if self.failure:
            raise self.failure
        return Printed(b"%PDF-" + identifier.encode(), seconds=0.0, processor=0.0)


@pytest.fixture
def shelf(settings: Settings) -> Shelf:
    """Tests share one cache; what others made is not ours."""
    shutil.rmtree(settings.var / FOLDER, ignore_errors=True)
    return Shelf(settings.var / FOLDER)


def work(settings: Settings, catalogue: Catalogue, printer: PaperPrinter) -> int:
    return print_wanted(settings, catalogue, lambda: printer)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("kind", ["xlsx", "xlsform.xlsx"])
def test_workbook_and_form_are_workbooks_under_a_name_of_their_own(client: FlaskClient, kind: str) -> None:
    response = client.get(f"{SHORT}.{kind}")

    assert response.status_code == 200
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(response.data)).namelist()
    assert response.headers["Content-Disposition"] == f"attachment; filename=hrdd-short-2026.1.{kind}"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "public, max-age=300"


def test_the_profile_has_a_form_too(client: FlaskClient) -> None:
    assert client.get("/questionnaires/profile/2026.1.xlsform.xlsx").status_code == 200


@pytest.mark.parametrize("kind", ["json", "xlsx", "xlsform.xlsx"])
def test_who_holds_the_file_is_told_so(client: FlaskClient, kind: str) -> None:
    first = client.get(f"{SHORT}.{kind}")

    again = client.get(f"{SHORT}.{kind}", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("kind", ["json", "pdf", "xlsx", "xlsform.xlsx"])
@pytest.mark.parametrize("version", ["hrdd-short/2026.2", "none/2026.1", "..%2fhrdd-short/2026.1"])
def test_an_unknown_version_is_not_found(client: FlaskClient, version: str, kind: str) -> None:
    assert client.get(f"/questionnaires/{version}.{kind}").status_code == 404


def test_a_pdf_is_asked_for_once_and_waited_for(
    client: FlaskClient, shelf: Shelf, settings: Settings, catalogue: Catalogue
) -> None:
    printer = PaperPrinter()

    answers = [client.get(PDF) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert answers[0].headers["Refresh"] == "5"
    assert answers[0].headers["Cache-Control"] == "no-store"
    assert len(shelf.wanted()) == 1
    assert work(settings, catalogue, printer) == 1
    assert work(settings, catalogue, printer) == 0
    assert len(printer.printed) == 1


def test_the_finished_pdf_is_sent_to_everybody(
    client: FlaskClient, shelf: Shelf, settings: Settings, catalogue: Catalogue
) -> None:
    client.get(PDF)
    work(settings, catalogue, PaperPrinter())

    response = client.get(PDF)

    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    assert response.data.startswith(b"%PDF-")
    assert response.headers["Content-Disposition"] == "attachment; filename=hrdd-short-2026.1.pdf"
    assert client.get(PDF, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_each_language_is_a_file_of_its_own(client: FlaskClient, shelf: Shelf) -> None:
    for language in ("en", "ar", "xx", "../../x"):
        client.get(PDF, query_string={"language": language})

    assert sorted(name.split(".")[2] for name in shelf.wanted()) == ["ar", "en"]


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (PdfUnavailable("no pango"), "a part it needs is missing"),
        (PdfError("no"), "Something went wrong"),
        (RuntimeError("no"), "Something went wrong"),
    ],
)
def test_what_cannot_be_made_is_said_and_not_tried_at_every_visit(
    client: FlaskClient, shelf: Shelf, settings: Settings, catalogue: Catalogue, failure: Exception, words: str
) -> None:
    client.get(PDF)
    work(settings, catalogue, PaperPrinter(failure))

    response = client.get(PDF)

    assert response.status_code == 503
    assert words in response.text
    assert shelf.wanted() == []


def test_a_wish_of_an_older_version_is_put_aside(shelf: Shelf, settings: Settings, catalogue: Catalogue) -> None:
    shelf.ask("hrdd-short@2026.1.en.000000000000000000000000.pdf")
    printer = PaperPrinter()

    work(settings, catalogue, printer)

    assert (printer.printed, shelf.wanted()) == ([], [])


def test_a_worker_that_is_to_stop_begins_no_other(shelf: Shelf, settings: Settings, catalogue: Catalogue) -> None:
    shelf.ask("a@1.en.0.pdf")

    assert print_wanted(settings, catalogue, lambda: None, stopping=lambda: True) == 0  # type: ignore[arg-type,return-value]
    assert shelf.wanted() == ["a@1.en.0.pdf"]


def test_the_page_leads_to_every_form_of_the_version(app: Flask, client: FlaskClient) -> None:
    page = client.get(SHORT).text

    for kind in ("pdf", "xlsx", "xlsform.xlsx", "json"):
        assert f'href="{SHORT}.{kind}"' in page
