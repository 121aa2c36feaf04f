"""Drafts for reports by other frameworks, from what a company submitted here."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.domain.crosswalk import Crosswalk, Line, Match, find_crosswalk
from portal.models import Submission
from portal.services.crosswalks import SubmittedCrosswalks, crosswalks_of
from portal.spreadsheets.plain_tables import Table, table_csv, tables_xlsx
from portal.web import current, downloads
from portal.web.company.blueprint import bp, own_submission_or_404
from portal.web.company.crosswalk_words import NAMES, SHEETS, answer_words, draft_note, notes_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/submissions/<uuid:submission_id>/crosswalks")
def show_crosswalks(submission_id: UUID) -> ResponseReturnValue:
    submission = own_submission_or_404(submission_id)
    found = crosswalks_of(submission, current.catalogue())
    return render_template(
        "company/crosswalks.html",
        submission=submission,
        questionnaire=current.questionnaire(submission.questionnaire),
        crosswalks=found.crosswalks,
        names=NAMES,
        notes={one.framework.id: notes_of(one) for one in found.crosswalks},
    )


@bp.get("/submissions/<uuid:submission_id>/crosswalks.xlsx")
def download_crosswalks(submission_id: UUID) -> ResponseReturnValue:
    """All frameworks in one workbook, a sheet for each."""
    submission = own_submission_or_404(submission_id)
    found = crosswalks_of(submission, current.catalogue())
    tables = [_table(submission, found, one) for one in found.crosswalks]
    locale = get_locale()
    content = tables_xlsx(
        _("Crosswalk of %(reference)s", reference=submission.reference),
        tables,
        at=current.now(),
        right_to_left=bool(locale and locale.text_direction == "rtl"),
    )
    return downloads.attachment(content, f"{submission.reference}-crosswalks.xlsx", XLSX)


@bp.get("/submissions/<uuid:submission_id>/crosswalks/<framework>.csv")
def download_crosswalk_csv(submission_id: UUID, framework: str) -> ResponseReturnValue:
    submission = own_submission_or_404(submission_id)
    found = crosswalks_of(submission, current.catalogue())
    crosswalk = find_crosswalk(found.crosswalks, framework) or abort(404)
    content = table_csv(_table(submission, found, crosswalk))
    return downloads.attachment(content, f"{submission.reference}-{framework}.csv", "text/csv")


def _table(submission: Submission, found: SubmittedCrosswalks, crosswalk: Crosswalk) -> Table:
    made = _(
        "Made by %(name)s on %(moment)s from submission %(reference)s, %(questionnaire)s, %(digest)s.",
        name=current.principal().name,
        moment=f"{current.now():%Y-%m-%d %H:%M} UTC",
        reference=submission.reference,
        questionnaire=submission.questionnaire,
        digest=submission.digest,
    )
    return Table(
        name=SHEETS[crosswalk.framework.id],
        title=str(NAMES[crosswalk.framework.id]),
        notes=(draft_note(), *notes_of(crosswalk), made),
        columns=(
            (_("Code"), 18),
            (_("What it asks for"), 36),
            (_("Code checked at the source"), 14),
            (_("Our question"), 16),
            (_("Cited by the same question elsewhere"), 16),
            (_("What we ask"), 44),
            (_("Your answer"), 60),
            (_("Level that counts, 0 to 4"), 12),
            (_("Files attached"), 10),
            (_("Confirmed by you (yes or no, and your words)"), 40),
            (_("Status"), 22),
            (_("Source"), 22),
        ),
        rows=list(_rows(submission, found, crosswalk)),
    )


def _rows(submission: Submission, found: SubmittedCrosswalks, crosswalk: Crosswalk) -> Iterator[list[str]]:
    """One row for each code and question that speaks to it; one for a code without any, so that the gap is seen."""
    for line in crosswalk.lines:
        for match in line.matches:
            yield [*_code(line), *_answer(found, match), "", _("Draft to confirm"), submission.reference]
        if not line.matches:
            gap = ["", "", "", _("None of your answers here speaks to it"), "", ""]
            yield [*_code(line), *gap, "", _("Nothing here"), submission.reference]


def _code(line: Line) -> list[str]:
    checked = _("yes") if line.reference.verified else _("not checked")
    return [line.reference.code, line.reference.title, checked]


def _answer(found: SubmittedCrosswalks, match: Match) -> list[str]:
    question = match.question
    answer = found.answers.get(question.id)
    counted = found.levels.get(question.id, {}).get("counted")
    return [
        question.id,
        match.through,
        question.ask,
        answer_words(question, answer),
        "" if counted is None else str(counted),
        str(len(answer.files)) if answer else "0",
    ]
