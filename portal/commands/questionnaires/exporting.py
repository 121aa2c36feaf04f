"""`flask questionnaires export`: a version as a file for other programs, for paper and for translators."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click
from babel import Locale, UnknownLocaleError

from portal.catalogue import definition
from portal.catalogue.faults import shown
from portal.catalogue.translations import FOLDER, po_file, version_folder
from portal.catalogue.yaml_nodes import Unreadable
from portal.commands.questionnaires.group import find_version, installed, installed_folder, questionnaires, stop
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire
from portal.domain.wording import SOURCE
from portal.reports.blank import blank_pdf
from portal.reports.pdf import PdfError, Printer
from portal.settings import read_settings
from portal.spreadsheets import blank_workbook
from portal.xlsform.export import xlsform_workbook

TAG = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?")
FORMATS = ("json", "xlsx", "xlsform", "pdf", "po")
Version = Questionnaire | Profile


@questionnaires.command("export")
@click.argument("reference")
@click.option("--format", "kind", type=click.Choice(FORMATS), required=True)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--language", default="", help="For po: the language to translate into, such as th.")
def export(reference: str, kind: str, out: Path | None, language: str) -> None:
    """Write REFERENCE as a file.

    json: the whole definition. xlsx: a workbook to collect answers. xlsform: a form for ODK and Kobo. pdf: to print.
    po: texts for a translator; made or brought up to date among the translations of the version, unless -o is given.
    """
    catalogue = installed()
    version = find_version(reference, catalogue)
    if kind == "po":
        _export_po(version, out, language)
        return
    if out is None:
        stop(f"where to? -o {version.slug}-{version.version}.{'xlsx' if kind == 'xlsform' else kind}", 2)
    _write(out, MAKERS[kind](version, catalogue))
    click.echo(f"{out}: {reference}")


def _export_po(version: Version, out: Path | None, language: str) -> None:
    if not TAG.fullmatch(language) or language == SOURCE or not _is_language(language):
        stop(f"which language? --language takes a tag such as th or ar, not {language!r}", 2)
    folder = version_folder(installed_folder(), version)
    target = out or folder / FOLDER / f"{language}.po"
    try:
        content, counted = po_file(version, folder, language, at=datetime.now(UTC))
    except Unreadable as error:
        stop(f"{shown(folder / FOLDER / f'{language}.po')}:{error.line}: {error.what}", 1)
    _write(target, content)
    click.echo(f"{shown(target)}: {counted}")


def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _json(version: Version, catalogue: Catalogue) -> bytes:
    return (json.dumps(definition(version, catalogue), indent=2, ensure_ascii=False) + "\n").encode()


def _xlsx(version: Version, catalogue: Catalogue) -> bytes:
    return blank_workbook(_questionnaire(version), catalogue)


def _pdf(version: Version, catalogue: Catalogue) -> bytes:
    settings = read_settings()
    try:
        with Printer() as printer:
            return blank_pdf(printer, _questionnaire(version), catalogue, portal=settings.name).pdf
    except PdfError as error:
        stop(f"the PDF cannot be made: {error}", 1)


def _questionnaire(version: Version) -> Questionnaire:
    if isinstance(version, Profile):
        stop(f"{version.reference} is a profile; export it as json, xlsform or po", 2)
    return version


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(target)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        stop(f"{target}: {error.strerror}", 2)


MAKERS: Mapping[str, Callable[[Version, Catalogue], bytes]] = {
    "json": _json,
    "xlsx": _xlsx,
    "xlsform": xlsform_workbook,
    "pdf": _pdf,
}
