"""Our own questionnaires as forms, and small forms of others written down as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook

from portal.catalogue import load_catalogue, load_version
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire
from portal.xlsform import ImportedForm, Remark, import_form

FOLDER = Path(__file__).parents[2] / "questionnaires"
README = "trial@2026.1"


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """All versions, and the example of the authors' guide, which has all seven types."""
    found = load_catalogue(FOLDER)
    example = example_of_the_guide(found)
    return replace(found, questionnaires={**found.questionnaires, example.reference: example})


def example_of_the_guide(found: Catalogue) -> Questionnaire:
    blocks = re.findall(r"```yaml\n(.*?)```", (FOLDER / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    main, *section, _cases = blocks
    with TemporaryDirectory() as parent:
        folder = Path(parent) / "trial" / "2026.1"
        folder.mkdir(parents=True)
        (folder / "questionnaire.yaml").write_text(main, encoding="utf-8")
        (folder / "everything.yaml").write_text("".join(section), encoding="utf-8")
        version = load_version(folder, found)
    assert isinstance(version, Questionnaire)
    return version


def references() -> list[str]:
    return sorted({*catalogue().questionnaires, *catalogue().profiles})


def version(reference: str) -> Questionnaire | Profile:
    known = catalogue()
    return known.questionnaires.get(reference) or known.profiles[reference]


def profile() -> Profile:
    return catalogue().profiles["profile@2026.1"]


def load(files: dict[str, str], slug: str, version: str = "2026.1") -> Questionnaire:
    """Read files as the portal does. Raises InvalidCatalogue."""
    with TemporaryDirectory() as parent:
        folder = Path(parent) / slug / version
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        found = load_version(folder, catalogue())
    assert isinstance(found, Questionnaire)
    return found


def workbook(**sheets: Sequence[Sequence[object]]) -> bytes:
    """A workbook with these sheets, row by row."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("__", " "))
        for row in rows:
            sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def table(text: str) -> list[list[str]]:
    """Rows written as `| a | b |` lines."""
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.strip().splitlines()]


CHOICES = table("""
| list_name | name | label |
| yn | yes | Yes |
| yn | no | No |
| pay | bank | By bank |
| pay | cash | In cash |
""")


def read(
    survey: str, choices: Sequence[Sequence[object]] = CHOICES, **sheets: Sequence[Sequence[object]]
) -> ImportedForm:
    return read_book(workbook(survey=table(survey), choices=choices, **sheets))


def read_book(content: bytes) -> ImportedForm:
    return import_form(content, id="NEW", slug="new", version="2026.1", profile=profile())


def said(form: ImportedForm) -> list[str]:
    return [str(remark) for remark in form.remarks]


def about(form: ImportedForm, row: int, column: str = "") -> list[Remark]:
    return [remark for remark in form.remarks if remark.row == row and remark.column == column]
