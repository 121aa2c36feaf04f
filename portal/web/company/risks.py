"""The risk register: what can harm people, gravest first, of one assessment or of all, with a map of severity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.questionnaire import Column, Question
from portal.domain.risks import Entry, gravest_first, is_risk_table, register, severity_map
from portal.domain.severity import RiskClass
from portal.models import Assessment, CorrectiveAction
from portal.services.actions import list_actions
from portal.services.assessments import list_assessments
from portal.services.risks import table_answers
from portal.spreadsheets.plain_tables import Table, table_csv
from portal.web import current, downloads
from portal.web.company.action_words import STATUSES
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import Progress, overviews_of

CLASSES: Mapping[RiskClass, object] = {
    RiskClass.URGENT: _l("Urgent"),
    RiskClass.HIGH: _l("High"),
    RiskClass.MEDIUM: _l("Medium"),
    RiskClass.LOW: _l("Low"),
}
#: The choice of every assessment, earlier periods included.
EVERY = "all"


@dataclass(frozen=True, slots=True)
class Line:
    """A risk with the assessment it was written in, its question, and what is done about that question."""

    progress: Progress
    entry: Entry
    question: Question
    actions: tuple[CorrectiveAction, ...]

    def words(self, name: str) -> str:
        return cell_words(self.question, self.entry, name)


@bp.get("/risks")
def list_risks() -> ResponseReturnValue:
    own = list_assessments(current.session(), current.principal())
    return _page(_chosen(own), own)


@bp.get("/assessments/<uuid:assessment_id>/risks")
def show_risks(assessment_id: UUID) -> ResponseReturnValue:
    """The register filtered to one assessment, where its sections lead to it."""
    assessment = own_assessment_or_404(assessment_id)
    return _page([assessment], list_assessments(current.session(), current.principal()), of=assessment)


@bp.get("/risks.csv")
def download_register() -> ResponseReturnValue:
    return _csv(_chosen(list_assessments(current.session(), current.principal())))


@bp.get("/risks.xlsx")
def download_risk_book() -> ResponseReturnValue:
    chosen = _chosen(list_assessments(current.session(), current.principal()))
    return downloads.spreadsheet(_table(_lines(chosen)), "risks")


@bp.get("/assessments/<uuid:assessment_id>/risks.csv")
def download_risks(assessment_id: UUID) -> ResponseReturnValue:
    return _csv([own_assessment_or_404(assessment_id)])


def cell_words(question: Question, entry: Entry, name: str) -> str:
    """What a cell says: the label of a choice, else what was typed; nothing where the table has no such column."""
    column = next((one for one in question.columns if one.id == name), None)
    value = entry.row.get(name)
    if column is None or value is None:
        return ""
    return _label(column, value)


def _label(column: Column, value: object) -> str:
    return next((option.label for option in column.options if option.id == value), str(value))


def _page(chosen: list[Assessment], own: list[Assessment], of: Assessment | None = None) -> ResponseReturnValue:
    lines = _lines(chosen)
    return render_template(
        "company/risks.html",
        of=of,
        lines=lines,
        choices=overviews_of(own),
        wanted=str(of.id) if of else request.args.get("of", ""),
        every=EVERY,
        unrated=sum(line.entry.risk is None for line in lines),
        counts=severity_map(line.entry for line in lines),
        statuses=STATUSES,
    )


def _chosen(own: list[Assessment]) -> list[Assessment]:
    """As asked for: one assessment, all, or else the latest of each questionnaire, so that no risk stands twice."""
    wanted = request.args.get("of", "")
    if wanted == EVERY:
        return own
    if wanted:
        return [one for one in own if str(one.id) == wanted] or abort(404)
    # The company of a questionnaire too: two that merged have each their own.
    latest = {
        (one.organisation_id, one.questionnaire.partition("@")[0]): one
        for one in sorted(own, key=lambda one: (one.period_end, one.created_at))
    }
    return list(latest.values())


def _lines(chosen: Sequence[Assessment]) -> list[Line]:
    progresses = {one.assessment.id: one for one in overviews_of(chosen)}
    tables = {name: [one for one in progress.asked if is_risk_table(one)] for name, progress in progresses.items()}
    asked = {question.id for questions in tables.values() for question in questions}
    answers = table_answers(current.session(), current.principal(), list(tables), asked)
    found = {name: register(questions, answers[name]) for name, questions in tables.items()}
    origin = {id(entry): name for name, entries in found.items() for entry in entries}
    actions = _by_question(list_actions(current.session(), current.principal()))
    return [
        Line(progress, entry, progress.questionnaire.by_id[entry.question], tuple(actions.get(entry.question, ())))
        for entry in gravest_first(entry for entries in found.values() for entry in entries)
        for progress in (progresses[origin[id(entry)]],)
    ]


def _by_question(found: Iterable[CorrectiveAction]) -> dict[str, list[CorrectiveAction]]:
    actions: dict[str, list[CorrectiveAction]] = {}
    for one in found:
        actions.setdefault(one.question_id, []).append(one)
    return actions


def _csv(chosen: list[Assessment]) -> Response:
    return downloads.attachment(table_csv(_table(_lines(chosen))), "risks.csv", "text/csv")


def _table(lines: list[Line]) -> Table:
    return Table(
        name=_("Risks"),
        title=_("Risk register"),
        notes=(f"{current.now():%Y-%m-%d}",),
        columns=(
            (_("Risk"), 40),
            (_("Who could be harmed"), 30),
            (_("Where"), 24),
            (_("How the company is involved"), 24),
            (_("Severity (1 to 5)"), 10),
            (_("Likelihood (1 to 5)"), 10),
            (_("Class"), 12),
            (_("Question"), 14),
            (_("Corrective actions"), 50),
            (_("Questionnaire"), 30),
            (_("Period"), 24),
        ),
        rows=tuple(_cells(line) for line in lines),
    )


def _cells(line: Line) -> tuple[str, ...]:
    rated, assessment = line.entry.risk, line.progress.assessment
    return (
        *(line.words(name) for name in ("risk", "who", "place", "involvement")),
        *((str(rated.severity), str(rated.likelihood), str(CLASSES[rated.risk_class])) if rated else ("", "", "")),
        line.question.id,
        "; ".join(f"{one.title} ({STATUSES[one.status]})" for one in line.actions),
        line.progress.questionnaire.title,
        f"{assessment.period_start}/{assessment.period_end}",
    )
