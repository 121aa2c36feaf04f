"""One section: read the questions, save the answers all at once or one by one as they are typed."""

from __future__ import annotations

from datetime import time
from functools import lru_cache
from uuid import UUID

from babel.dates import format_time
from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.lifecycle import is_editable
from portal.domain.questionnaire import Question, Section
from portal.models import Assessment
from portal.services.assessments import NEVER_ANSWERED, NotEditable, StaleAnswer
from portal.services.question_marks import set_done
from portal.services.sections import works_on
from portal.services.targets import find_target
from portal.web import current, fragments
from portal.web.company.answer_forms import FieldError, InvalidForm, digest, posted_values, values_of
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.honesty import harm_panel
from portal.web.company.progress import Progress, progress_of
from portal.web.company.question_parts import parts_of, suggestions_on
from portal.web.company.saving import save_one, save_questions
from portal.web.countries import countries
from portal.web.languages import language


@bp.route("/assessments/<uuid:assessment_id>/sections/<section_id>", methods=["GET", "POST"])
def edit_section(assessment_id: UUID, section_id: str) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    # A section not given to a contributor is as unknown to them as one that does not exist.
    section = next((part.section for part in progress.sections if part.section.id == section_id), None) or abort(404)
    if request.method == "GET":
        return _section_page(progress, section)
    if not is_editable(progress.assessment.status):
        return _closed(progress.assessment)
    errors, conflicts = save_questions(progress, _asked(progress, section))
    if conflicts:
        current.keep_changes()
        return render_template("company/conflict.html", progress=progress, section=section, conflicts=conflicts), 409
    if errors:
        current.keep_changes()
        return _section_page(progress_of(progress.assessment), section, errors)
    if request.form.get("done") in ("yes", "no") and not request.form.get("mark"):
        done = request.form["done"] == "yes"
        session, principal = current.session(), current.principal()
        set_done(session, principal, progress.assessment, section.id, done=done, at=current.now())
    flash(_("Your answers have been saved."))
    return redirect(_after(progress, section))


@bp.post("/assessments/<uuid:assessment_id>/answers")
def autosave_answer(assessment_id: UUID) -> ResponseReturnValue:
    """Save one answer as it is typed. 200 saved, 409 someone else was faster (tells both texts), 422 does not fit."""
    assessment = find_target(current.session(), current.principal(), assessment_id) or abort(404)
    questionnaire = current.questionnaire(assessment.questionnaire)
    question = questionnaire.by_id.get(request.form.get("question", "")) or abort(404)
    if not works_on(current.session(), current.principal(), assessment.id, questionnaire, question.id):
        abort(404)
    posted = posted_values(question, request.form)
    try:
        version = save_one(assessment, question, posted, NEVER_ANSWERED)
    except InvalidForm as error:
        return jsonify(status="invalid", errors=[{"field": e.field, "message": e.message} for e in error.errors]), 422
    except NotEditable:
        return jsonify(status="closed", message=closed_message()), 409
    except StaleAnswer as error:
        theirs = values_of(question, error.theirs)
        section = questionnaire.section_of[question.id]
        url = url_for(".edit_section", assessment_id=assessment.id, section_id=section.id, _anchor=question.id)
        return jsonify(status="conflict", version=error.theirs.version, theirs=theirs, mine=posted, url=url), 409
    base = digest(question, posted)
    now = current.now()
    return jsonify(status="saved", version=version, base=base, saved_at=_clock(language().locale, now.hour, now.minute))


@lru_cache(maxsize=256)
def _clock(locale: str, hour: int, minute: int) -> str:
    """Everybody who saves within a minute is told the same, and working it out is a twelfth of saving."""
    return format_time(time(hour, minute), "short", locale=locale)


def _section_page(progress: Progress, section: Section, errors: list[FieldError] | None = None) -> ResponseReturnValue:
    questions = _asked(progress, section)
    editable = is_editable(progress.assessment.status) and current.may("company.edit_section", "POST")
    suggested = suggestions_on(progress, questions)
    parts = parts_of(progress, questions, errors or [], suggested)
    harms = [question for question in questions if question.type == "incident"]
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
        has_incidents=bool(harms),
        ahead=[fragments.rendered(harm_panel(progress, harms[0]))] if harms else [],
        part=next(part for part in progress.sections if part.section.id == section.id),
    )
    return page, 422 if errors else 200


def _asked(progress: Progress, section: Section) -> tuple[Question, ...]:
    return next(part.questions for part in progress.sections if part.section.id == section.id)


def _after(progress: Progress, section: Section) -> str:
    """On to the next section, or back to the task list if the person wants to stop here."""
    ids = [part.section.id for part in progress.sections if part.questions]
    following = ids[ids.index(section.id) + 1 :] if section.id in ids else []
    assessment = progress.assessment.id
    used = request.form.get("use") or request.form.get("mark")
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
    flash(closed_message(), "error")
    return redirect(url_for(".show_assessment", assessment_id=assessment.id))


def closed_message() -> str:
    return _("This assessment has been submitted; its answers can no longer change.")
