"""One question on a page of its own, and the list of all questions with search and filters."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.answers import Answer, has_answer
from portal.domain.lifecycle import is_editable
from portal.domain.questionnaire import Question
from portal.services.people import set_one_question_per_page
from portal.web import current, fragments
from portal.web.company.answer_forms import FieldError
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.panels import AHEAD, PANELS
from portal.web.company.progress import Progress, progress_of
from portal.web.company.question_parts import part_of, suggestions_on
from portal.web.company.saving import save_questions
from portal.web.company.sections import closed_message
from portal.web.countries import countries

Wanted = Callable[[Progress, Question, Answer], bool]
#: What the list can be narrowed to, by its name in the address.
FILTERS: dict[str, Wanted] = {
    "unanswered": lambda _progress, _question, answer: not has_answer(answer),
    "mine": lambda progress, question, _answer: _is_mine(progress, question),
    "marked": lambda progress, question, _answer: question.id in progress.marks.bookmarks,
    "comments": lambda progress, question, _answer: question.id in progress.marks.comments,
    "critical": lambda _progress, question, _answer: question.flag == "critical",
    "harm": lambda _progress, question, _answer: question.flag == "red_flag",
    "evidence": lambda _progress, question, answer: needs_evidence(question, answer),
    "unknown": lambda _progress, _question, answer: answer.dont_know,
}


@bp.route("/assessments/<uuid:assessment_id>/questions/<question_id>", methods=["GET", "POST"])
def edit_question(assessment_id: UUID, question_id: str) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    question = next((one for one in progress.asked if one.id == question_id), None) or abort(404)
    if request.method == "GET":
        return _page(progress, question)
    if not is_editable(progress.assessment.status):
        flash(closed_message(), "error")
        return redirect(url_for(".edit_question", assessment_id=assessment_id, question_id=question_id))
    errors, conflicts = save_questions(progress, (question,))
    if conflicts:
        current.keep_changes()
        section = progress.questionnaire.section_of[question_id]
        page = render_template("company/conflict.html", progress=progress, section=section, conflicts=conflicts)
        return page, 409
    if errors:
        current.keep_changes()
        return _page(progress_of(progress.assessment), question, errors)
    flash(_("Your answers have been saved."))
    return redirect(_after(progress, question))


@bp.get("/assessments/<uuid:assessment_id>/questions")
def list_questions(assessment_id: UUID) -> ResponseReturnValue:
    """Filters and search stand in the address, so that a list can be kept and sent."""
    progress = progress_of(own_assessment_or_404(assessment_id))
    words, chosen = request.args.get("q", "").strip()[:200], request.args.get("show", "")
    wanted = FILTERS.get(chosen, lambda *_: True)
    found = [
        (part.section, question, progress.saved[question.id].answer if question.id in progress.saved else Answer())
        for part in progress.sections
        for question in part.questions
    ]
    shown = [one for one in found if wanted(progress, one[1], one[2]) and _says(one[1], one[2], words)]
    counts = {name: sum(test(progress, one, answer) for _s, one, answer in found) for name, test in FILTERS.items()}
    return render_template(
        "company/questions.html", progress=progress, shown=shown, chosen=chosen, words=words, counts=counts
    )


@bp.post("/assessments/<uuid:assessment_id>/view")
def choose_view(assessment_id: UUID) -> ResponseReturnValue:
    """One question on each page or a section at a time: as this person prefers, everywhere."""
    assessment = own_assessment_or_404(assessment_id)
    one = request.form.get("view") == "question"
    set_one_question_per_page(current.session(), current.principal(), one, at=current.now())
    return redirect(url_for(".show_assessment", assessment_id=assessment.id))


def needs_evidence(question: Question, answer: Answer) -> bool:
    """Whether the answer claims what only a file can show."""
    if question.evidence_exempt or answer.files:
        return False
    if question.type == "incident":
        return answer.value in ("checked_not_found", "found_remedied", "found_remediating")
    return type(answer.value) is int and answer.value >= 3 if question.type == "maturity" else False


def _is_mine(progress: Progress, question: Question) -> bool:
    marks, section = progress.marks, progress.questionnaire.section_of[question.id]
    holders = (*marks.holders.get(question.id, ()), *marks.section_holders.get(section.id, ()))
    return any(holder.user_id == current.principal().user_id for holder in holders)


def _says(question: Question, answer: Answer, words: str) -> bool:
    """Whether every word stands in the question, its id or what was written, in any script and case."""
    text = f"{question.id} {question.ask} {question.short} {answer.comment} {answer.not_applicable or ''}".casefold()
    return all(word in text for word in words.casefold().split())


def _page(progress: Progress, question: Question, errors: list[FieldError] | None = None) -> ResponseReturnValue:
    asked = progress.asked
    place = asked.index(question)
    section = progress.questionnaire.section_of[question.id]
    suggested = suggestions_on(progress, (question,))
    page = render_template(
        "company/question.html",
        progress=progress,
        section=section,
        question=question,
        place=place + 1,
        before=asked[place - 1] if place else None,
        after=asked[place + 1] if place + 1 < len(asked) else None,
        part=part_of(progress, question, errors or [], suggested.get(question.id)),
        ahead=[fragments.rendered(panel(progress, question)) for panel in AHEAD],
        panels=[fragments.rendered(panel(progress, question)) for panel in PANELS],
        errors=errors or [],
        editable=is_editable(progress.assessment.status) and current.may("company.edit_question", "POST"),
        countries=countries() if any(column.kind == "country" for column in question.columns) else (),
    )
    return page, 422 if errors else 200


def _after(progress: Progress, question: Question) -> str:
    assessment, asked = progress.assessment.id, progress.asked
    stay = request.form.get("mark") or request.form.get("use") or request.form.get("remove")
    if stay or request.form.get("go") == "stay":
        return url_for(".edit_question", assessment_id=assessment, question_id=question.id)
    following = asked.index(question) + 1
    if request.form.get("go") == "list" or following == len(asked):
        return url_for(".show_assessment", assessment_id=assessment)
    return url_for(".edit_question", assessment_id=assessment, question_id=asked[following].id)
