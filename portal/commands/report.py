"""`flask report`: the report PDF of a submission bundle, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from portal.catalogue import InvalidCatalogue, load_catalogue
from portal.domain.bundle import InvalidBundle, read_bundle
from portal.domain.questionnaire import Catalogue
from portal.domain.scoring import score_bundle
from portal.messages import UnknownLanguage
from portal.reports.content import ReportTooLong, report_of
from portal.reports.files import report_pdf
from portal.reports.markup import locale_of
from portal.reports.pdf import PdfError, Printer

QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"


@click.command("report")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False), help="The PDF to write.")
@click.option("--language", default="en", show_default=True, help="Language tag of the report's own words.")
@click.option("--verify", default="", help="Address of the page that checks reports; printed with a QR code.")
def report(file: str, output: str, language: str, verify: str) -> None:
    """Write the report PDF of the submission bundle in FILE.

    Exit code 0, or 2 with one line that says what is wrong.
    """
    if not Path(output).parent.is_dir():
        _stop(f"{output}: there is no such folder to write to")
    try:
        locale_of(language)
        pdf = _pdf(_content(file), _catalogue(), language, verify)
        Path(output).write_bytes(pdf)
    except (InvalidBundle, ReportTooLong, UnknownLanguage, PdfError) as error:
        _stop(str(error))
    except OSError as error:
        _stop(f"{output}: {error.strerror or error}")


def _pdf(content: bytes, catalogue: Catalogue, language: str, verify: str) -> bytes:
    bundle = read_bundle(content, catalogue)
    scorecard = score_bundle(bundle, catalogue)
    questionnaire = catalogue.questionnaires[bundle.questionnaire]
    said = report_of(bundle, scorecard, questionnaire, catalogue, verify=verify)
    with Printer() as printer:
        printed = report_pdf(printer, said, bundle, language=language)
    if printed.missing_glyphs:
        click.echo("some characters could not be printed; the report says so", err=True)
    return printed.pdf


def _content(file: str) -> bytes:
    try:
        with click.open_file(file, "rb") as stream:
            content: bytes = stream.read()
    except OSError as error:
        _stop(f"{file}: {error.strerror or error}")
    return content


def _catalogue() -> Catalogue:
    try:
        return load_catalogue(QUESTIONNAIRES)
    except InvalidCatalogue as error:
        _stop(f"questionnaires: {str(error).splitlines()[0]}")


def _stop(message: str) -> NoReturn:
    click.echo(" ".join(message.split()), err=True)
    raise SystemExit(2)
