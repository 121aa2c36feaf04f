"""The first sheet: what this workbook is, and how to fill it in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portal.domain.questionnaire import Questionnaire
from portal.spreadsheets.book import Book
from portal.spreadsheets.words import Words

#: Style and text of a line.
Told = tuple[str, str]


def write_readme(book: Book, questionnaire: Questionnaire, facts: Sequence[tuple[str, str]], *, blank: bool) -> None:
    _ = book.words
    sheet = book.add_sheet(_("Read me"))
    sheet.set_portrait()
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 74)
    book.write_across(sheet, 0, (0, 1), questionnaire.title, "title")
    sheet.set_row(0, 30)
    row = 1
    for name, fact in facts:
        book.write(sheet, row, 0, name, "plain")
        book.write(sheet, row, 1, fact, "plain")
        row += 1
    for style, text in _instructions(book.words, blank=blank):
        book.write_across(sheet, row, (0, 1), text, style)
        # Spreadsheet programs do not fit the height of merged cells by themselves.
        sheet.set_row(row, 26 if style == "subtitle" else 16 * (1 + len(text) // 95))
        row += 1


def _instructions(words: Words, *, blank: bool) -> Iterator[Told]:
    _ = words
    yield "subtitle", _("How to fill it in")
    yield "plain", _("1. Go to the sheet “Answers”. Every question has a line with a white cell for your answer.")
    yield "plain", _("2. Click a white cell and pick from its list, or type where there is no list.")
    yield "plain", _("3. Some questions have a sheet of their own, named by their number. Fill in one line for each.")
    yield "plain", _("4. “We don’t know” is an answer. An empty cell means: not answered yet.")
    yield "plain", _("Write text and numbers only. Cells with formulas are not taken.")
    yield "plain", _("Do not change the first column: from it the portal knows which question a line belongs to.")
    yield "plain", _("The sheets are protected against slips, without a password.")
    yield "subtitle", _("Questions about harm")
    yield (
        "plain",
        _(
            "Many companies find this when they look. Finding it is the start of fixing it, and finding and repairing "
            "counts as much as looking and finding nothing."
        ),
    )
    yield (
        "plain",
        _(
            "“Looked properly” means at least confidential talks with the people concerned, led by someone who is not "
            "their supervisor, and a check of the documents."
        ),
    )
    yield "plain", _("Write no names of workers anywhere. Who has this file can read what is in it: keep it safe.")
    yield "subtitle", _("How to bring it back")
    if blank:
        yield "plain", _("Create an account, start this questionnaire, and open “Work offline in a spreadsheet” there.")
    else:
        yield "plain", _("Open the assessment in the portal, then “Work offline in a spreadsheet”.")
    yield (
        "plain",
        _("Upload the file. You see first what would change, line by line; nothing changes until you confirm."),
    )
    yield "plain", _("Evidence is added in the portal, not here.")
