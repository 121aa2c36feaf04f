"""One section: read the questions, save the answers all at once or one by one as they are typed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _
from markupsafe import Markup

from portal.domain.answers import Answer
from portal.domain.lifecycle import is_editable
from portal.domain.prefill import Suggestion, groups
from portal.domain.questionnaire import Question, Section
from portal.models import Assessment
from portal.services.assessments import (
    NEVER_ANSWERED,
    NotEditable,
    SavedAnswer,
    StaleAnswer,
    record_plan,
    save_answer,
)
from portal.services.sections import works_on
from portal.web import current, fragments
from portal.web.company.answer_forms import (
    FieldError,
    InvalidForm,
    Values,
    digest,
    posted_values,
    read_answer,
    values_of,
)
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.evidence import change_files
from portal.web.company.progress import Progress, progress_of
from portal.web.company.suggestions import (
    confirmed,
    line_names,
    open_suggestions,
    ready_rows,
    suggestion_html,
    with_comment,
)
from portal.web.countries import countries


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people changed one answer: what this one typed, and what stands there now."""

    question: Question
    fields: Values
    mine: Answer
    theirs: SavedAnswer


@bp.route("/assessments/<uuid:assessment_id>/sections/<section_id>", methods=["GET", "POST"])
def edit_section(assessment_id: UUID, section_id: str) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    # A section not given to a contributor is as unknown to them as one that does not exist.
    section = next((part.section for part in progress.sections if part.section.id == section_id), None) or abort(404)
    if request.method == "GET":
        return _section_page(progress, section)
    if not is_editable(progress.assessment.status):
        return _closed(progress.assessment)
    errors, conflicts = _save_section(progress, section)
    if conflicts:
        current.keep_changes()
        return render_template("company/conflict.html", progress=progress, section=section, conflicts=conflicts), 409
    if errors:
        current.keep_changes()
        return _section_page(progress_of(progress.assessment), section, errors)
    flash(_("Your answers have been saved."))
    return redirect(_after(progress, section))


@bp.post("/assessments/<uuid:assessment_id>/answers")
def autosave_answer(assessment_id: UUID) -> ResponseReturnValue:
    """Save one answer as it is typed. 200 saved, 409 someone else was faster (tells both texts), 422 does not fit."""
    assessment = own_assessment_or_404(assessment_id)
    questionnaire = current.questionnaire(assessment.questionnaire)
    question = questionnaire.by_id.get(request.form.get("question", "")) or abort(404)
    if not works_on(current.session(), current.principal(), assessment.id, questionnaire, question.id):
        abort(404)
    posted = posted_values(question, request.form)
    try:
        version = _save_one(assessment, question, posted, NEVER_ANSWERED)
    except InvalidForm as error:
        return jsonify(status="invalid", errors=[{"field": e.field, "message": e.message} for e in error.errors]), 422
    except NotEditable:
        return jsonify(status="closed", message=_closed_message()), 409
    except StaleAnswer as error:
        theirs = values_of(question, error.theirs)
        section = questionnaire.section_of[question.id]
        url = url_for(".edit_section", assessment_id=assessment.id, section_id=section.id, _anchor=question.id)
        return jsonify(status="conflict", version=error.theirs.version, theirs=theirs, mine=posted, url=url), 409
    base = digest(question, posted)
    return jsonify(status="saved", version=version, base=base, saved_at=format_time(current.now(), "short"))


def _save_section(progress: Progress, section: Section) -> tuple[list[FieldError], list[Conflict]]:
    """Save every changed answer and file of the section; what fits is kept even when something else does not."""
    errors: list[FieldError] = []
    conflicts: list[Conflict] = []
    used = confirmed(progress, _asked(progress, section))
    for question in _asked(progress, section):
        posted = posted_values(question, request.form)
        unchanged = not posted or posted.get(f"{question.id}-base") == [digest(question, posted)]
        if unchanged and question.id not in used:
            continue
        saved = progress.saved.get(question.id, NEVER_ANSWERED)
        try:
            _save_one(progress.assessment, question, posted, saved, used.get(question.id))
        except InvalidForm as error:
            errors += error.errors
        except StaleAnswer as error:
            mine = values_of(question, SavedAnswer(used[question.id], 0)) if question.id in used else posted
            conflicts.append(_conflict(question, mine, error.theirs))
    return errors + change_files(progress.assessment, _asked(progress, section)), conflicts


def _conflict(question: Question, mine: Values, theirs: SavedAnswer) -> Conflict:
    return Conflict(question, mine, read_answer(question, mine, theirs, today=current.now().date()), theirs)


def _save_one(
    assessment: Assessment, question: Question, posted: Values, saved: SavedAnswer, used: Answer | None = None
) -> int:
    """Store what was typed, or the answer from elsewhere that a person chose to use."""
    if used:
        answer = with_comment(used, question, posted)
    else:
        answer = read_answer(question, posted, saved, today=current.now().date())
    return save_answer(
        current.session(),
        assessment,
        question.id,
        answer,
        version=_version(posted, question),
        by=current.actor(),
        at=current.now(),
        plan_recorded_on=record_plan(answer, saved, on=current.now().date()),
    )


def _version(posted: Values, question: Question) -> int:
    text = next(iter(posted.get(f"{question.id}-version", ())), "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else abort(400)


def _section_page(progress: Progress, section: Section, errors: list[FieldError] | None = None) -> ResponseReturnValue:
    questions = _asked(progress, section)
    editable = is_editable(progress.assessment.status)
    suggested = open_suggestions(progress, questions) if editable else {}
    parts = [_question_html(progress, question, errors or [], suggested.get(question.id)) for question in questions]
    names = [part.section for part in progress.sections if part.questions]
    page = render_template(
        "company/section.html",
        progress=progress,
        section=section,
        place=names.index(section) + 1 if section in names else 0,
        count=len(names),
        parts=parts,
        errors=errors or [],
        editable=editable,
        to_confirm=sum(item.answer is not None for item in suggested.values()),
        countries=countries() if any(column.kind == "country" for q in questions for column in q.columns) else (),
        has_incidents=any(question.type == "incident" for question in questions),
    )
    return page, 422 if errors else 200


def _question_html(
    progress: Progress, question: Question, errors: list[FieldError], suggested: Suggestion | None
) -> Markup:
    """One question: its cached fixed parts, filled with the stored answer, or with what was just typed."""
    saved = progress.saved.get(question.id, NEVER_ANSWERED)
    ready = ready_rows(progress, question, saved)
    values = values_of(question, saved, ready)
    mine = [error for error in errors if error.field.startswith(f"{question.id}-")]
    if mine:
        values = posted_values(question, request.form)
    blocks = _blocks(progress.assessment, saved, mine)
    if suggested:
        blocks["suggestion"] = suggestion_html(progress, question, suggested)
    if question.type != "table":
        return fragments.fill(fragments.fragment_of(progress.questionnaire, question, 0), values, blocks)
    rows = saved.answer.value or ready
    standing = groups(question, rows)
    count = max(fragments.ROWS, len(rows) + 2)
    fragment = fragments.fragment_of(progress.questionnaire, question, count, standing)
    return fragments.fill(fragment, values, blocks | line_names(question, rows, standing))


def _blocks(assessment: Assessment, saved: SavedAnswer, errors: list[FieldError]) -> dict[str, str]:
    blocks = {}
    if errors:
        blocks["errors"] = render_template("fields/errors.html", errors=errors)
    if saved.answer.files:
        blocks["files"] = render_template("fields/files.html", files=saved.answer.files, assessment=assessment)
    return blocks


def _asked(progress: Progress, section: Section) -> tuple[Question, ...]:
    return next(part.questions for part in progress.sections if part.section.id == section.id)


def _after(progress: Progress, section: Section) -> str:
    """On to the next section, or back to the task list if the person wants to stop here."""
    ids = [part.section.id for part in progress.sections if part.questions]
    following = ids[ids.index(section.id) + 1 :] if section.id in ids else []
    assessment = progress.assessment.id
    used = request.form.get("use")
    if used or request.form.get("remove") or request.form.get("go") == "stay":
        anchor = used if used in progress.questionnaire.by_id else None
        return url_for(".edit_section", assessment_id=assessment, section_id=section.id, _anchor=anchor)
    if request.form.get("go") == "list":
        return url_for(".show_assessment", assessment_id=assessment)
    if following:
        return url_for(".edit_section", assessment_id=assessment, section_id=following[0])
    if not current.may("company.check_answers"):
        return url_for(".show_assessment", assessment_id=assessment)
    return url_for(".check_answers", assessment_id=assessment)


def _closed(assessment: Assessment) -> ResponseReturnValue:
    flash(_closed_message(), "error")
    return redirect(url_for(".show_assessment", assessment_id=assessment.id))


def _closed_message() -> str:
    return _("This assessment has been submitted; its answers can no longer change.")
