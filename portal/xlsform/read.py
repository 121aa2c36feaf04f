"""Somebody's XLSForm as a draft questionnaire of ours, with a remark for everything that did not come over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from portal.catalogue.questionnaire_reader import QUESTIONNAIRE_ID, SLUG, VERSION
from portal.domain.questionnaire import Profile
from portal.spreadsheets.intake import RefusedWorkbook, Sheet, take_in
from portal.xlsform import notation
from portal.xlsform.drafts import Drafting, Names
from portal.xlsform.leftovers import leftover_columns, leftover_lists, leftover_sheets
from portal.xlsform.lists import read_lists
from portal.xlsform.remarks import RefusedForm, Remark
from portal.xlsform.sheets import Table, has_column, other_languages, read_table
from portal.xlsform.survey import Survey

SURVEY, CHOICES, SETTINGS = "survey", ("choices", "choices and columns", "columns"), "settings"
MOST_REMARKS = 2000
HEAD = "Read from an XLSForm. What is empty and says “decide” is for an author: the check refuses it until then."
REASONS = {
    "type": "is not an .xlsx workbook",
    "old_format": "is in an old or other format; save it as .xlsx",
    "empty": "is empty",
    "too_big": "is larger than 8 MB",
    "not_a_workbook": "is not an .xlsx workbook",
    "damaged": "is damaged",
    "encrypted": "is locked with a password",
    "macros": "holds macros or embedded objects; save it without them",
    "external": "links to other files; save it without them",
    "declarations": "holds declarations that no workbook needs",
    "too_complex": "is too large or too complex",
}


@dataclass(frozen=True, slots=True)
class ImportedForm:
    """`files`: name -> text, all of one folder; `remarks` in the order of sheets and rows."""

    files: dict[str, str]
    remarks: list[Remark]


def import_form(content: bytes, *, id: str, slug: str, version: str, profile: Profile) -> ImportedForm:
    """Return the form as files of a questionnaire version. Raises RefusedForm, with the place at fault."""
    for pattern, given, what in (
        (QUESTIONNAIRE_ID, id, "three capital letters"),
        (SLUG, slug, "lower-case words joined by -"),
        (VERSION, version, "a year and a number, such as 2026.1"),
    ):
        if not pattern.fullmatch(given):
            raise RefusedForm(f"{given[:60]!r} must be {what}")
    return form_in(sheets_of(content), Names(id, slug, version, profile))


def form_in(sheets: Sequence[Sheet], names: Names) -> ImportedForm:
    """Return the form in these sheets. Raises RefusedForm."""
    remarks: list[Remark] = []
    settings = _settings(sheets)
    language = settings.lines[0].get("default_language") if settings and settings.lines else ""
    survey = _survey(sheets, language)
    choices = _table(sheets, CHOICES, "list_name", language)
    lists = read_lists(choices, remarks)
    walked = Survey(remarks)
    walked.walk(survey.lines)
    drafting = Drafting(names, lists, remarks)
    main, sections = drafting.questionnaire(walked, settings)
    tables = [table for table in (survey, choices, settings) if table]
    for table in tables:
        remarks += [*table.remarks, *other_languages(table, language), *leftover_columns(table)]
    remarks += [*leftover_lists(survey, choices, lists), *leftover_sheets(sheets, {table.name for table in tables})]
    files = {f"{name}.yaml": notation.written(section) for name, section in sections.items()}
    return ImportedForm({"questionnaire.yaml": notation.written(main, HEAD), **files}, _listed(remarks, tables))


def sheets_of(content: bytes) -> tuple[Sheet, ...]:
    """Return the sheets, read in a process of their own. Raises RefusedForm."""
    if content and _is_text(content):
        raise RefusedForm("is text, not a workbook; open it in a spreadsheet program and save it as .xlsx")
    with NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        try:
            return take_in(Path(file.name), "form.xlsx")
        except RefusedWorkbook as refused:
            reason = REASONS.get(refused.code, refused.code)
            raise RefusedForm(f"{reason} ({_printable(refused.place)})" if refused.place else reason) from None


def _is_text(content: bytes) -> bool:
    try:
        text = content[:4096].decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return all(char.isprintable() or char in "\t\r\n" for char in text)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:100]


def _find(sheets: Iterable[Sheet], names: Sequence[str]) -> Sheet | None:
    by_name: dict[str, Sheet] = {}
    for sheet in sheets:
        by_name.setdefault(re.sub(r"\s+", " ", sheet.name).strip().lower(), sheet)
    return next((by_name[name] for name in names if name in by_name), None)


def _survey(sheets: Sequence[Sheet], language: str) -> Table:
    # A workbook of one sheet leaves no doubt which one is meant.
    sheet = _find(sheets, (SURVEY,)) or (sheets[0] if len(sheets) == 1 else None)
    if sheet is None:
        names = ", ".join(repr(_printable(item.name)) for item in sheets[:8])
        raise RefusedForm(f"has no sheet named survey; its sheets are {names}")
    table = read_table(sheet, "type", language)
    if not has_column(table, "type"):
        raise RefusedForm("has no column named type in its first rows", sheet.name, 1)
    if not table.lines:
        raise RefusedForm("has no rows under its headings", sheet.name, 1)
    return table


def _settings(sheets: Sequence[Sheet]) -> Table | None:
    sheet = _find(sheets, (SETTINGS,))
    if sheet is None:
        return None
    first = read_table(sheet, "form_title")
    return first if first.lines else read_table(sheet, "form_id")


def _table(sheets: Sequence[Sheet], names: Sequence[str], wanted: str, language: str) -> Table | None:
    sheet = _find(sheets, names)
    return read_table(sheet, wanted, language) if sheet else None


def _listed(remarks: Sequence[Remark], tables: Sequence[Table]) -> list[Remark]:
    """Each remark once, in the order of sheets and rows; of very many the first."""
    order = {table.name: place for place, table in enumerate(tables)}
    listed = sorted(dict.fromkeys(remarks), key=lambda remark: (order.get(remark.sheet, len(order)), remark.row))
    if len(listed) > MOST_REMARKS:
        more = Remark("file", 0, "", f"{len(listed) - MOST_REMARKS} more remarks are not listed")
        listed = [*listed[:MOST_REMARKS], more]
    return listed
