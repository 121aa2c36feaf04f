"""The risk register: what can harm people, gravest first, with a map of severity and likelihood."""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.questionnaire import Column, Question
from portal.domain.risks import Entry, register, severity_map
from portal.spreadsheets.plain_tables import Table, table_csv
from portal.web import downloads
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import Progress, progress_of


@bp.get("/assessments/<uuid:assessment_id>/risks")
def show_risks(assessment_id: UUID) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    entries = _register(progress)
    return render_template(
        "company/risks.html",
        progress=progress,
        entries=entries,
        unrated=sum(entry.risk is None for entry in entries),
        counts=severity_map(entries),
        words=lambda entry, name: cell_words(progress.questionnaire.by_id[entry.question], entry, name),
    )


@bp.get("/assessments/<uuid:assessment_id>/risks.csv")
def download_risks(assessment_id: UUID) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    return downloads.attachment(table_csv(_table(progress, _register(progress))), "risks.csv", "text/csv")


def cell_words(question: Question, entry: Entry, name: str) -> str:
    """What a cell says: the label of a choice, else what was typed; nothing where the table has no such column."""
    column = next((one for one in question.columns if one.id == name), None)
    value = entry.row.get(name)
    if column is None or value is None:
        return ""
    return _label(column, value)


def _label(column: Column, value: object) -> str:
    return next((option.label for option in column.options if option.id == value), str(value))


def _register(progress: Progress) -> list[Entry]:
    return register(progress.asked, progress.answers())


def _table(progress: Progress, entries: list[Entry]) -> Table:
    by_id = progress.questionnaire.by_id

    def line(entry: Entry) -> tuple[str, ...]:
        said = tuple(cell_words(by_id[entry.question], entry, name) for name in ("risk", "who", "place", "involvement"))
        rated = entry.risk
        figures = (str(rated.severity), str(rated.likelihood), rated.risk_class.value) if rated else ("", "", "")
        return (*said, *figures, entry.question)

    return Table(
        name=_("Risks"),
        title=_("Risk register"),
        notes=(f"{progress.questionnaire.title}, {progress.assessment.period_start}/{progress.assessment.period_end}",),
        columns=(
            (_("Risk"), 40),
            (_("Who could be harmed"), 30),
            (_("Where"), 24),
            (_("How the company is involved"), 24),
            (_("Severity (1 to 5)"), 10),
            (_("Likelihood (1 to 5)"), 10),
            (_("Class"), 12),
            (_("Question"), 14),
        ),
        rows=tuple(line(entry) for entry in entries),
    )
