"""Why a workbook, or one of its cells, is not taken: in words that say what to do."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.spreadsheets.faults import Fault
from portal.spreadsheets.intake import LARGEST_FILE, RefusedWorkbook
from portal.web.filters import day as shown_day
from portal.web.typed import Mistyped, day


def refusal_words(refusal: RefusedWorkbook) -> str:
    """Why the whole file is refused, and where in it the reason lies."""
    words = {
        "type": _("This is not an .xlsx workbook. Save it in the format “Excel workbook (.xlsx)” and upload that."),
        "old_format": _("This format is not taken, or the file has a password. Save it as .xlsx without a password."),
        "empty": _("The file is empty. Choose another."),
        "too_big": _(
            "The file is larger than %(size)s MB. Upload the workbook you downloaded here.", size=_megabytes()
        ),
        "not_a_workbook": _("The file cannot be opened as a workbook. Save it again as .xlsx and try once more."),
        "damaged": _("The file is damaged. Save it again as .xlsx and try once more."),
        "encrypted": _("The file is protected by a password. Remove the password and try again."),
        "macros": _("The file holds macros or other active content. Save it as .xlsx without them."),
        "external": _("The file links to other files. Remove the links and try again."),
        "declarations": _(
            "The file holds declarations that no workbook needs. Download it again here and fill that in."
        ),
        "too_complex": _("The file holds far more than a workbook of this portal. Download it again and fill that in."),
        "foreign": _("This is not a workbook of this portal, or its hidden sheet is gone. Download it here first."),
        "altered": _(
            "The hidden sheet of the workbook was changed, or another portal made it. Download it again here."
        ),
        "other_questionnaire": _("This workbook belongs to another questionnaire."),
        "other_version": _("This workbook was made of another version of the questionnaire. Download it again here."),
        "other_company": _("This workbook belongs to another company."),
        "other_assessment": _("This workbook belongs to another assessment of your company. Upload it there."),
        "layout": _("The sheet with the answers, or one of its columns, is gone. Download the workbook again here."),
    }[refusal.code]
    return _("%(words)s (Place: %(place)s)", words=words, place=refusal.place) if refusal.place else words


def fault_words(fault: Fault) -> str:
    """What is wrong in a cell or row."""
    details = fault.details
    words = {**_row_words(fault), **_cell_words(fault)}[fault.code]
    if "head" in details and fault.code != "column_missing":
        return _("Column “%(head)s”: %(words)s", head=details["head"], words=words)
    return words


def _row_words(fault: Fault) -> dict[str, str]:
    details = fault.details
    return {
        "unknown_id": _(
            "“%(id)s” is no number of this questionnaire. Restore the first column.", id=_of(details, "id")
        ),
        "no_id": _("This row has an answer but no number in the first column."),
        "twice": _("This number appears twice (%(rows)s). Delete one of the two.", rows=_of(details, "rows")),
        "lines_missing": _("Some lines of this question were deleted, so it stays as it is."),
        "column_missing": _("The column “%(head)s” is gone, so this table stays as it is.", head=_of(details, "head")),
        "too_many_rows": _("The table has more than %(most)s lines.", most=_of(details, "most") or 500),
        "two_answers": _("There are two answers. Clear one of them."),
        "exclusive": _("“None of these” stands beside others. Answer no to one or the other."),
        "reason_missing": _("Say in one sentence why this does not apply to you."),
        "reason_alone": _("There is a reason why this does not apply, but no answer. Pick “does not apply”."),
        "plan_late": _(
            "The plan may end on %(day)s at the latest: twelve months after you first recorded it.",
            day=_day(_of(details, "day")),
        ),
    }


def _cell_words(fault: Fault) -> dict[str, str]:
    details = fault.details
    value, allowed = _of(details, "value"), _of(details, "allowed")
    return {
        "formula": _("The cell holds a formula. Type the answer itself."),
        "error_value": _("The cell holds the error %(value)s. Type the answer itself.", value=value),
        "not_a_choice": _("“%(value)s” is not one of the answers. Allowed: %(allowed)s", value=value, allowed=allowed),
        "not_a_number": _("“%(value)s” is not a number. Enter digits, such as 40.", value=value),
        "out_of_range": _range_words(_of(details, "low"), _of(details, "high")),
        "not_whole": _("“%(value)s” is not a whole number.", value=value),
        "not_a_day": _("“%(value)s” is not a date. Write day month year, for example 30 4 2027.", value=value),
        "not_a_country": _("“%(value)s” is not a country of the list.", value=value),
        "no_such_question": _("“%(value)s” is no question of this questionnaire.", value=value),
        "too_long": _(
            "Shorten the text to %(most)s characters; it has %(now)s.", most=_of(details, "most"), now=_now(details)
        ),
        "characters": _("The text holds characters that cannot be stored. Type it again instead of pasting it."),
    }


def _range_words(low: str, high: str) -> str:
    if low and high:
        return _("Enter a number from %(low)s to %(high)s.", low=low, high=high)
    return _("Enter a number of at least %(low)s.", low=low) if low else _("Enter a number up to %(high)s.", high=high)


def _of(details: object, key: str) -> str:
    value = details.get(key) if isinstance(details, dict) else None
    return "" if value is None else str(value)


def _now(details: object) -> str:
    """A cell is read no further than a spreadsheet program can fill it."""
    now = _of(details, "now")
    return _("more than %(count)s", count=32767) if now == "32768" else now


def _day(written: str) -> str:
    try:
        return shown_day(day(written))
    except Mistyped:
        return written


def _megabytes() -> int:
    return LARGEST_FILE // (1024 * 1024)
