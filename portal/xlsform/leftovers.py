"""What stands in a form beside the questions and does not come over, said once for each column, list and sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from portal.spreadsheets.intake import Sheet
from portal.xlsform.kinds import kind_of
from portal.xlsform.layout import PREFIX
from portal.xlsform.remarks import Remark
from portal.xlsform.sheets import IN_LANGUAGES, Line, Table, rows_shown

#: Columns that are read, or of which each row is spoken where it matters.
READ = {
    "type", "name", "label", "hint", "guidance_hint", "relevant", "constraint", "calculation", "constraint_message",
    "list_name", "parameters", "disabled", "form_title", "form_id", "version", "default_language", "required",
}  # fmt: skip
WHY = {
    "appearance": "how a question looks is not carried",
    "required_message": "nothing is required of a draft; not carried",
    "default": "answers given beforehand are not carried",
    "choice_filter": "all choices are shown; the filter is not carried",
    "repeat_count": "a table takes as many rows as people fill in; not carried",
    "read_only": "not carried",
    "trigger": "not carried",
    "image": "pictures are not carried",
    "audio": "sounds are not carried",
    "video": "films are not carried",
    "save_to": "entities are not carried",
}
SHEETS = {
    "external_choices": "lists chosen from outside are not carried",
    "entities": "entities are not carried",
    "osm": "maps are not carried",
}


def leftover_columns(table: Table) -> Iterator[Remark]:
    """A remark for each column that is not read and has something in it."""
    for heading in table.headings:
        if heading.key in READ or heading.key.startswith(PREFIX):
            continue
        if heading.language and heading.key in IN_LANGUAGES:
            continue
        if rows := [line.number for line in table.lines if line.get(heading.key) and not line.own("id")]:
            why = WHY.get(heading.key, "is no column that we know; not carried")
            yield Remark(table.name, rows[0], heading.written, f"{why} ({rows_shown(rows)})")
    if required := [line.number for line in table.lines if _required(line)]:
        what = f"every question may be left open in a draft; not carried ({rows_shown(required)})"
        yield Remark(table.name, required[0], "required", what)


def _required(line: Line) -> bool:
    return bool(line.get("required")) and not line.own("id") and not line.says_no("required")


def leftover_lists(survey: Table, choices: Table | None, lists: Mapping[str, Sequence[Line]]) -> Iterator[Remark]:
    used = {kind_of(line.get("type")).list_name for line in survey.lines}
    for name, lines in lists.items():
        if name not in used and choices:
            yield Remark(
                choices.name, lines[0].number, "list_name", f"no question uses the list {name[:60]!r}; left out"
            )


def leftover_sheets(sheets: Iterable[Sheet], read: set[str]) -> Iterator[Remark]:
    for sheet in sheets:
        if sheet.name not in read and sheet.rows:
            why = SHEETS.get(sheet.name.strip().lower(), "is no part of a form that we know; not read")
            yield Remark(sheet.name, 0, "", why)
