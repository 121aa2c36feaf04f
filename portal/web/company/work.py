"""Who works on what: give a section or a question until a day, hand it back, take it back."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.lifecycle import is_editable
from portal.models import Assessment
from portal.services import work
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import progress_of
from portal.web.letters import address_of, post_all
from portal.web.typed import Mistyped, clean, day


@bp.get("/assessments/<uuid:assessment_id>/assignments")
def list_assignments(assessment_id: UUID) -> ResponseReturnValue:
    return _page(own_assessment_or_404(assessment_id), {}, 200)


@bp.post("/assessments/<uuid:assessment_id>/assignments")
def give_work(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    section_id, question_id = _what(request.form.get("what", ""), assessment)
    errors: dict[str, str] = {}
    if not section_id:
        errors["what"] = _("Choose a section or a question.")
    try:
        due_on, note = day(request.form.get("due_on", "")), clean(request.form.get("note", ""), longest=2000)
        member = UUID(request.form.get("member", ""))
    except Mistyped as error:
        errors["due_on"] = str(error)
    except ValueError:
        errors["member"] = _("Choose a colleague.")
    if errors:
        return _page(assessment, errors, 422)
    try:
        told = work.give_work(
            current.session(),
            current.principal(),
            assessment,
            member,
            section_id=section_id,
            question_id=question_id,
            due_on=due_on,
            note=note,
            at=current.now(),
        )
    except LookupError:
        return _page(assessment, {"member": _("Choose a colleague.")}, 422)
    except work.AlreadyGiven:
        return _page(assessment, {"what": _("This colleague has it already.")}, 409)
    _tell(told, assessment, _("Something was given to you"), _("A part of an assessment was given to you to work on."))
    flash(_("Given. Your colleague is told by mail."))
    return redirect(url_for(".list_assignments", assessment_id=assessment_id))


@bp.route("/assessments/<uuid:assessment_id>/assignments/<uuid:assignment_id>", methods=["GET", "POST"])
def edit_work(assessment_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    """Another day or note for what a colleague has in hand."""
    assessment = own_assessment_or_404(assessment_id)
    given = work.list_work(current.session(), current.principal(), assessment)
    one = next((one for one in given if one.id == assignment_id), None) or abort(404)
    listed = url_for(".list_assignments", assessment_id=assessment_id)
    if one.handed_back_at or not is_editable(assessment.status):
        flash(_("This was handed back: to ask for more, give it again."), "error")
        return redirect(listed)
    if request.method == "GET":
        return _one_page(assessment, one, {}, 200)
    try:
        due_on, note = day(request.form.get("due_on", "")), clean(request.form.get("note", ""), longest=2000)
    except Mistyped as error:
        return _one_page(assessment, one, {"due_on": str(error)}, 422)
    version = request.form.get("version", type=int, default=-1)
    try:
        told = work.change_work(
            current.session(),
            current.principal(),
            assessment,
            assignment_id,
            due_on=due_on,
            note=note,
            version=version,
            at=current.now(),
        )
    except work.ChangedMeanwhile:
        return _one_page(assessment, one, {"note": _("A colleague changed this meanwhile. Read both, then save.")}, 409)
    if told:
        _tell(told, assessment, _("The day or note was changed"), _("What was given to you has another day or note."))
        flash(_("Saved. Your colleague is told by mail."))
    return redirect(listed)


@bp.post("/assessments/<uuid:assessment_id>/assignments/<uuid:assignment_id>/hand-back")
def hand_work_back(assessment_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    try:
        note = clean(request.form.get("note", ""), longest=2000)
        told = work.hand_back(
            current.session(),
            current.principal(),
            assessment,
            assignment_id,
            note,
            version=request.form.get("version", type=int, default=-1),
            at=current.now(),
        )
    except Mistyped as error:
        flash(str(error), "error")
        return redirect(url_for(".show_assessment", assessment_id=assessment_id))
    except work.NotOpen:
        flash(_("This is no longer in your hands."), "error")
        return redirect(url_for(".show_assessment", assessment_id=assessment_id))
    if told:
        _tell(told, assessment, _("Handed back to you"), _("A colleague has handed back what you had given."))
    flash(_("Handed back. Whoever gave it to you is told by mail."))
    return redirect(url_for(".show_assessment", assessment_id=assessment_id))


@bp.post("/assessments/<uuid:assessment_id>/assignments/<uuid:assignment_id>/removal")
def take_work_back(assessment_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    version = request.form.get("version", type=int, default=-1)
    try:
        work.take_back(
            current.session(), current.principal(), assessment, assignment_id, version=version, at=current.now()
        )
    except work.NotOpen:
        flash(_("This was changed or taken back in the meantime."), "error")
        return redirect(url_for(".list_assignments", assessment_id=assessment_id))
    flash(_("Taken back."))
    return redirect(url_for(".list_assignments", assessment_id=assessment_id))


def _what(text: str, assessment: Assessment) -> tuple[str, str]:
    """Section and question that the form names: "COM" or "HRS-COM-01"; nothing for anything else."""
    questionnaire = current.questionnaire(assessment.questionnaire)
    if text in questionnaire.by_id:
        return questionnaire.section_of[text].id, text
    return (text, "") if text in {section.id for section in questionnaire.sections} else ("", "")


def _tell(told: work.Told, assessment: Assessment, subject: str, first: str) -> None:
    address = address_of(url_for(".show_assessment", assessment_id=assessment.id))
    post_all(
        [told.email], f"{subject}: {told.organisation}", f"{first}\n\n{told.organisation}\n{address}\n", kind="work"
    )


def _one_page(assessment: Assessment, one: work.Work, errors: dict[str, str], status: int) -> ResponseReturnValue:
    page = render_template(
        "company/assignment.html",
        progress=progress_of(assessment),
        one=one,
        errors=errors,
        typed=request.form if errors else None,
        conflict=status == 409,
        today=current.now().date(),
    )
    return page, status


def _page(assessment: Assessment, errors: dict[str, str], status: int) -> ResponseReturnValue:
    page = render_template(
        "company/assignments.html",
        progress=progress_of(assessment),
        work=work.list_work(current.session(), current.principal(), assessment),
        colleagues=work.colleagues(current.session(), current.principal()),
        editable=is_editable(assessment.status),
        today=current.now().date(),
        errors=errors,
        typed=request.form,
    )
    return page, status
