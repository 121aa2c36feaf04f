"""Corrective actions: a board, a timeline, one action with its steps and files, and a file of all of them."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.questionnaire import Question
from portal.models import ActionStatus, CorrectiveAction, CostBand
from portal.services import actions, scans
from portal.services.evidence import receive_file
from portal.spreadsheets.plain_tables import Table, table_csv
from portal.storage import StoredFileDamaged
from portal.storage.inspection import RefusedFile
from portal.web import current, downloads
from portal.web.company.action_words import COSTS, STATUSES
from portal.web.company.blueprint import bp
from portal.web.company.evidence import file_store, refusal_words
from portal.web.company.histories import question_or_404
from portal.web.company.progress import Progress
from portal.web.languages import in_words_of_reader
from portal.web.typed import Mistyped, clean, day, one_line

#: Empty lines for further steps on the page of an action.
MORE_STEPS = 3


@bp.get("/actions")
def list_actions() -> ResponseReturnValue:
    found = actions.list_actions(current.session(), current.principal())
    today = current.now().date()
    return render_template(
        "company/actions.html",
        actions=found,
        columns=[(status, STATUSES[status], [one for one in found if one.status is status]) for status in ActionStatus],
        by_month=_months(found) if request.args.get("view") == "timeline" else None,
        counts=actions.counts(found, today),
        today=today,
        people=dict(actions.colleagues(current.session(), current.principal())),
        question_of=question_of,
    )


@bp.get("/actions.csv")
def download_actions() -> ResponseReturnValue:
    found = actions.list_actions(current.session(), current.principal())
    return downloads.attachment(table_csv(_table(found)), "corrective-actions.csv", "text/csv")


@bp.get("/actions.xlsx")
def download_action_book() -> ResponseReturnValue:
    found = actions.list_actions(current.session(), current.principal())
    return downloads.spreadsheet(_table(found), "corrective-actions")


@bp.post("/assessments/<uuid:assessment_id>/questions/<question_id>/actions")
def start_action(assessment_id: UUID, question_id: str) -> ResponseReturnValue:
    """One step: what the questionnaire advises becomes the title, and everything else can wait."""
    assessment, question = question_or_404(assessment_id, question_id)
    words = in_words_of_reader(current.questionnaire(assessment.questionnaire)).by_id[question.id]
    title = one_line((words.remedial or words.short or words.ask)[:300], longest=300)
    action = actions.start_action(
        current.session(), current.principal(), assessment, question.id, title, at=current.now()
    )
    flash(_("A corrective action has been begun. Say who sees to it, and until when."))
    return redirect(url_for(".edit_action", action_id=action.id))


@bp.route("/actions/<uuid:action_id>", methods=["GET", "POST"])
def edit_action(action_id: UUID) -> ResponseReturnValue:
    action = _own_or_404(action_id)
    if request.method == "GET":
        return _page(action, {}, 200)
    errors: dict[str, str] = {}
    plan = _read(errors)
    if plan is None or errors:
        return _page(action, errors, 422)
    version = request.form.get("version", type=int, default=-1)
    try:
        actions.change_action(current.session(), current.principal(), action, plan, version=version, at=current.now())
    except actions.StaleAction as error:
        return _page(error.theirs, {}, 409)
    flash(_("Saved."))
    return redirect(url_for(".edit_action", action_id=action_id))


@bp.post("/actions/<uuid:action_id>/status")
def move_action(action_id: UUID) -> ResponseReturnValue:
    """From one column of the board to another."""
    action = _own_or_404(action_id)
    wanted = request.form.get("status", "")
    if wanted not in set(ActionStatus):
        abort(400)
    steps = tuple((str(step["text"]), bool(step["done"])) for step in action.steps)
    plan = actions.Plan(
        action.title, action.owner_id, action.due_on, steps, action.note, ActionStatus(wanted), action.cost
    )
    version = request.form.get("version", type=int, default=-1)
    try:
        actions.change_action(current.session(), current.principal(), action, plan, version=version, at=current.now())
    except actions.StaleAction:
        flash(_("A colleague changed this action in the meantime. Look at it once more."), "error")
        return redirect(url_for(".edit_action", action_id=action_id))
    return redirect(url_for(".list_actions"))


@bp.post("/actions/<uuid:action_id>/files")
def attach_action_file(action_id: UUID) -> ResponseReturnValue:
    action, upload = _own_or_404(action_id), request.files.get("file")
    if upload is None or not upload.filename:
        return _page(action, {"file": _("Choose a file first.")}, 422)
    current.release_lock()
    with closing(upload):
        try:
            chunks = iter(lambda: upload.stream.read(65536), b"")
            limit = current.settings().upload_limit
            file = receive_file(file_store(), chunks, upload.filename, limit=limit)
        except RefusedFile as refusal:
            return _page(_own_or_404(action_id), {"file": refusal_words(refusal.code)}, 422)
    actions.attach_file(current.session(), current.principal(), _own_or_404(action_id), file, at=current.now())
    return redirect(url_for(".edit_action", action_id=action_id))


@bp.get("/action-files/<uuid:action_file_id>")
def download_action_file(action_file_id: UUID) -> ResponseReturnValue:
    file = actions.find_file(current.session(), current.principal(), action_file_id) or abort(404)
    if scans.is_infected(current.session(), file.sha256):
        abort(404)
    try:
        content = file_store().read(file.sha256)
    except StoredFileDamaged:
        abort(404)
    return downloads.attachment(content, file.name, file.media_type)


@bp.post("/action-files/<uuid:action_file_id>/removal")
def remove_action_file(action_file_id: UUID) -> ResponseReturnValue:
    file = actions.find_file(current.session(), current.principal(), action_file_id) or abort(404)
    actions.remove_file(current.session(), current.principal(), file, at=current.now())
    return redirect(url_for(".edit_action", action_id=file.action_id))


def actions_panel(progress: Progress, question: Question) -> str:
    """What the company does about this question, in whatever period it was begun."""
    found = [
        one for one in actions.list_actions(current.session(), current.principal()) if one.question_id == question.id
    ]
    if not found and not current.may("company.start_action", "POST"):
        return ""
    return render_template(
        "company/panels/actions.html",
        actions=found,
        statuses=STATUSES,
        assessment=progress.assessment,
        question=question,
    )


def question_of(action: CorrectiveAction) -> str:
    """The words of the question an action is about, in whichever installed version has it."""
    for version in current.catalogue().questionnaires.values():
        if action.question_id in version.by_id:
            return in_words_of_reader(version).by_id[action.question_id].ask
    return action.question_id


def _own_or_404(action_id: UUID) -> CorrectiveAction:
    return actions.find_action(current.session(), current.principal(), action_id) or abort(404)


def _page(action: CorrectiveAction, errors: dict[str, str], status: int) -> ResponseReturnValue:
    page = render_template(
        "company/action.html",
        action=action,
        people=actions.colleagues(current.session(), current.principal()),
        files=actions.files_of(current.session(), current.principal(), action),
        statuses=STATUSES,
        costs=COSTS,
        question=question_of(action),
        typed=request.form if status in (409, 422) and "title" in request.form else None,
        conflict=status == 409,
        errors=errors,
        more=range(MORE_STEPS),
    )
    return page, status


def _read(errors: dict[str, str]) -> actions.Plan | None:
    form = request.form
    try:
        title = one_line(form.get("title", ""), longest=300)
        if not title:
            errors["title"] = _("Say in a few words what is to be done.")
        note = clean(form.get("note", ""), longest=5000)
        due_on = day(form.get("due_on", ""))
        texts = [one_line(text, longest=300) for text in form.getlist("step")][: actions.STEPS]
    except Mistyped as error:
        errors["title"] = str(error)
        return None
    people = {str(user_id): user_id for user_id, _name in actions.colleagues(current.session(), current.principal())}
    ticked = set(form.getlist("step-done"))
    status, cost = form.get("status", ""), form.get("cost", "")
    return actions.Plan(
        title=title,
        owner_id=people.get(form.get("owner", "")),
        due_on=due_on,
        steps=tuple((text, str(place) in ticked) for place, text in enumerate(texts) if text),
        note=note,
        status=ActionStatus(status) if status in set(ActionStatus) else ActionStatus.PLANNED,
        cost=CostBand(cost) if cost in set(CostBand) else CostBand.UNKNOWN,
    )


def _months(found: list[CorrectiveAction]) -> list[tuple[date | None, list[CorrectiveAction]]]:
    """Open actions by the month they are due in, those without a day last."""
    months: dict[date | None, list[CorrectiveAction]] = {}
    for one in found:
        if one.status not in actions.CLOSED:
            months.setdefault(one.due_on.replace(day=1) if one.due_on else None, []).append(one)
    return sorted(months.items(), key=lambda month: month[0] or date.max)


def _table(found: list[CorrectiveAction]) -> Table:
    people = dict(actions.colleagues(current.session(), current.principal()))

    def line(one: CorrectiveAction) -> tuple[str, ...]:
        steps = "; ".join(f"[{'x' if step['done'] else ' '}] {step['text']}" for step in one.steps)
        owner = people.get(one.owner_id, "") if one.owner_id else ""
        due = one.due_on.isoformat() if one.due_on else ""
        return (
            one.title,
            one.question_id,
            str(STATUSES[one.status]),
            owner,
            due,
            str(COSTS[one.cost]),
            steps,
            one.note,
        )

    return Table(
        name=_("Corrective actions"),
        title=_("Corrective actions"),
        notes=(f"{current.now():%Y-%m-%d}",),
        columns=(
            (_("What is to be done"), 40),
            (_("Question"), 14),
            (_("Status"), 12),
            (_("Who sees to it"), 24),
            (_("Until"), 12),
            (_("Cost"), 12),
            (_("Steps"), 50),
            (_("Note"), 50),
        ),
        rows=tuple(line(one) for one in found),
    )
