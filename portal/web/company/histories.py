"""The history of an answer: read, used again, or taken out where it names somebody."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.lifecycle import is_editable
from portal.domain.questionnaire import Question
from portal.models import Assessment
from portal.services import histories
from portal.services.assessments import SavedAnswer, StaleAnswer, record_plan, save_answer
from portal.services.sections import works_on
from portal.web import current, fragments
from portal.web.company.answer_forms import values_of
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import Progress, progress_of
from portal.web.company.saving import Conflict

#: So many versions stand on the page of the question; the rest on the page of its history.
SHOWN = 5
#: And so many on one page of its history.
PAGE = 50


def history_panel(progress: Progress, question: Question) -> str:
    session, principal = current.session(), current.principal()
    earlier = histories.versions_of(session, principal, progress.assessment, question.id, at_most=SHOWN + 1)
    return _panel(progress, question, earlier[:SHOWN], more=len(earlier) > SHOWN)


@bp.get("/assessments/<uuid:assessment_id>/questions/<question_id>/versions")
def list_versions(assessment_id: UUID, question_id: str) -> ResponseReturnValue:
    assessment, question = question_or_404(assessment_id, question_id)
    progress = progress_of(assessment)
    session, principal, before = current.session(), current.principal(), _before()
    earlier = histories.versions_of(session, principal, assessment, question.id, at_most=PAGE + 1, before=before)
    panel = fragments.rendered(_panel(progress, question, earlier[:PAGE], more=False))
    older = earlier[PAGE - 1].version if len(earlier) > PAGE else 0
    return render_template(
        "company/versions.html", progress=progress, question=question, panel=panel, before=before, older=older
    )


@bp.post("/assessments/<uuid:assessment_id>/questions/<question_id>/versions/<int:number>")
def use_version(assessment_id: UUID, question_id: str, number: int) -> ResponseReturnValue:
    """Save what an earlier version said as a new one, on top of the version the person saw."""
    assessment, question = question_or_404(assessment_id, question_id)
    back = url_for(".edit_question", assessment_id=assessment_id, question_id=question_id)
    if not is_editable(assessment.status):
        flash(_("This assessment has been submitted; its answers can no longer change."), "error")
        return redirect(back)
    session, principal, today = current.session(), current.principal(), current.now().date()
    answer = histories.find_version(session, principal, assessment, question_id, number) or abort(404)
    stands = progress_of(assessment).saved[question_id]
    try:
        save_answer(
            session,
            assessment,
            question_id,
            answer,
            version=request.form.get("version", type=int, default=-1),
            by=principal.actor,
            at=current.now(),
            plan_recorded_on=record_plan(answer, stands, on=today),
        )
    except StaleAnswer as error:
        conflict = Conflict(question, values_of(question, SavedAnswer(answer, number)), answer, error.theirs)
        progress = progress_of(assessment)
        section = progress.questionnaire.section_of[question_id]
        page = render_template("company/conflict.html", progress=progress, section=section, conflicts=[conflict])
        return page, 409
    flash(_("Version %(number)s stands again, as a new version.", number=number))
    return redirect(back)


@bp.post("/assessments/<uuid:assessment_id>/questions/<question_id>/versions/<int:number>/removal")
def remove_version(assessment_id: UUID, question_id: str, number: int) -> ResponseReturnValue:
    assessment, _question = question_or_404(assessment_id, question_id)
    session, principal = current.session(), current.principal()
    try:
        if not histories.remove_version(session, principal, assessment, question_id, number, at=current.now()):
            abort(404)
        flash(_("Version %(number)s has been taken out for good.", number=number))
    except histories.StandsNow:
        flash(_("This version stands now. Change the answer first; then the earlier words can be taken out."), "error")
    return redirect(url_for(".list_versions", assessment_id=assessment_id, question_id=question_id))


def _before() -> int | None:
    """Where the page begins: below a version, or at the newest one. What is no number of a version is as nothing."""
    text = request.args.get("before", "")
    return int(text) or None if text.isascii() and text.isdecimal() and len(text) < 10 else None


def question_or_404(assessment_id: UUID, question_id: str) -> tuple[Assessment, Question]:
    """A question this person works on; any other answers as one that does not exist."""
    assessment = own_assessment_or_404(assessment_id)
    questionnaire = current.questionnaire(assessment.questionnaire)
    question = questionnaire.by_id.get(question_id) or abort(404)
    if not works_on(current.session(), current.principal(), assessment.id, questionnaire, question.id):
        abort(404)
    return assessment, question


def _panel(progress: Progress, question: Question, earlier: list[histories.Earlier], *, more: bool) -> str:
    return render_template(
        "company/panels/history.html",
        assessment=progress.assessment,
        question=progress.questionnaire.by_id[question.id],
        versions=earlier,
        stands=progress.saved[question.id].version if question.id in progress.saved else 0,
        more=more,
        editable=is_editable(progress.assessment.status),
    )
